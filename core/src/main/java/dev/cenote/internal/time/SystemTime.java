// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.time;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The real time. One daemon thread, `cenote-timer`, serves every pool of this JVM and ends when it has had
/// nothing to do for a while. It only starts virtual threads, so no action can hold up another.
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
