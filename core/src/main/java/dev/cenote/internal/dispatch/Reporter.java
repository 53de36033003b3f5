// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Progress;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Tells the listener of a call how far it has come: seldom enough to cost nothing, never two reports at a time, and
/// none after the last.
final class Reporter {

    private static final System.Logger LOG = System.getLogger("dev.cenote");
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Consumer<Progress> listener;
    private final String name;
    private final OptionalLong total;
    private final Dispatcher dispatcher;
    private final long startNanos;
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /// Held by the thread that reports; the others pass.
    private final AtomicBoolean busy = new AtomicBoolean();

    /// When the next report is due; written by the holder of `busy`.
    private volatile long nextNanos;

    /// Whether the last report was asked for; written once.
    private volatile boolean finished;

    /// Whether the last report was made; used by the holder of `busy`.
    private boolean closed;

    Reporter(Dispatcher dispatcher, Consumer<Progress> listener, String name, OptionalLong total) {
        this.dispatcher = dispatcher;
        this.listener = listener;
        this.name = name;
        this.total = total;
        this.startNanos = dispatcher.time.nanos();
        this.nextNanos = startNanos + PAUSE_NANOS;
    }

    void settled(long values, long failures) {
        done.add(values);
        failed.add(failures);
        if (dispatcher.time.nanos() - nextNanos >= 0) {
            report();
        }
    }

    void finish() {
        finished = true;
        report();
    }

    private void report() {
        do {
            if (!busy.compareAndSet(false, true)) {
                return; // whoever reports looks again after it has let go
            }
            try {
                if (!closed) {
                    closed = finished;
                    tell(closed);
                }
            } finally {
                nextNanos = dispatcher.time.nanos() + PAUSE_NANOS;
                busy.set(false);
            }
        } while (finished && !closedNow());
    }

    private boolean closedNow() {
        return busy.get() || closed;
    }

    private void tell(boolean last) {
        Duration elapsed = Duration.ofNanos(dispatcher.time.nanos() - startNanos);
        try {
            listener.accept(new Progress(name, done.sum(), failed.sum(), total, elapsed, last));
        } catch (Throwable t) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "pool \"" + dispatcher.name + "\": the progress listener of \"" + name + "\" failed",
                    t);
        }
    }
}
