// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/// A connected socket whose waits end for three reasons only: it is ready, the other side is gone, or this side closes
/// it. It does not react to interrupts; see [Readiness].
///
/// One thread reads and one writes at a time; the others are for any thread.
final class SocketLine implements AutoCloseable {

    private final SocketChannel socket;
    private final Readiness readable;
    private final Readiness writable;

    /// How often a write has waited and gone on; only the writing thread uses it.
    private long moves;

    /// The same; written by the writing thread, read by any.
    private volatile long moved;

    /// Set by any thread and never cleared: this side is closed.
    private volatile boolean closed;

    /// Set by any thread and never cleared: the other side is known to be gone.
    private volatile boolean gone;

    SocketLine(SocketChannel socket) throws IOException {
        this.socket = socket;
        socket.configureBlocking(false);
        this.readable = new Readiness(SelectionKey.OP_READ, socket);
        this.writable = new Readiness(SelectionKey.OP_WRITE, socket);
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

    /// Reads at least one byte.
    ///
    /// @return how many; -1 if there will be none
    int read(ByteBuffer to) throws IOException {
        int count = readNow(to);
        while (count == 0) {
            readable.await();
            count = readNow(to);
        }
        return count;
    }

    /// Waits until there may be something to read. May return early.
    ///
    /// @param nanos at most how long
    void awaitReadable(long nanos) throws IOException, InterruptedException {
        readable.await(nanos);
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

    /// Writes everything.
    void write(ByteBuffer from) throws IOException {
        writeNow(from);
        while (from.hasRemaining()) {
            writable.await();
            if (writeNow(from) > 0) {
                moves++;
                moved = moves;
            }
        }
    }

    /// {@return a number that changes whenever a write has waited and gone on; for any thread}
    long moved() {
        return moved;
    }

    /// {@return the socket, to wait for several of them}
    SocketChannel socket() {
        return socket;
    }

    /// {@return whether this side is closed}
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
