// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Progress;
import dev.cenote.internal.Log;
import dev.cenote.internal.time.Time.Alarm;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Tells the listener of a call how far it has come: seldom enough to cost nothing, never two reports at a time, and
/// none after the last.
///
/// What happens in this JVM makes the reports. Workers outside it do not call here when their items report progress, so
/// while items run there, and only then, an alarm looks ten times a second whether they have.
final class Reporter {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Call call;
    private final Consumer<Progress> listener;
    private final String name;
    private final OptionalLong total;
    private final Dispatcher dispatcher;
    private final long startNanos;
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /// Held by the thread that reports; the others pass.
    private final AtomicBoolean busy = new AtomicBoolean();

    /// Whether an alarm is set.
    private final AtomicBoolean watching = new AtomicBoolean();

    /// What the items under way had reported when the listener was told last; written by the holder of `busy`.
    private volatile double told;

    /// When the next report is due; written by the holder of `busy`.
    private volatile long nextNanos;

    /// Whether the last report was asked for; written once.
    private volatile boolean finished;

    /// Whether the last report was made; used by the holder of `busy`.
    private boolean closed;

    Reporter(Call call, Consumer<Progress> listener, OptionalLong total) {
        this.call = call;
        this.dispatcher = call.dispatcher;
        this.listener = listener;
        this.name = call.options.name();
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

    /// An item has reported how far it is.
    void moved() {
        if (dispatcher.time.nanos() - nextNanos >= 0) {
            report();
        }
    }

    /// Looks at the items that run elsewhere for as long as there are any.
    void watch() {
        if (watching.compareAndSet(false, true)) {
            Alarm _ = dispatcher.time.after(PAUSE_NANOS, () -> dispatcher.settle(this::look));
        }
    }

    private void look() {
        double underway = call.underway();
        watching.set(false);
        if (finished) {
            return;
        }
        if (Math.max(underway, 0) != told) {
            moved();
        }
        if (underway >= 0 || call.underway() >= 0) { // the second is for a runner that saw the alarm that was set
            watch();
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
        double underway = last ? 0 : Math.max(call.underway(), 0);
        told = underway;
        Duration elapsed = Duration.ofNanos(dispatcher.time.nanos() - startNanos);
        try {
            listener.accept(new Progress(name, done.sum(), failed.sum(), underway, total, elapsed, last));
        } catch (Throwable t) {
            Log.get()
                    .log(
                            System.Logger.Level.WARNING,
                            "pool \"" + dispatcher.name + "\": the progress listener of \"" + name + "\" failed",
                            t);
        }
    }
}
