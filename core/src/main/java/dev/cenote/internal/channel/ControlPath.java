// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.CorruptFrameException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Messages over a socket: the length in four bytes, then the bytes.
///
/// Sending is for any thread, receiving for one.
final class ControlPath implements AutoCloseable {

    private static final int BUFFER_BYTES = 8 << 10;

    private final SocketLine line;

    private final ReentrantLock sending = new ReentrantLock();

    /// Goes out next; guarded by the lock. The JDK would copy an array to a buffer of its size that each thread keeps.
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /// A failure has cut off a message; guarded by the lock.
    private boolean torn;

    /// What came and was not taken yet; for the receiving thread.
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .limit(0);

    ControlPath(SocketLine line) {
        this.line = line;
    }

    void send(byte[] message) throws IOException {
        if (message.length > Channel.MAX_CONTROL) {
            throw new IllegalArgumentException("a control message of " + message.length + " bytes, at most "
                    + Channel.MAX_CONTROL + " are allowed");
        }
        sending.lock();
        try {
            if (torn) {
                throw Quiet.gone(null);
            }
            torn = true;
            out.clear().putInt(message.length);
            int at = 0;
            do {
                int now = Math.min(message.length - at, out.remaining());
                out.put(message, at, now).flip();
                line.write(out);
                out.clear();
                at += now;
            } while (at < message.length);
            torn = false;
        } finally {
            sending.unlock();
        }
    }

    /// {@return the next message; null at the end, also if it comes in the middle of a message}
    byte @Nullable [] receive() throws IOException {
        while (in.remaining() < Integer.BYTES) {
            if (!fill()) {
                return null;
            }
        }
        int length = in.getInt();
        if (length < 0 || length > Channel.MAX_CONTROL) {
            throw new CorruptFrameException(
                    "a control message of " + length + " bytes, at most " + Channel.MAX_CONTROL + " are allowed");
        }
        // memory is taken as bytes come, not as they are promised
        byte[] message = new byte[Math.min(length, BUFFER_BYTES)];
        int at = 0;
        while (at < length) {
            if (!in.hasRemaining() && !fill()) {
                return null;
            }
            if (at == message.length) {
                message = Arrays.copyOf(message, Math.min(length, 2 * message.length));
            }
            int now = Math.min(in.remaining(), message.length - at);
            in.get(message, at, now);
            at += now;
        }
        return message;
    }

    private boolean fill() throws IOException {
        in.compact();
        try {
            return line.read(in) >= 0;
        } finally {
            in.flip();
        }
    }

    void peerDied() {
        line.peerDied();
    }

    @Override
    public void close() {
        line.close();
    }
}
