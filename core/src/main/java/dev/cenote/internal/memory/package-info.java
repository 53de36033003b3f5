/// Memory that several processes have mapped: the files behind it, how one process tells another where they are, and
/// the arrays, counters and broadcasts in it. Knows nothing of pools and of how other values travel.
package dev.cenote.internal.memory;
