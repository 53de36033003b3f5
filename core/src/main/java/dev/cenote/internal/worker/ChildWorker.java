// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import dev.cenote.Worker;
import dev.cenote.internal.channel.Channel;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The worker that this process is, as its tasks see it.
public final class ChildWorker implements Worker {

    /// How long to wait between two reports that are sent as messages.
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /// Bound while a task runs.
    private static final ScopedValue<ChildWorker> CURRENT = ScopedValue.newInstance();

    private final String pool;
    private final int id;
    private final String name;
    private @Nullable Object state;
    private long index = -1;
    private int attempt = 1;

    /// Takes reports of progress; `null` before the worker is known.
    private final @Nullable Channel channel;

    /// Number of the request that runs.
    private volatile int request;

    /// How many reports there were.
    private final AtomicInteger reports = new AtomicInteger();

    /// When the last was sent, where that costs more than a store.
    private volatile long sentNanos = System.nanoTime() - PAUSE_NANOS;

    ChildWorker(String pool, int id, String name, @Nullable Channel channel) {
        this.channel = channel;
        this.pool = pool;
        this.id = id;
        this.name = name;
    }

    /// {@return the worker that runs the calling task, or `null` if the calling thread runs none}
    public static @Nullable ChildWorker current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /// Runs a task during which this is the current worker.
    <R extends @Nullable Object> R run(
            int number, long newIndex, int newAttempt, ScopedValue.CallableOp<R, Throwable> task) throws Throwable {
        request = number;
        index = newIndex;
        attempt = newAttempt;
        return ScopedValue.where(CURRENT, this).call(task);
    }

    /// Moves to the next item of the same task.
    void at(int number, long newIndex) {
        request = number;
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
    public void progress(double fraction) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("progress must be from 0 to 1: " + fraction);
        }
        Channel to = channel;
        if (to == null) {
            return;
        }
        long report = Messages.progress(request, reports.incrementAndGet(), fraction);
        if (to.hasWords()) {
            to.storeWord(Messages.PROGRESS, report);
        } else if (System.nanoTime() - sentNanos >= PAUSE_NANOS) {
            sentNanos = System.nanoTime();
            send(to, report);
        }
    }

    private static void send(Channel to, long report) {
        WireWriter message = new WireWriter(16);
        message.putByte(Messages.REPORT);
        message.putLong(report);
        try {
            to.sendControl(message.toByteArray());
        } catch (IOException e) {
            // the pool's process is gone, and this one is about to be
        }
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
