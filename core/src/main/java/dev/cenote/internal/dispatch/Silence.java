// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.time.Time;
import dev.cenote.internal.time.Time.Alarm;
import org.jspecify.annotations.Nullable;

/// Gives up on an item that has not reported progress for too long.
///
/// A report only notes its time; nobody sets an alarm anew for it. The alarm looks when it rings, and waits for the
/// rest if there was a report meanwhile. Reports of a worker outside this JVM carry no time, as its clock is another:
/// there the alarm looks eight times as often, and takes what has changed for a report of that moment.
final class Silence implements Alarm {

    private static final int LOOKS = 8;

    private final Time time;
    private final WorkerContext worker;
    private final long token;
    private final long limitNanos;
    private final Runnable giveUp;

    /// Guarded by this.
    private @Nullable Alarm next;

    /// Guarded by this.
    private boolean cancelled;

    /// When the last report was seen; guarded by this.
    private long lastNanos;

    /// What changes with each report outside this JVM; guarded by this.
    private long seen;

    /// Begins to watch an item.
    ///
    /// @param time the time
    /// @param worker who runs it
    /// @param token its lease
    /// @param limitNanos how long it may be silent
    /// @param giveUp what to do then, on a thread of the timer's
    Silence(Time time, WorkerContext worker, long token, long limitNanos, Runnable giveUp) {
        this.time = time;
        this.worker = worker;
        this.token = token;
        this.limitNanos = limitNanos;
        this.giveUp = giveUp;
        synchronized (this) {
            lastNanos = time.nanos();
            Remote remote = worker.remote();
            seen = remote == null ? 0 : remote.reports();
            await(limitNanos);
        }
    }

    private void await(long nanos) {
        long pause = worker.remote() == null ? nanos : Math.min(nanos, Math.max(limitNanos / LOOKS, 1));
        next = time.after(pause, this::look);
    }

    private void look() {
        synchronized (this) {
            if (cancelled) {
                return;
            }
            long now = time.nanos();
            Remote remote = worker.remote();
            if (remote == null) {
                lastNanos = worker.reportedNanos(token, lastNanos);
            } else if (remote.reports() != seen) {
                seen = remote.reports();
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
