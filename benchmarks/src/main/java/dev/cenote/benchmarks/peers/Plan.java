// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.EnumSet;
import java.util.Set;

/// How a work is done.
///
/// @param size how much of it is done in one round
/// @param quickSize the same in a quick run
/// @param workers how many workers do it; virtual threads are as many as there are items
/// @param chunk how many items go to a worker at a time; 0 lets the pool decide
/// @param rounds how often it is measured
/// @param kinds whose work it is
record Plan(int size, int quickSize, int workers, int chunk, int rounds, Set<Kind> kinds) {

    Plan {
        kinds = Set.copyOf(kinds);
    }

    static Plan of(int size, int quickSize) {
        return new Plan(size, quickSize, 2, 0, 5, EnumSet.of(Kind.THREADS, Kind.VIRTUAL, Kind.PROCESSES));
    }

    Plan workers(int count) {
        return new Plan(size, quickSize, count, chunk, rounds, kinds);
    }

    Plan chunk(int items) {
        return new Plan(size, quickSize, workers, items, rounds, kinds);
    }

    Plan rounds(int count) {
        return new Plan(size, quickSize, workers, chunk, count, kinds);
    }

    Plan kinds(Kind first, Kind... more) {
        return new Plan(size, quickSize, workers, chunk, rounds, EnumSet.of(first, more));
    }
}
