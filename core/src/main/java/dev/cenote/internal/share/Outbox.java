// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a process tells the home without waiting for an answer, above all what it puts into queues.
///
/// A thread of its own sends what has gathered while it was sending the last: one item if they come now and then,
/// hundreds if they come fast. After each batch it waits until the home has taken it, so that never more than two
/// batches are under way. Whoever calls the home otherwise waits for that too ([#settle]), as do the ends of tasks; so
/// what a thread has put is there before anybody can learn from it that it was put.
///
/// Safe for use by several threads.
final class Outbox {

    /// How much may gather before those who put have to wait.
    private static final int MOST = 256 << 10;

    /// How long the thread waits for more before it ends; the next item starts another.
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Link link;
    private final Line line;

    // guarded by this
    private WireWriter gathering = new WireWriter(4096);
    private WireWriter spare = new WireWriter(4096);
    private final Set<Long> refusals = new HashSet<>();
    private final Set<Long> unreported = new HashSet<>();
    private long lastObject;
    private int lastOperation = -1;
    private int frameAt;
    private int countAt;
    private int count;
    private long told;
    private long settled;
    private boolean running;
    private boolean ended;
    private boolean idle;
    private @Nullable IOException failure;

    /// Whether anything was ever told; read by those who settle.
    private volatile boolean started;

    Outbox(Link link, Line line) {
        this.link = link;
        this.line = line;
    }

    /// Adds an item to what is told to an object.
    ///
    /// @param object the object
    /// @param operation what it shall do with items
    /// @param item the item, in the domain of the link
    /// @throws InterruptedException if the thread is interrupted while it waits for room
    synchronized void tell(long object, int operation, Item item) throws InterruptedException {
        while (gathering.position() > MOST && failure == null && !ended) {
            wait();
        }
        check();
        if (object != lastObject || operation != lastOperation) {
            begin(object, operation);
            countAt = Values.beginBatch(gathering, -1, 0, 0);
            count = 0;
        }
        try {
            item.write(gathering, link.domain());
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError("it has been encoded", e);
        }
        gathering.setInt(countAt, ++count);
        finish();
    }

    /// Tells an object something short.
    ///
    /// @param object the object
    /// @param operation what it shall do
    /// @param argument what with
    synchronized void tell(long object, int operation, long argument) {
        check();
        begin(object, operation);
        try {
            Values.put(gathering, argument, link.domain());
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError("it is a number", e);
        }
        lastOperation = -1;
        finish();
    }

    private void begin(long object, int operation) {
        frameAt = gathering.position();
        gathering.putInt(0);
        gathering.putByte(Frames.TELL);
        gathering.putLong(object);
        gathering.putByte(operation);
        lastObject = object;
        lastOperation = operation;
    }

    private void finish() {
        gathering.setInt(frameAt, gathering.position() - frameAt - Integer.BYTES);
        told++;
        started = true;
        if (!running) {
            running = true;
            Home.daemon(this::run, "cenote-share-outbox").start();
        } else if (idle) {
            notifyAll();
        }
    }

    private void check() {
        if (failure != null) {
            throw link.gone(failure);
        }
        if (ended) {
            throw new IllegalStateException("this process is ending");
        }
    }

    /// Waits until the home has taken all that was told so far.
    void settle() {
        if (started) {
            settleAll();
        }
    }

    private synchronized void settleAll() {
        long mark = told;
        boolean interrupted = false;
        while (settled - mark < 0 && failure == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (settled - mark < 0) {
            check();
        }
    }

    /// {@return whether an object has refused what it was told}
    synchronized boolean isRefused(long object) {
        return refusals.contains(object);
    }

    /// Fails if something was refused that nobody was told of.
    synchronized void failIfRefused() {
        if (!unreported.isEmpty()) {
            unreported.clear();
            throw new IllegalStateException(
                    "a shared queue of " + link.home.name() + " was closed before it had all that this task has put");
        }
    }

    // ---- the thread

    private void run() {
        try {
            for (WireWriter batch = next(); batch != null; batch = next()) {
                send(batch);
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private synchronized @Nullable WireWriter next() {
        long end = System.nanoTime() + IDLE_NANOS;
        long left = IDLE_NANOS;
        while (gathering.position() == 0 && !ended && left > 0) {
            idle = true;
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                // nobody has this thread to interrupt it
            }
            left = end - System.nanoTime();
        }
        idle = false;
        if (gathering.position() == 0) {
            running = false;
            return null;
        }
        WireWriter batch = gathering;
        gathering = spare;
        gathering.rewind(0);
        lastOperation = -1;
        sending = told;
        notifyAll(); // there is room
        return batch;
    }

    /// What will be settled with the batch under way.
    private long sending;

    private void send(WireWriter batch) throws IOException {
        batch.putInt(1);
        batch.putByte(Frames.SETTLE);
        line.writeAll(ByteBuffer.wrap(batch.array(), 0, batch.position()));
        byte[] answer = line.read();
        if (answer == null) {
            throw new EOFException("it closed the connection");
        }
        WireReader in = new WireReader(answer);
        synchronized (this) {
            while (in.left() > 0) {
                long refused = in.getLong();
                refusals.add(refused);
                unreported.add(refused);
            }
            spare = batch.array().length > 4 * MOST ? new WireWriter(4096) : batch;
            settled = sending;
            notifyAll();
        }
    }

    private synchronized void fail(IOException e) {
        failure = e;
        notifyAll();
    }

    /// Sends what is left and says that the process ends.
    void end() {
        try {
            settle();
            synchronized (this) {
                ended = true;
                notifyAll();
            }
            WireWriter out = Line.frame();
            out.putByte(Frames.BYE);
            line.write(out);
        } catch (IOException | RuntimeException e) {
            // the home is gone already
        }
    }
}
