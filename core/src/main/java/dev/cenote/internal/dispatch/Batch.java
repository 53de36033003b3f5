// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

/// Runs very short items in a tight loop, keeps their results, and settles them together.
interface Batch {

    /// Runs items of a chunk, up to the first that fails. Where they run outside this JVM, it may return before that,
    /// as it does at an item that was taken back.
    ///
    /// @param me the worker
    /// @param chunk the chunk
    /// @param from the first position to run
    /// @param to the position after the last
    /// @return the position after the last one that was run; its complement if that one has failed
    long run(WorkerContext me, Chunk chunk, long from, long to);

    /// Settles the items from the first position on.
    void settle(long first, long values, int failures);
}
