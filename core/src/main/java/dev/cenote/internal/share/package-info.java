/// Objects that several processes use: each lives in the JVM that has made it, the others call it over a socket.
package dev.cenote.internal.share;
