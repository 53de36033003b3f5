/// The life of worker processes, seen from the pool: starting, ready, busy, dead.
package dev.cenote.internal.supervisor;
