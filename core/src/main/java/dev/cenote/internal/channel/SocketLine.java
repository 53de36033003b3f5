// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A connected socket whose waits end for three reasons only: it is ready, the other side is gone, or this side closes
/// it.
///
/// A blocking socket of the JDK is closed when a thread that uses it is interrupted, and tasks interrupt threads as
/// they like. A non-blocking one does not look at interrupts, and a selector only returns early; so this waits with a
/// selector, which is made when it is first needed because it costs a worker milliseconds of its start.
///
/// One thread reads and one writes at a time; the others are for any thread.
final class SocketLine implements AutoCloseable {

    /// Waits until a socket is ready for one kind of operation.
    private static final class Readiness {

        private final SocketChannel socket;
        private final int operation;

        /// Made by the waiting thread, closed by any; guarded by this object.
        private @Nullable Selector selector;

        /// Guarded by this object.
        private boolean closed;

        Readiness(SocketChannel socket, int operation) {
            this.socket = socket;
            this.operation = operation;
        }

        private synchronized @Nullable Selector open() throws IOException {
            if (!closed && selector == null) {
                Selector made = Selector.open();
                try {
                    socket.register(made, operation);
                } catch (IOException | RuntimeException e) {
                    made.close();
                    throw e;
                }
                selector = made;
            }
            return closed ? null : selector;
        }

        /// Waits; may return early.
        ///
        /// @param millis at most how long, 0 for ever
        void await(long millis) throws IOException {
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

        /// Lets the waiting thread, or the next that waits, return early once.
        void wakeUp() {
            Selector opened;
            synchronized (this) {
                opened = selector;
            }
            if (opened != null) {
                opened.wakeup();
            }
        }

        void close() {
            Selector opened;
            synchronized (this) {
                closed = true;
                opened = selector;
            }
            if (opened != null) {
                Quiet.close(opened);
            }
        }
    }

    private final SocketChannel socket;
    private final Readiness readable;
    private final Readiness writable;

    /// Set by any thread and never cleared: this side is closed.
    private volatile boolean closed;

    /// Set by any thread and never cleared: the other side is known to be gone.
    private volatile boolean gone;

    SocketLine(SocketChannel socket) throws IOException {
        this.socket = socket;
        socket.configureBlocking(false);
        this.readable = new Readiness(socket, SelectionKey.OP_READ);
        this.writable = new Readiness(socket, SelectionKey.OP_WRITE);
    }

    /// {@return how many bytes were read, 0 if there are none now, -1 if there will be none}
    int readNow(ByteBuffer to) {
        if (closed) {
            return -1;
        }
        try {
            int count = socket.read(to);
            return count == 0 && gone && to.hasRemaining() ? -1 : count;
        } catch (IOException e) {
            // an error of a local socket means that nobody is at the other end
            return -1;
        }
    }

    /// Reads at least one byte, whatever the thread's interrupt status is and becomes.
    ///
    /// @return how many; -1 if there will be none
    int read(ByteBuffer to) throws IOException {
        int count = readNow(to);
        if (count != 0) {
            return count;
        }
        boolean interrupted = false;
        try {
            do {
                // a selector does not wait while the status is set
                interrupted |= Thread.interrupted();
                readable.await(0);
                count = readNow(to);
            } while (count == 0);
            return count;
        } finally {
            restore(interrupted);
        }
    }

    /// Waits until there may be something to read. May return early.
    ///
    /// @param nanos at most how long
    void awaitReadable(long nanos) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (nanos > 0) {
            readable.await(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999)));
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /// Writes as much as fits.
    ///
    /// @return how many bytes
    int writeNow(ByteBuffer from) throws IOException {
        if (closed) {
            throw Quiet.closed();
        }
        if (gone) {
            throw Quiet.gone(null);
        }
        try {
            return socket.write(from);
        } catch (IOException e) {
            throw closed ? Quiet.closed() : Quiet.gone(e);
        }
    }

    /// Writes everything, whatever the thread's interrupt status is and becomes.
    void write(ByteBuffer from) throws IOException {
        writeNow(from);
        if (!from.hasRemaining()) {
            return;
        }
        boolean interrupted = false;
        try {
            do {
                interrupted |= Thread.interrupted();
                writable.await(0);
                writeNow(from);
            } while (from.hasRemaining());
        } finally {
            restore(interrupted);
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /// Nobody is at the other end: reading ends when nothing is left, writing fails.
    void peerDied() {
        gone = true;
        readable.wakeUp();
        writable.wakeUp();
    }

    @Override
    public void close() {
        closed = true;
        // first the socket: a selector that is closed first would leave it open for a moment, and so the other side
        Quiet.close(socket);
        readable.close();
        writable.close();
    }
}
