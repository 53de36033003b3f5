// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Holds tasks until a test lets them go.
public final class Gate {

    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

    /// Waits until the gate is open.
    ///
    /// @param value what to return then
    /// @param <T> its type
    /// @return the value
    /// @throws InterruptedException if interrupted while waiting, which is counted
    public <T> T pass(T value) throws InterruptedException {
        arrived.incrementAndGet();
        try {
            open.await();
            return value;
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            throw e;
        } finally {
            left.incrementAndGet();
        }
    }

    /// Waits until the gate is open, whatever interrupts come.
    ///
    /// @param value what to return then
    /// @param <T> its type
    /// @return the value
    public <T> T passStubbornly(T value) {
        arrived.incrementAndGet();
        boolean again = true;
        while (again) {
            try {
                open.await();
                again = false;
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
            }
        }
        left.incrementAndGet();
        return value;
    }

    /// Runs for about this long: waits for the gate and goes on without it.
    ///
    /// @param time how long
    /// @param value what to return then
    /// @param <T> its type
    /// @return the value
    /// @throws InterruptedException if interrupted
    public <T> T passAfter(Duration time, T value) throws InterruptedException {
        arrived.incrementAndGet();
        boolean _ = open.await(time.toNanos(), TimeUnit.NANOSECONDS);
        left.incrementAndGet();
        return value;
    }

    /// Lets everybody go, now and later.
    public void open() {
        open.countDown();
    }

    /// Waits until this many tasks have come.
    ///
    /// @param tasks how many
    public void awaitArrivals(int tasks) {
        Waits.eventually(
                () -> "only " + arrived + " of " + tasks + " tasks came to the gate",
                () -> arrived.get() >= tasks,
                Waits.LONG);
    }

    /// Waits until this many tasks were interrupted.
    ///
    /// @param times how often
    public void awaitInterrupts(int times) {
        Waits.eventually(
                () -> "only " + interrupted + " of " + times + " interrupts came",
                () -> interrupted.get() >= times,
                Waits.LONG);
    }

    /// {@return how many tasks have come}
    public int arrivals() {
        return arrived.get();
    }

    /// {@return how many interrupts there were}
    public int interrupts() {
        return interrupted.get();
    }

    /// {@return how many tasks have come and gone}
    public int departures() {
        return left.get();
    }
}
