/// Classes across processes: which loader a class comes from, how the other side finds it, and what to send when it
/// cannot.
package dev.cenote.internal.classes;
