// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.share.ConditionResource;
import dev.cenote.internal.share.Port;
import java.io.Serial;
import java.io.Serializable;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/// A condition of a {@link SharedLock}, for threads of several processes. Made by {@link SharedLock#newCondition()}.
///
/// A wait gives the lock back, however often it was taken, and has it again when it returns or throws. Waits do not end
/// without a reason, but what was signalled may no longer be so when the lock is there again: test it in a loop.
///
/// A process that ends while one of its threads waits is forgotten. When the process ends in which the lock lives,
/// every call throws {@link SharedObjectGoneException}, also in threads that wait.
///
/// All methods may be called by any thread that holds the lock, and throw {@link IllegalMonitorStateException} in
/// others.
///
/// @since 0.1
public final class SharedCondition implements Condition, Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient SharedLock lock;
    private final transient Port port;

    SharedCondition(SharedLock lock, Port port) {
        this.lock = lock;
        this.port = port;
    }

    /// {@return the lock}
    public SharedLock lock() {
        return lock;
    }

    /// Waits for a signal.
    ///
    /// @throws InterruptedException if the thread is interrupted; it has the lock again then
    @Override
    public void await() throws InterruptedException {
        boolean _ = isSignalledWithin(Nanos.FOREVER);
    }

    /// Waits for a signal. An interrupt does not end the wait.
    @Override
    public void awaitUninterruptibly() {
        port.callUninterruptibly(ConditionResource.AWAIT, null, Nanos.FOREVER);
    }

    /// Waits for a signal, with a limit.
    ///
    /// @param time how long to wait
    /// @param unit the unit of the time
    /// @return whether there was a signal; false if the time is up
    /// @throws InterruptedException if the thread is interrupted; it has the lock again then
    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return isSignalledWithin(Math.clamp(unit.toNanos(time), 1, Nanos.FOREVER));
    }

    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        long end = System.nanoTime() + nanosTimeout;
        boolean _ = isSignalledWithin(Math.clamp(nanosTimeout, 1, Nanos.FOREVER));
        return end - System.nanoTime();
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the interface has it
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        long left = deadline.getTime() - System.currentTimeMillis();
        return isSignalledWithin(Math.clamp(TimeUnit.MILLISECONDS.toNanos(left), 1, Nanos.FOREVER));
    }

    private boolean isSignalledWithin(long nanos) throws InterruptedException {
        return port.call(ConditionResource.AWAIT, null, nanos) == Boolean.TRUE;
    }

    /// Wakes the thread that waits longest, if any does.
    @Override
    public void signal() {
        signal(1);
    }

    /// Wakes the threads that wait longest.
    ///
    /// @param count how many at most, 0 or more
    /// @throws IllegalArgumentException if the number is negative
    public void signal(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count must not be negative: " + count);
        }
        port.callUninterruptibly(ConditionResource.SIGNAL, count, 0);
    }

    /// Wakes all threads that wait.
    @Override
    public void signalAll() {
        signal(Integer.MAX_VALUE);
    }

    @Serial
    private Object writeReplace() {
        return new SharedHandle(SharedHandle.Kind.CONDITION, port.ref(this), lock, 0);
    }
}
