// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.share.Port;
import dev.cenote.internal.share.SemaphoreResource;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;

/// A number of permits for threads of several processes: in this process, and in any other that gets it with a task.
///
/// There are two kinds, for two uses:
///
/// | made by | is for | released above the start | a process dies |
/// | --- | --- | --- | --- |
/// | {@link #SharedSemaphore(int)} | a number of things | {@link IllegalStateException} | its permits come back |
/// | {@link #unbounded(int)} | signals: one side releases, the other acquires | more permits | nothing comes back |
///
/// Whoever asks first gets its permits first. The semaphore lives in the process that has made it; for another process
/// each call is a message there and back. When that process ends, every call throws {@link SharedObjectGoneException},
/// also in threads that wait. Any thread may release a permit, also one that another has acquired.
///
/// All methods may be called by any thread.
///
/// @since 0.1
public final class SharedSemaphore implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Port port;

    /// Creates a bounded semaphore: there are never more permits than at the start, and those that a process has when
    /// it ends come back.
    ///
    /// @param permits how many permits there are, 0 or more
    /// @throws IllegalArgumentException if the number is negative
    public SharedSemaphore(int permits) {
        this(Port.to(new SemaphoreResource(notNegative(permits), true)));
    }

    SharedSemaphore(Port port) {
        this.port = port;
    }

    /// Creates a semaphore that may be released above its start, and to which nothing comes back when a process ends.
    ///
    /// @param permits how many permits there are at the start, 0 or more
    /// @return the semaphore
    /// @throws IllegalArgumentException if the number is negative
    public static SharedSemaphore unbounded(int permits) {
        return new SharedSemaphore(Port.to(new SemaphoreResource(notNegative(permits), false)));
    }

    private static int notNegative(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("permits must not be negative: " + permits);
        }
        return permits;
    }

    /// Takes a permit and waits for it as long as it takes.
    ///
    /// @throws InterruptedException if the thread is interrupted before
    public void acquire() throws InterruptedException {
        acquire(1);
    }

    /// Takes permits, all at once, and waits for them as long as it takes.
    ///
    /// @param permits how many, 0 or more
    /// @throws InterruptedException if the thread is interrupted before
    /// @throws IllegalArgumentException if the number is negative, or more than a bounded semaphore has
    public void acquire(int permits) throws InterruptedException {
        port.call(SemaphoreResource.ACQUIRE, notNegative(permits), Nanos.FOREVER);
    }

    /// Takes a permit if one is free, also before others that wait.
    ///
    /// @return whether it was taken
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /// Takes permits if so many are free, also before others that wait.
    ///
    /// @param permits how many, 0 or more
    /// @return whether they were taken
    public boolean tryAcquire(int permits) {
        return port.callUninterruptibly(SemaphoreResource.ACQUIRE, notNegative(permits), 0) == Boolean.TRUE;
    }

    /// Takes a permit if one is free within a time.
    ///
    /// @param limit how long to wait; not at all if it is 0 or less
    /// @return whether it was taken
    /// @throws InterruptedException if the thread is interrupted before
    public boolean tryAcquire(Duration limit) throws InterruptedException {
        return port.call(SemaphoreResource.ACQUIRE, 1, Nanos.of(limit)) == Boolean.TRUE;
    }

    /// Gives a permit back.
    ///
    /// @throws IllegalStateException if a bounded semaphore would have more than at the start
    public void release() {
        release(1);
    }

    /// Gives permits back.
    ///
    /// @param permits how many, 0 or more
    /// @throws IllegalStateException if a bounded semaphore would have more than at the start
    public void release(int permits) {
        port.callUninterruptibly(SemaphoreResource.RELEASE, notNegative(permits), 0);
    }

    /// {@return how many permits are free}
    public int availablePermits() {
        return port.callUninterruptibly(SemaphoreResource.AVAILABLE, null, 0) instanceof Integer free ? free : 0;
    }

    @Serial
    private Object writeReplace() {
        return new SharedHandle(SharedHandle.Kind.SEMAPHORE, port.ref(this));
    }
}
