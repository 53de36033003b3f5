// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.share.ConditionResource;
import dev.cenote.internal.share.LockResource;
import dev.cenote.internal.share.Port;
import dev.cenote.internal.share.Ref;
import java.io.Serial;
import java.io.Serializable;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/// A lock that threads of several processes take: in this process, and in any other that gets it with a task.
///
/// ```java
/// SharedLock lock = new SharedLock();
/// pool.forEach(files, file -> {
///     try (var _ = lock.hold()) {
///         append(file);
///     }
/// });
/// ```
///
/// It lives in the process that has made it. There it costs what a lock costs; for another process each call is a
/// message there and back. Whoever asks first gets it first.
///
/// ## Ownership
///
/// The lock belongs to the thread that has taken it, and only that thread can give it back.
///
/// ## Death
///
/// When a process ends that holds the lock, it is free, and the next holder can ask with {@link #wasAbandoned()}
/// whether what the lock guards may be half done. When the process ends in which the lock lives, every call throws
/// {@link SharedObjectGoneException}, also in threads that wait.
///
/// ## Thread safety
///
/// All methods may be called by any thread. What happened before an unlock is seen by the next holder as far as it is
/// shared at all: within one process as with any lock, and in files and shared memory.
///
/// @since 0.1
public final class SharedLock implements Lock, Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Port port;

    /// The lock itself, if it lives here.
    private final transient @Nullable LockResource own;

    /// Creates a reentrant lock: its holder can take it again, and gives it back as often.
    public SharedLock() {
        this(true);
    }

    private SharedLock(boolean reentrant) {
        LockResource made = new LockResource(reentrant, this::condition);
        own = made;
        port = Port.to(made);
    }

    SharedLock(Port port) {
        this.port = port;
        this.own = null;
    }

    /// Creates a lock that its holder cannot take again: {@link #lock()} throws an {@link IllegalStateException} then,
    /// and {@link #tryLock()} returns false.
    ///
    /// @return the lock
    public static SharedLock nonReentrant() {
        return new SharedLock(false);
    }

    private Object condition(Port of) {
        return new SharedCondition(this, of);
    }

    Port port() {
        return port;
    }

    /// A lock that is held, for a `try` statement.
    ///
    /// @since 0.1
    public final class Hold implements AutoCloseable {

        private Hold() {}

        /// {@return whether the holder before this one has died with the lock; see {@link #wasAbandoned()}}
        public boolean wasAbandoned() {
            return SharedLock.this.wasAbandoned();
        }

        /// Gives the lock back.
        @Override
        public void close() {
            unlock();
        }
    }

    /// Takes the lock, for a `try` statement; otherwise as {@link #lock()}.
    ///
    /// @return the lock, held; its `close` gives it back
    public Hold hold() {
        lock();
        return new Hold();
    }

    /// Takes the lock and waits for it as long as it takes. An interrupt does not end the wait.
    ///
    /// @throws SharedObjectGoneException if the process of the lock is gone
    /// @throws IllegalStateException if the lock is not reentrant and this thread holds it
    @Override
    public void lock() {
        Object _ = port.callUninterruptibly(LockResource.LOCK, null, Nanos.FOREVER);
    }

    /// Takes the lock and waits for it until the thread is interrupted.
    ///
    /// @throws InterruptedException if it is interrupted
    /// @throws SharedObjectGoneException if the process of the lock is gone
    @Override
    public void lockInterruptibly() throws InterruptedException {
        Object _ = port.call(LockResource.LOCK, null, Nanos.FOREVER);
    }

    /// Takes the lock if it is free.
    ///
    /// @return whether it was taken
    @Override
    public boolean tryLock() {
        return port.callUninterruptibly(LockResource.LOCK, null, 0) == Boolean.TRUE;
    }

    /// Takes the lock if it is free within a time.
    ///
    /// @param time how long to wait; 0 or less for not at all
    /// @param unit the unit of the time
    /// @return whether it was taken
    /// @throws InterruptedException if the thread is interrupted before
    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        long nanos = Math.clamp(unit.toNanos(time), 0, Nanos.FOREVER);
        return port.call(LockResource.LOCK, null, nanos) == Boolean.TRUE;
    }

    /// Gives the lock back.
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold it
    @Override
    public void unlock() {
        port.callUninterruptibly(LockResource.UNLOCK, null, 0);
    }

    /// {@return whether the holder before this one was a process that ended while it had the lock, so that what the
    /// lock guards may be half done}
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold the lock
    public boolean wasAbandoned() {
        return port.callUninterruptibly(LockResource.IS_ABANDONED, null, 0) == Boolean.TRUE;
    }

    /// {@return whether this thread holds the lock}
    public boolean isHeldByCurrentThread() {
        return port.callUninterruptibly(LockResource.IS_MINE, null, 0) == Boolean.TRUE;
    }

    /// {@return whether any thread of any process holds the lock}
    public boolean isLocked() {
        return port.callUninterruptibly(LockResource.IS_LOCKED, null, 0) == Boolean.TRUE;
    }

    /// Makes a condition of this lock, which can be handed to other processes too.
    ///
    /// @return the condition
    @Override
    public SharedCondition newCondition() {
        if (own != null) {
            return new SharedCondition(this, Port.to(new ConditionResource(own)));
        }
        Ref ref = (Ref) Objects.requireNonNull(port.callUninterruptibly(LockResource.CONDITION, null, 0));
        return (SharedCondition) Port.find(ref, this::condition);
    }

    @Serial
    private Object writeReplace() {
        return new SharedHandle(SharedHandle.Kind.LOCK, port.ref(this));
    }
}
