// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Func;
import dev.cenote.Job;
import java.util.List;

/// A pool that is used from this JVM.
interface Engine extends AutoCloseable {

    /// Runs a function on items.
    ///
    /// @param items the items
    /// @param function the function
    /// @param chunk how many items go to a worker at a time; 0 for what the pool does by itself
    /// @return the results, in order
    /// @throws Exception if the pool fails
    <T, R> List<R> map(List<T> items, Func<T, R> function, int chunk) throws Exception;

    /// Runs a job in a worker.
    ///
    /// @param job the job
    /// @return its result
    /// @throws Exception if the pool fails
    default <R> R call(Job<R> job) throws Exception {
        return map(List.of(job), Job::call, 1).getFirst();
    }

    @Override
    void close();
}
