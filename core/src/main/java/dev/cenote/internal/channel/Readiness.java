// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Waits until one of some sockets is ready. A wait may end early; whoever waits looks for itself.
///
/// A blocking socket of the JDK is closed when a thread that uses it is interrupted, and tasks interrupt threads as
/// they like. A non-blocking one does not look at interrupts, and a selector only returns early; so all waiting is
/// done by selectors. They are made when they are first needed, because the first costs a worker some milliseconds
/// of its start.
///
/// One thread waits at a time; waking up and closing is for any thread.
final class Readiness implements AutoCloseable {

    private final int operations;
    private final SocketChannel[] sockets;

    /// Made by the waiting thread, closed by any; guarded by this object.
    private @Nullable Selector selector;

    /// Somebody wanted to wake up a thread before there was a selector; guarded by this object.
    private boolean wokenUp;

    /// Guarded by this object.
    private boolean closed;

    /// @param operations for what they must be ready
    /// @param sockets one of them suffices
    Readiness(int operations, SocketChannel... sockets) {
        this.operations = operations;
        this.sockets = sockets;
    }

    private synchronized @Nullable Selector open() throws IOException {
        if (!closed && selector == null) {
            Selector made = Selector.open();
            try {
                for (SocketChannel socket : sockets) {
                    socket.register(made, operations);
                }
            } catch (IOException | RuntimeException e) {
                made.close();
                throw e;
            }
            if (wokenUp) {
                made.wakeup();
            }
            selector = made;
        }
        return closed ? null : selector;
    }

    private void select(long millis) throws IOException {
        Selector opened = open();
        if (opened == null) {
            return;
        }
        try {
            opened.select(millis);
            opened.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            // whoever closed it has said so elsewhere
        }
    }

    /// Waits, whatever the thread's interrupt status is and becomes.
    void await() throws IOException {
        // a selector does not wait while the status is set
        boolean interrupted = Thread.interrupted();
        try {
            select(0);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Waits, but not for ever.
    ///
    /// @param nanos at most how long
    /// @throws InterruptedException if the thread is interrupted before or while it waits
    void await(long nanos) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (nanos > 0) {
            select(TimeUnit.NANOSECONDS.toMillis(nanos - 1) + 1);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /// Lets the waiting thread, or the next that waits, return early once.
    void wakeUp() {
        Selector opened;
        synchronized (this) {
            wokenUp = true;
            opened = selector;
        }
        if (opened != null) {
            opened.wakeup();
        }
    }

    @Override
    public void close() {
        Selector opened;
        synchronized (this) {
            closed = true;
            opened = selector;
        }
        // outside the lock: it waits until the waiting thread has returned
        Quiet.close(opened);
    }
}
