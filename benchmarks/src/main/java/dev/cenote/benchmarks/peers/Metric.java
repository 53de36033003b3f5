// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

/// A number that a round of some work gives. Of all of these less is better.
enum Metric {
    CALL_P50("µs"),
    CALL_P99("µs"),
    SINGLE("ms"),
    CHUNKS("ms"),
    BYTES("ms"),
    LONGS("ms"),

    /// The first pool of a process by fork, which a JVM cannot do.
    START_FORK("ms"),

    /// The first pool of a process by new processes.
    START("ms"),

    /// The same where an archive of the worker's classes is there, which a longer run has left.
    START_ARCHIVE("ms"),

    /// The second pool of the process, with the archive.
    START_AGAIN("ms"),

    /// What must be loaded before the first pool, where that is a step of its own.
    IMPORT("ms"),

    /// Resident memory of one worker.
    RSS("MB"),

    /// The same with an archive.
    RSS_ARCHIVE("MB"),

    /// Memory of one worker with its share of what it has in common with others.
    PSS("MB"),

    /// The same with an archive.
    PSS_ARCHIVE("MB"),

    /// CPU time of a pool that has nothing to do, its workers and its parent together.
    IDLE("ms/s");

    private final String unit;

    Metric(String unit) {
        this.unit = unit;
    }

    String unit() {
        return unit;
    }
}
