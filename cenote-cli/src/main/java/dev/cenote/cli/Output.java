// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Standard output: collects whole records in a buffer and writes it when it is full or has waited a few
/// milliseconds.
///
/// A record is never split between two threads, and a slow source does not keep its results in the buffer: a
/// thread of its own writes what has waited. That costs nothing per record, unlike a flush after each, and it does
/// not depend on how fast results arrive.
///
/// Thread-safe. After a failed write every call throws {@link IOException}, so that the producer stops.
final class Output {

    private static final int CAPACITY = 1 << 16;
    private static final byte[] LINE_END = {'\n'};
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final OutputStream out;
    private final Runnable beforeWrite;
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread flusher;

    /// What waits to be written; guarded by the lock.
    private final byte[] buffer = new byte[CAPACITY];

    /// How much of the buffer is used; guarded by the lock.
    private int used;

    /// Whether the flusher was started; guarded by the lock.
    private boolean started;

    /// Why nothing can be written any more; set once under the lock, read by any thread.
    private volatile @Nullable IOException failure;

    /// Who wants to know of a failure at once; set by the thread of a run, read by the flusher.
    private volatile @Nullable Thread owner;

    /// Whether the flusher has nothing to do and is parked; it sets this, writers clear it under the lock.
    private volatile boolean flusherIdle;

    /// @param out where bytes go; not buffered
    /// @param beforeWrite runs before bytes are written, so that a progress line can give way
    Output(OutputStream out, Runnable beforeWrite) {
        this.out = out;
        this.beforeWrite = beforeWrite;
        this.flusher = Thread.ofPlatform().daemon().name("cenote-flush").unstarted(this::flushNowAndThen);
    }

    /// Interrupts this thread when a write fails behind its back; `null` for nobody.
    void tellFailureTo(@Nullable Thread thread) {
        owner = thread;
    }

    /// Writes a record and a line end.
    ///
    /// @param head the beginning of the record
    /// @param body the rest of it
    /// @throws IOException if this or an earlier write has failed
    void line(byte[] head, byte[] body) throws IOException {
        lock.lock();
        try {
            room(head.length + body.length + 1L);
            put(head, 0, head.length);
            put(body, 0, body.length);
            put(LINE_END, 0, 1);
        } finally {
            lock.unlock();
        }
        wakeFlusher();
    }

    /// Makes room for a record, so that short ones are not split over two writes.
    private void room(long length) throws IOException {
        if (failure != null) {
            throw new IOException(failure);
        }
        if (!started) {
            started = true;
            flusher.start();
        }
        if (length > CAPACITY - used) {
            flushLocked();
        }
    }

    private void put(byte[] bytes, int from, int length) throws IOException {
        if (length > CAPACITY - used) {
            flushLocked();
        }
        if (length > CAPACITY) {
            writeLocked(bytes, from, length);
        } else {
            System.arraycopy(bytes, from, buffer, used, length);
            used += length;
        }
    }

    private void flushLocked() throws IOException {
        int length = used;
        used = 0;
        writeLocked(buffer, 0, length);
    }

    private void writeLocked(byte[] bytes, int from, int length) throws IOException {
        if (failure != null) {
            throw new IOException(failure);
        } else if (length == 0) {
            return;
        }
        try {
            beforeWrite.run();
            out.write(bytes, from, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    void flush() throws IOException {
        lock.lock();
        try {
            flushLocked();
        } finally {
            lock.unlock();
        }
    }

    private void wakeFlusher() {
        if (flusherIdle) {
            flusherIdle = false;
            LockSupport.unpark(flusher);
        }
    }

    private void flushNowAndThen() {
        while (failure == null) {
            LockSupport.parkNanos(LINGER_NANOS);
            try {
                flush();
            } catch (IOException e) {
                tellOwner();
                return;
            }
            awaitWork();
        }
    }

    /// Parks until there is something in the buffer. The flag is set before the buffer is looked at and a writer
    /// looks at the flag after it has filled the buffer, so one of the two sees the other.
    private void awaitWork() {
        flusherIdle = true;
        while (flusherIdle && failure == null && isEmpty()) {
            LockSupport.park(this);
        }
        flusherIdle = false;
    }

    private boolean isEmpty() {
        lock.lock();
        try {
            return used == 0;
        } finally {
            lock.unlock();
        }
    }

    private void tellOwner() {
        Thread thread = owner;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /// {@return whether a write has failed}
    boolean failed() {
        return failure != null;
    }

    /// Writes what is left at the end of a command and decides the exit code.
    ///
    /// @param code the exit code if all could be written
    /// @param console who is told when not; a reader that went away is no reason to talk
    /// @return the exit code
    int finish(int code, Console console) {
        try {
            flush();
            return code;
        } catch (IOException e) {
            IOException first = Objects.requireNonNullElse(failure, e);
            if (isBrokenPipe(first)) {
                return ExitCode.BROKEN_PIPE;
            }
            console.say("cannot write the output: " + first.getMessage());
            return ExitCode.FAILED;
        }
    }

    /// The JDK has no type for this; the text is the C library's, which Windows words differently.
    private static boolean isBrokenPipe(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Broken pipe") || message.contains("pipe is being closed");
    }

    /// Writes what is left unless that takes too long, and accepts nothing more.
    ///
    /// @param limit how long a write that is under way may still take
    void close(Duration limit) {
        try {
            if (lock.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                closeLocked();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeLocked() {
        try {
            if (failure == null) {
                flushLocked();
                failure = new IOException("closed");
            }
        } catch (IOException e) {
            failure = e; // the process ends; nobody is left to tell
        } finally {
            lock.unlock();
            LockSupport.unpark(flusher); // it ends
        }
    }

    /// {@return this output for those who write bytes}
    OutputStream asStream() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                lock.lock();
                try {
                    room(length);
                    put(bytes, from, length);
                } finally {
                    lock.unlock();
                }
                wakeFlusher();
            }
        };
    }

    /// {@return this output for those who write text}
    PrintWriter asWriter() {
        return new PrintWriter(new OutputStreamWriter(asStream(), StandardCharsets.UTF_8));
    }
}
