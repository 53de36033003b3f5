// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.time.Time;
import dev.cenote.internal.time.Time.Alarm;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Gives up on an item that has not reported progress for too long.
///
/// A report only notes its time; nobody sets an alarm anew for it. The alarm looks when it rings, and waits for the
/// rest if there was a report meanwhile. Reports of a worker outside this JVM carry no time, as its clock is another:
/// there the alarm looks eight times as often, and takes what has changed for a report of that moment. So it does with
/// anything else that changes as long as all is well.
final class Silence implements Alarm {

    private static final int LOOKS = 8;

    private final Time time;
    private final LongSupplier signs;

    /// Whether these are times, and no numbers that change.
    private final boolean timed;

    private final long limitNanos;
    private final Runnable giveUp;

    /// Guarded by this.
    private @Nullable Alarm next;

    /// Guarded by this.
    private boolean cancelled;

    /// When the last report was seen; guarded by this.
    private long lastNanos;

    /// What changes with each sign of life, where that is no time; guarded by this.
    private long seen;

    private Silence(Time time, LongSupplier signs, boolean timed, long limitNanos, Runnable giveUp) {
        this.time = time;
        this.signs = signs;
        this.timed = timed;
        this.limitNanos = limitNanos;
        this.giveUp = giveUp;
        synchronized (this) {
            lastNanos = time.nanos();
            seen = timed ? 0 : signs.getAsLong();
            await(limitNanos);
        }
    }

    /// Begins to watch an item.
    ///
    /// @param time the time
    /// @param worker who runs it
    /// @param token its lease
    /// @param limitNanos how long it may be silent
    /// @param giveUp what to do then, on a thread of the timer's
    static Silence ofTask(Time time, WorkerContext worker, long token, long limitNanos, Runnable giveUp) {
        Remote remote = worker.remote();
        if (remote != null) {
            return new Silence(time, remote::reports, false, limitNanos, giveUp);
        }
        return new Silence(time, () -> worker.reportedNanos(token, Long.MIN_VALUE), true, limitNanos, giveUp);
    }

    /// Begins to watch something that moves.
    ///
    /// @param time the time
    /// @param signs changes as long as it does
    /// @param limitNanos how long it may stand still
    /// @param giveUp what to do then, on a thread of the timer's
    static Silence ofWorker(Time time, LongSupplier signs, long limitNanos, Runnable giveUp) {
        return new Silence(time, signs, false, limitNanos, giveUp);
    }

    private void await(long nanos) {
        long pause = timed ? nanos : Math.min(nanos, Math.max(limitNanos / LOOKS, 1));
        next = time.after(pause, this::look);
    }

    private void look() {
        synchronized (this) {
            if (cancelled) {
                return;
            }
            long now = time.nanos();
            long sign = signs.getAsLong();
            if (timed) {
                lastNanos = sign == Long.MIN_VALUE ? lastNanos : sign;
            } else if (sign != seen) {
                seen = sign;
                lastNanos = now;
            }
            long left = limitNanos - (now - lastNanos);
            if (left > 0) {
                await(left);
                return;
            }
        }
        giveUp.run();
    }

    @Override
    public synchronized void cancel() {
        cancelled = true;
        if (next != null) {
            next.cancel();
        }
    }
}
