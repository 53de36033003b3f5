// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.Locale;

/// Works that belong together: a section of the report, and a plot.
enum Group {
    CALLS("Single calls"),
    ITEMS("What an item costs"),
    COMPUTE("Computing"),
    WAITING("Waiting, as for input and output"),
    BALANCE("Items of different length"),
    STATE("Workers with a state"),
    BULK("Large values"),
    START("Starts"),
    REST("At rest"),
    COMMAND("The command line");

    private final String title;

    Group(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /// {@return the name for files and options}
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
