// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.internal.Log;
import dev.cenote.internal.remote.StormException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Keeps the workers of a pool from dying and being started again in a busy loop.
///
/// It counts deaths in a row: of workers of the pool that have died before they had finished anything, while no other
/// has finished anything either. Each but the first makes the next start wait, twice as long as the one before, up to a
/// limit; and after so many that no accident explains them, no worker is started any more.
///
/// | deaths in a row | the next start |
/// | --- | --- |
/// | 0, 1 | at once |
/// | 2, 3, 4 .. | 50 ms, 100 ms, 200 ms .. and at most 5 s after the last death |
/// | 20 | none: the pool is broken |
///
/// What is finished ends the row, and the waiting, for all. Not counted are workers that the pool has killed, and those
/// that have died of an item's second or later attempt: somebody has asked for these, and said how many there may be.
///
/// For any thread.
final class Storm {

    /// After how many deaths in a row no worker is started any more.
    static final int MOST_DEATHS = 20;

    /// How often one start is tried while no other worker of the pool finishes anything. One that is killed from
    /// outside counts as any other death.
    static final int MOST_STARTS = 5;

    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String pool;

    /// Whether it is of interest that something was finished; written under the lock.
    private volatile boolean open;

    /// How often that was so; guarded by this.
    private int ends;

    /// Deaths in a row; guarded by this.
    private int row;

    /// The last of them; guarded by this.
    private @Nullable Throwable last;

    /// When that was; guarded by this.
    private long lastNanos;

    /// Creates one for a pool that has just been made.
    ///
    /// @param pool its name
    Storm(String pool) {
        this.pool = pool;
    }

    /// {@return how many nanoseconds to wait after so many failures in a row}
    ///
    /// @param failures how many
    static long pauseAfter(int failures) {
        if (failures < 2) {
            return 0;
        }
        return Math.min(LIMIT_NANOS, FIRST_NANOS << Math.min(failures - 2, 20));
    }

    /// Notes that a worker has died before it had finished anything.
    synchronized void died(Throwable how) {
        open = true;
        row++;
        last = how;
        lastNanos = System.nanoTime();
    }

    /// Notes that a worker has finished something. Costs a look.
    void finished() {
        if (open) {
            end();
        }
    }

    private synchronized void end() {
        open = false;
        ends++;
        row = 0;
        last = null;
        notifyAll();
    }

    /// {@return a moment for [#hasFinishedSince]}
    synchronized int mark() {
        open = true;
        return ends;
    }

    /// {@return whether a worker has finished something since}
    ///
    /// @param mark the moment
    synchronized boolean hasFinishedSince(int mark) {
        return ends != mark;
    }

    /// Waits until another worker may be started.
    ///
    /// @throws StormException if none may ever be
    /// @throws InterruptedException if the thread is interrupted
    void awaitStart() throws StormException, InterruptedException {
        if (left() > 0) {
            Log.get()
                    .log(
                            System.Logger.Level.WARNING,
                            "pool \"" + pool
                                    + "\": workers die before they have finished anything; the next start waits",
                            lastDeath());
            await();
        }
    }

    private synchronized @Nullable Throwable lastDeath() {
        return last;
    }

    private synchronized void await() throws StormException, InterruptedException {
        long left = left();
        while (left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = left();
        }
    }

    private synchronized long left() throws StormException {
        Throwable death = last;
        if (death == null) {
            return 0;
        }
        if (row >= MOST_DEATHS) {
            throw new StormException(row, death);
        }
        return pauseAfter(row) - (System.nanoTime() - lastNanos);
    }
}
