// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.io.IOException;
import java.util.Map;

/// Whoever does the work.
interface Side extends AutoCloseable {

    /// {@return its name and version}
    String name();

    /// Does some work once.
    ///
    /// @param work what
    /// @param size how much of it
    /// @return the numbers of this round, by [Metric]
    /// @throws IOException if a process cannot be started, or does not answer
    Map<Metric, Double> round(Work work, int size) throws IOException;

    @Override
    void close();
}
