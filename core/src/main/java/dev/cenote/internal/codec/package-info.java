/// Values to bytes and back: plain values in a compact form, everything else by way of `java.io`; functions;
/// throwables. What comes from a worker is limited and filtered here.
package dev.cenote.internal.codec;
