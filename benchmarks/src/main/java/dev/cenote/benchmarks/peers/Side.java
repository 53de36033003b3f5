// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.Set;

/// Whoever does works: one of our pools, or a peer. Several sides may have the same name if they do different works.
///
/// Rounds are called by one thread at a time. Pools are made by the first round that needs them, and kept.
interface Side extends AutoCloseable {

    String name();

    Kind kind();

    /// {@return which version of what it is}
    String version();

    /// {@return the operations that it can do}
    Set<String> operations();

    /// Does a work once.
    ///
    /// @param task the work
    /// @return what was measured
    /// @throws Exception if it cannot be done
    Round round(Task task) throws Exception;

    /// Ends the pools; another round makes new ones.
    @Override
    void close();
}
