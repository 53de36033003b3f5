// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.SelectionKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A channel whose data goes through two rings in shared memory, each with a socket as its bell.
///
/// Closing unmaps the memory at once, under threads that may be using it: they find it unmapped, an
/// [IllegalStateException] that becomes an [IOException] here.
final class RingChannel extends Channel {

    /// The ring from the parent to its worker; the other goes back.
    private static final int TO_WORKER = 0;

    private static final int TO_PARENT = 1;

    private final SharedFile shared;
    private final boolean parent;
    private final ControlPath control;
    private final SocketLine writingBell;
    private final SocketLine readingBell;
    private final Doorbell writersDoorbell;
    private final Doorbell readersDoorbell;
    private final RingWriter writer;
    private final RingReader reader;
    private final Readiness eitherBell;

    /// Whether the other side is counted as busy; guarded by the lock of this object.
    private boolean working;

    /// What the words were when this side was closed. Written once, under the lock of this object.
    private volatile long @Nullable [] lastWords;

    /// @param parent which side this is
    /// @param toWorker the bell of the ring to the worker
    /// @param toParent the bell of the ring to the parent
    RingChannel(SharedFile shared, boolean parent, SocketLine control, SocketLine toWorker, SocketLine toParent) {
        this.shared = shared;
        this.parent = parent;
        this.control = new ControlPath(control);
        this.writingBell = parent ? toWorker : toParent;
        this.readingBell = parent ? toParent : toWorker;
        int writing = parent ? TO_WORKER : TO_PARENT;
        int reading = parent ? TO_PARENT : TO_WORKER;
        this.writersDoorbell = new Doorbell(shared, writing, false, new SocketBell(writingBell), spin());
        this.readersDoorbell = new Doorbell(shared, reading, true, new SocketBell(readingBell), spin());
        this.writer = new RingWriter(shared, writing, writersDoorbell);
        this.reader = new RingReader(shared, reading, readersDoorbell);
        this.eitherBell = new Readiness(SelectionKey.OP_READ, writingBell.socket(), readingBell.socket());
    }

    @Override
    public synchronized void working(boolean now) {
        if (working == now || lastWords != null) {
            return;
        }
        working = now;
        if (now) {
            Cores.busy(shared);
        } else {
            Cores.idle();
        }
    }

    private Spin spin() {
        return new Spin(parent ? new Cores.HereGate() : new Cores.WorkerGate(shared));
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, bytes.length);
        try {
            writer.write(bytes, from, count);
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    @Override
    public void write(MemorySegment content) throws IOException {
        try {
            writer.write(content);
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            writer.flush();
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    @Override
    public int free() throws IOException {
        try {
            return writer.free();
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    @Override
    public long moved() {
        return writer.moved();
    }

    @Override
    public int available() throws IOException {
        try {
            return reader.available();
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    @Override
    public int read(byte[] bytes, int from, int count, int many) throws IOException {
        Objects.checkFromIndexSize(from, count, bytes.length);
        try {
            int result = reader.read(bytes, from, count, many);
            if (result < 0 && lastWords != null) {
                throw Quiet.closed();
            }
            return result;
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    @Override
    public long read(MemorySegment target, long from) throws IOException {
        try {
            long result = reader.read(target, from);
            if (result < 0 && lastWords != null) {
                throw Quiet.closed();
            }
            return result;
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    @Override
    public boolean awaitReadable(long nanos) throws IOException, InterruptedException {
        try {
            return reader.await(nanos);
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    @Override
    public int writeNow(byte[] bytes, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, bytes.length);
        try {
            return writer.writeNow(bytes, from, count);
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    @Override
    public boolean flushNow() throws IOException {
        flush();
        return true;
    }

    @Override
    public void awaitReadableOrWritable() throws IOException {
        try {
            writer.flush();
            boolean over = reader.available() > 0 || writersDoorbell.isOver() || readersDoorbell.isOver();
            while (!over) {
                // both are announced before one sleeps, so that a step of the other side in either ring rings a bell
                boolean writable = writer.announce();
                boolean readable = reader.announce();
                if (!writable && !readable) {
                    eitherBell.await();
                }
                boolean reading = writersDoorbell.take();
                boolean writing = readersDoorbell.take();
                over = writable || readable || !reading || !writing;
            }
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        }
    }

    /// {@return what to throw: when this side is closed, that is the reason for every failure}
    private IOException failure(Exception cause) {
        if (lastWords != null) {
            return Quiet.closed();
        }
        if (cause instanceof IllegalStateException defect) {
            throw defect;
        }
        return (IOException) cause;
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
        return true;
    }

    @Override
    public long loadWord(int index) {
        int cell = SharedFile.word(Objects.checkIndex(index, WORDS));
        try {
            return shared.get(cell);
        } catch (IllegalStateException e) {
            long[] last = lastWords;
            if (last == null) {
                throw e;
            }
            return last[index];
        }
    }

    @Override
    public void storeWord(int index, long value) {
        int cell = SharedFile.word(Objects.checkIndex(index, WORDS));
        try {
            shared.set(cell, value);
        } catch (IllegalStateException e) {
            rethrowUnlessClosed(e);
        }
    }

    @Override
    public boolean casWord(int index, long expected, long value) {
        int cell = SharedFile.word(Objects.checkIndex(index, WORDS));
        try {
            return shared.compareAndSet(cell, expected, value);
        } catch (IllegalStateException e) {
            rethrowUnlessClosed(e);
            return false;
        }
    }

    private void rethrowUnlessClosed(IllegalStateException e) {
        if (lastWords == null) {
            throw e;
        }
    }

    @Override
    public void peerDied() {
        control.peerDied();
        writingBell.peerDied();
        readingBell.peerDied();
        eitherBell.wakeUp();
    }

    @Override
    public synchronized void close() {
        if (lastWords != null) {
            return;
        }
        working(false);
        long[] last = new long[WORDS];
        for (int i = 0; i < WORDS; i++) {
            last[i] = shared.get(SharedFile.word(i));
        }
        lastWords = last;
        control.close();
        writingBell.close();
        readingBell.close();
        eitherBell.close();
        shared.close();
    }

    @Override
    public String toString() {
        return "shared memory, 2 rings of " + shared.ringBytes() + " bytes";
    }
}
