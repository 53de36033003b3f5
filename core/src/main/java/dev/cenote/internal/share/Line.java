// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A connection that carries frames: four bytes of length, then so many bytes.
///
/// One thread may read; any thread may write.
final class Line implements Closeable {

    private static final int BUFFER = 16 << 10;

    /// What is allocated before bytes have come to fill it.
    private static final int STEP = 1 << 20;

    final SocketChannel socket;

    private final ByteBuffer buffer =
            ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN).limit(0);

    Line(SocketChannel socket) {
        this.socket = socket;
    }

    /// Begins a frame.
    ///
    /// @return an empty writer, for [#write]
    static WireWriter frame() {
        return frame(256);
    }

    /// Begins a frame.
    ///
    /// @param bytes about how long it will be
    /// @return an empty writer, for [#write]
    static WireWriter frame(int bytes) {
        WireWriter out = new WireWriter(bytes + Integer.BYTES);
        out.putInt(0);
        return out;
    }

    /// Writes a frame.
    ///
    /// @param frame the frame, begun with [#frame]
    synchronized void write(WireWriter frame) throws IOException {
        frame.setInt(0, frame.position() - Integer.BYTES);
        writeAll(ByteBuffer.wrap(frame.array(), 0, frame.position()));
    }

    /// Writes whole frames.
    ///
    /// @param frames with their lengths
    synchronized void writeAll(ByteBuffer frames) throws IOException {
        while (frames.hasRemaining()) {
            socket.write(frames);
        }
    }

    /// Reads a frame.
    ///
    /// @return the frame without its length; `null` at the end
    byte @Nullable [] read() throws IOException {
        if (!fill(Integer.BYTES)) {
            return null;
        }
        int length = buffer.getInt();
        if (length < 0) {
            throw new CorruptFrameException("a frame of " + length + " bytes");
        }
        byte[] frame = new byte[Math.min(length, STEP)];
        int have = 0;
        while (have < length) {
            if (have == frame.length) {
                frame = Arrays.copyOf(frame, (int) Math.min(length, 2L * have));
            }
            int count = some(frame, have);
            if (count < 0) {
                return null;
            }
            have += count;
        }
        return frame;
    }

    private boolean fill(int count) throws IOException {
        while (buffer.remaining() < count) {
            buffer.compact();
            int read = socket.read(buffer);
            buffer.flip();
            if (read < 0) {
                return false;
            }
        }
        return true;
    }

    private int some(byte[] frame, int from) throws IOException {
        int wanted = frame.length - from;
        if (buffer.hasRemaining()) {
            int count = Math.min(wanted, buffer.remaining());
            buffer.get(frame, from, count);
            return count;
        }
        if (wanted >= BUFFER) {
            return socket.read(ByteBuffer.wrap(frame, from, wanted));
        }
        return fill(1) ? some(frame, from) : -1;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more
        }
    }
}
