// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.share.BarrierResource;
import dev.cenote.internal.share.Port;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A point at which threads of several processes wait for each other, again and again.
///
/// It lives in the process that has made it; for another process each call is a message there and back.
///
/// ## Broken barriers
///
/// A barrier is broken for all when one of those who wait is interrupted or has waited as long as it may, when its
/// action throws, by {@link #abort()}, and when a process is killed that has the barrier while others wait: it might
/// have been one of those they wait for. Then each call of `await` throws {@link BrokenBarrierException}, until {@link
/// #reset()}. When the process ends in which the barrier lives, every call throws {@link SharedObjectGoneException},
/// also in threads that wait.
///
/// All methods may be called by any thread. What a thread did before it came is seen by all others after `await`, as
/// far as it is shared at all.
///
/// @since 0.1
public final class SharedBarrier implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Port port;

    /// Creates a barrier.
    ///
    /// @param parties how many threads must come, 1 or more
    /// @throws IllegalArgumentException if the number is less than 1
    public SharedBarrier(int parties) {
        this(parties, (Runnable) null);
    }

    /// Creates a barrier with an action.
    ///
    /// @param parties how many threads must come, 1 or more
    /// @param action is run in this process each time all have come, before any of them goes on
    /// @throws IllegalArgumentException if the number is less than 1
    public SharedBarrier(int parties, @Nullable Runnable action) {
        if (parties < 1) {
            throw new IllegalArgumentException("a barrier needs 1 party or more: " + parties);
        }
        port = Port.to(new BarrierResource(parties, action));
    }

    SharedBarrier(Port port) {
        this.port = port;
        port.tell(BarrierResource.ATTACH);
    }

    /// Waits until all have come.
    ///
    /// @return how many were still to come: a different number for each thread, and 0 for the last
    /// @throws BrokenBarrierException if the barrier is broken, or breaks while this waits
    /// @throws InterruptedException if the thread is interrupted while it waits, which breaks the barrier
    public int await() throws BrokenBarrierException, InterruptedException {
        return index(call(Nanos.FOREVER));
    }

    /// Waits until all have come, with a limit.
    ///
    /// @param limit how long to wait
    /// @return how many were still to come: a different number for each thread, and 0 for the last
    /// @throws BrokenBarrierException if the barrier is broken, or breaks while this waits
    /// @throws TimeoutException if the time is up, which breaks the barrier
    /// @throws InterruptedException if the thread is interrupted while it waits, which breaks the barrier
    public int await(Duration limit) throws BrokenBarrierException, TimeoutException, InterruptedException {
        Object answer = call(Nanos.of(limit));
        if (Port.isTimeout(answer)) {
            throw new TimeoutException("not all parties have come to the barrier within " + limit);
        }
        return index(answer);
    }

    /// The port throws what has broken the barrier without saying so.
    @SuppressWarnings("unused") // the compiler does not see who throws it
    private @Nullable Object call(long nanos) throws BrokenBarrierException, InterruptedException {
        return port.call(BarrierResource.AWAIT, null, nanos);
    }

    private static int index(@Nullable Object answer) {
        return (Integer) Objects.requireNonNull(answer);
    }

    /// Breaks the barrier.
    public void abort() {
        port.callUninterruptibly(BarrierResource.ABORT, null, 0);
    }

    /// Makes the barrier as new. Threads that wait get a {@link BrokenBarrierException}.
    public void reset() {
        port.callUninterruptibly(BarrierResource.RESET, null, 0);
    }

    /// {@return whether the barrier is broken}
    public boolean isBroken() {
        return port.callUninterruptibly(BarrierResource.IS_BROKEN, null, 0) == Boolean.TRUE;
    }

    /// {@return how many threads must come}
    public int parties() {
        return index(port.callUninterruptibly(BarrierResource.PARTIES, null, 0));
    }

    /// {@return how many threads wait}
    public int waiting() {
        return index(port.callUninterruptibly(BarrierResource.WAITING, null, 0));
    }

    @Serial
    private Object writeReplace() {
        return new SharedHandle(SharedHandle.Kind.BARRIER, port.ref(this));
    }
}
