// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.dispatch.WorkerContext;
import dev.cenote.internal.worker.ChildWorker;
import org.jspecify.annotations.Nullable;

/// The worker that runs the current task; for use by that task, in its own thread.
///
/// @since 0.1
public sealed interface Worker permits ChildWorker, WorkerContext {

    /// {@return the worker that runs the calling task}
    ///
    /// @throws IllegalStateException if the calling thread runs no task of a pool
    static Worker current() {
        ChildWorker child = ChildWorker.current();
        return child != null && !WorkerContext.isInTask() ? child : WorkerContext.current();
    }

    /// {@return the number of this worker in its pool, from 1; a worker that replaces another gets a new number}
    int id();

    /// {@return the name of this worker: the name of its pool, a dash and its number}
    String name();

    /// {@return the name of its pool}
    String pool();

    /// {@return the position of the current item in the input, from 0, or -1 in a job that was submitted on its own}
    long index();

    /// {@return which attempt at the current item this is, from 1}
    int attempt();

    /// Returns what the pool's initializer returned in this worker.
    ///
    /// @param type the type of the state
    /// @param <S> the type of the state
    /// @return the state
    /// @throws IllegalStateException if there is no initializer or it returned `null`
    /// @throws ClassCastException if the state is of another type
    <S> S state(Class<S> type);

    /// Tells whether the pool has given up on the current task: it was cancelled or its time is over. A long
    /// computation that asks now and then can stop early; nobody wants its result.
    ///
    /// @return whether the result is no longer wanted
    boolean cancelled();

    /// {@return what the pool's initializer returned in this worker, or `null`}
    @Nullable
    Object state();
}
