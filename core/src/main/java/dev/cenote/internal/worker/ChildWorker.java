// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import dev.cenote.Worker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The worker that this process is, as its tasks see it.
public final class ChildWorker implements Worker {

    /// Bound while a task runs.
    private static final ScopedValue<ChildWorker> CURRENT = ScopedValue.newInstance();

    private final String pool;
    private final int id;
    private final String name;
    private @Nullable Object state;
    private long index = -1;
    private int attempt = 1;

    ChildWorker(String pool, int id, String name) {
        this.pool = pool;
        this.id = id;
        this.name = name;
    }

    /// {@return the worker that runs the calling task, or `null` if the calling thread runs none}
    public static @Nullable ChildWorker current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /// Runs a task during which this is the current worker.
    <R extends @Nullable Object> R run(long newIndex, int newAttempt, ScopedValue.CallableOp<R, Throwable> task)
            throws Throwable {
        index = newIndex;
        attempt = newAttempt;
        return ScopedValue.where(CURRENT, this).call(task);
    }

    /// Moves to the next item of the same task.
    void at(long newIndex) {
        index = newIndex;
    }

    void state(@Nullable Object made) {
        state = made;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String pool() {
        return pool;
    }

    @Override
    public long index() {
        return index;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public <S> S state(Class<S> type) {
        Objects.requireNonNull(type, "type");
        Object made = state;
        if (made == null) {
            throw new IllegalStateException(
                    "pool \"" + pool + "\" has no initializer, or one that made null, so its workers have no state");
        }
        return type.cast(made);
    }

    @Override
    public boolean cancelled() {
        return false; // a worker process that was given up on is killed
    }

    @Override
    public @Nullable Object state() {
        return state;
    }

    @Override
    public String toString() {
        return name;
    }
}
