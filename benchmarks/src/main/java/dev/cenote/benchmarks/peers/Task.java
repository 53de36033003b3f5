// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.List;

/// A work in some size.
///
/// @param work what to do
/// @param size how much of it
/// @param port where the server of this run listens, for works that fetch
/// @param items the input, which nobody may change
record Task(Work work, int size, int port, List<Integer> items) {

    static Task of(Work work, int size, int port) {
        return new Task(work, size, port, work.needsItems() ? work.items(size) : List.of());
    }

    String operation() {
        return work.operation();
    }
}
