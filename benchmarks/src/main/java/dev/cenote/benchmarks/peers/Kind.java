// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.Locale;

/// What the workers of a pool are. Sides are compared with the one of ours whose workers are the same.
enum Kind {
    /// There are none: the caller does the work.
    SERIAL("cenote-serial"),

    /// Threads that share memory.
    THREADS("cenote-threads"),

    /// As many light threads as there are items.
    VIRTUAL("cenote-virtual"),

    /// Processes, or isolates with a heap of their own, as those of Node: what they work on is copied.
    PROCESSES("cenote-processes"),

    /// Commands of a shell.
    COMMAND("cenote-command");

    private final String ours;

    Kind(String ours) {
        this.ours = ours;
    }

    /// {@return the name of our side that others are compared with}
    String ours() {
        return ours;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
