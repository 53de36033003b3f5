// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.List;

/// A work in some size.
///
/// @param work what to do
/// @param size how much of it
/// @param port where the server of this run listens, for works that fetch
record Task(Work work, int size, int port) {

    String operation() {
        return work.operation();
    }

    /// {@return the input; nobody may change it}
    List<Integer> items() {
        return work.items(size);
    }
}
