// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.time;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The real time. One daemon thread, `cenote-timer`, serves every pool of this JVM and ends when it has had
/// nothing to do for a while. It only starts virtual threads, so no action can hold up another.
///
/// The clock is `System.nanoTime`, and the waits of the timer are lengths of time on the same clock, so setting the
/// wall clock changes nothing. On Linux that is `CLOCK_MONOTONIC` and on macOS the absolute time of the kernel, both
/// of which stand still while the machine sleeps: a laptop that wakes up finds no limit exceeded. The counter of
/// Windows goes on in its sleep.
public final class SystemTime implements Time {

    /// The one instance.
    public static final Time INSTANCE = new SystemTime();

    private final ScheduledThreadPoolExecutor timer;

    private SystemTime() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(null, task, "cenote-timer", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(10, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Alarm after(long delayNanos, Runnable action) {
        Future<?> pending = timer.schedule(
                () -> {
                    Thread.ofVirtual().name("cenote-alarm").start(action);
                },
                delayNanos,
                TimeUnit.NANOSECONDS);
        return () -> pending.cancel(false);
    }
}
