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

    /// Reports how far the current task has come. It shows that the task still gets somewhere, see {@link
    /// Options#stall(java.time.Duration)}, and moves what {@link Progress#underway()} says; in a submitted job it does
    /// nothing. A task that cannot tell how far it is reports 0 each time.
    ///
    /// It costs well below a microsecond and may be called as often as is convenient, also by threads that the task has
    /// started, as long as it runs. After the pool has given up on the task it does nothing.
    ///
    /// @param fraction what part of the task is done, from 0 to 1
    /// @throws IllegalArgumentException if `fraction` is not a number from 0 to 1
    void progress(double fraction);

    /// {@return what the pool's initializer returned in this worker, or `null`}
    @Nullable
    Object state();
}
