/// Time as the pools see it: a monotonic clock and one timer; tests put their own in its place.
package dev.cenote.internal.time;
