// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// A channel whose data goes through a socket, for machines where memory cannot be shared.
///
/// Bytes are gathered in a buffer here, so that many small writes are one system call.
final class StreamChannel extends Channel {

    private static final int BUFFER_BYTES = 64 << 10;

    private final ControlPath control;
    private final SocketLine data;
    private final Readiness either;

    /// What was written and not sent; for the writing thread.
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /// What came and was not read; for the reading thread.
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

    private boolean ended;

    private final AtomicLongArray words = new AtomicLongArray(WORDS);

    StreamChannel(SocketLine control, SocketLine data) {
        this.control = new ControlPath(control);
        this.data = data;
        this.either = new Readiness(SelectionKey.OP_READ | SelectionKey.OP_WRITE, data.socket());
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, bytes.length);
        int at = from;
        int left = count;
        while (left > 0) {
            if (!out.hasRemaining()) {
                flush();
            }
            int now = Math.min(left, out.remaining());
            out.put(bytes, at, now);
            at += now;
            left -= now;
        }
    }

    @Override
    public void write(MemorySegment content) throws IOException {
        long at = 0;
        long left = content.byteSize();
        while (left > 0) {
            if (!out.hasRemaining()) {
                flush();
            }
            int now = (int) Math.min(left, out.remaining());
            MemorySegment.copy(content, at, MemorySegment.ofBuffer(out), 0, now);
            out.position(out.position() + now);
            at += now;
            left -= now;
        }
    }

    @Override
    public void flush() throws IOException {
        if (out.position() == 0) {
            return;
        }
        out.flip();
        try {
            data.write(out);
        } finally {
            out.clear();
        }
    }

    @Override
    public int writeNow(byte[] bytes, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, bytes.length);
        int done = 0;
        do {
            int now = Math.min(count - done, out.remaining());
            out.put(bytes, from + done, now);
            done += now;
        } while (done < count && (flushNow() || out.hasRemaining()));
        return done;
    }

    @Override
    public boolean flushNow() throws IOException {
        out.flip();
        try {
            data.writeNow(out);
        } finally {
            out.compact();
        }
        return out.position() == 0;
    }

    @Override
    public void awaitReadableOrWritable() throws IOException {
        while (available() == 0 && !ended && !flushNow()) {
            either.await();
        }
    }

    @Override
    public int free() {
        return out.remaining();
    }

    @Override
    public long moved() {
        return data.moved();
    }

    @Override
    public int available() throws IOException {
        if (!in.hasRemaining() && !ended) {
            in.clear();
            ended = data.readNow(in) < 0;
            in.flip();
        }
        failIfClosed();
        return in.remaining();
    }

    @Override
    public boolean awaitReadable(long nanos) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (available() == 0 && !ended) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            data.awaitReadable(left);
        }
        return true;
    }

    @Override
    public int read(byte[] bytes, int from, int count, int many) throws IOException {
        Objects.checkFromIndexSize(from, count, bytes.length);
        if (count == 0) {
            return 0;
        }
        if (!awaitSome()) {
            return -1;
        }
        int now = Math.min(count, in.remaining());
        in.get(bytes, from, now);
        return now;
    }

    @Override
    public long read(MemorySegment target, long from) throws IOException {
        long count = target.byteSize() - from;
        if (count == 0) {
            return 0;
        }
        if (!awaitSome()) {
            return -1;
        }
        int now = (int) Math.min(count, in.remaining());
        MemorySegment.copy(MemorySegment.ofBuffer(in), 0, target, from, now);
        in.position(in.position() + now);
        return now;
    }

    /// {@return whether there is something to read; false if there never will be}
    private boolean awaitSome() throws IOException {
        if (available() == 0 && !ended) {
            in.clear();
            ended = data.read(in) < 0;
            in.flip();
            failIfClosed();
        }
        return in.hasRemaining();
    }

    private void failIfClosed() throws IOException {
        if (ended && data.isClosed()) {
            throw Quiet.closed();
        }
    }

    @Override
    public void sendControl(byte[] message) throws IOException {
        control.send(message);
    }

    @Override
    public byte @Nullable [] receiveControl() throws IOException {
        return control.receive();
    }

    @Override
    public boolean hasWords() {
        return false;
    }

    @Override
    public long loadWord(int index) {
        return words.getAcquire(index);
    }

    @Override
    public void storeWord(int index, long value) {
        words.setRelease(index, value);
    }

    @Override
    public boolean casWord(int index, long expected, long value) {
        return words.compareAndSet(index, expected, value);
    }

    @Override
    public void peerDied() {
        control.peerDied();
        data.peerDied();
        either.wakeUp();
    }

    @Override
    public void close() {
        control.close();
        data.close();
        either.close();
    }

    @Override
    public String toString() {
        return "socket";
    }
}
