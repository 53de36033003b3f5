// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.Nanos;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread of this process that waits. Used by that thread and answered by any other.
final class LocalWait extends Wait {

    private final Thread waiter = Thread.currentThread();

    private @Nullable Object answer; // written before `answered`

    private volatile boolean answered;

    LocalWait(long nanos) {
        super(Party.SELF, Thread.currentThread().threadId(), nanos);
    }

    /// Waits in this thread in the name of another.
    LocalWait(Party party, long thread) {
        super(party, thread, Nanos.FOREVER);
    }

    @Override
    void answer(@Nullable Object given) {
        answer = given;
        answered = true;
        LockSupport.unpark(waiter);
    }

    /// Waits for the answer.
    ///
    /// @param resource what was called
    /// @param interruptible whether an interrupt ends the wait; if not, the thread is interrupted again afterwards
    /// @return the answer
    /// @throws InterruptedException if the thread was interrupted before there was one
    @Nullable
    Object await(Resource resource, boolean interruptible) throws InterruptedException {
        boolean interrupted = false;
        boolean timed = nanos < Nanos.FOREVER;
        long end = timed ? System.nanoTime() + nanos : 0;
        while (!answered) {
            if (Thread.interrupted()) {
                interrupted = true;
                if (interruptible) {
                    resource.giveUp(this, Resource.INTERRUPTED);
                }
            } else if (timed) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    timed = false;
                    resource.giveUp(this, Resource.TIMED_OUT);
                } else {
                    LockSupport.parkNanos(resource, left);
                }
            } else {
                LockSupport.park(resource);
            }
        }
        Object given = answer;
        if (given == Resource.INTERRUPTED) {
            throw new InterruptedException();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return given;
    }
}
