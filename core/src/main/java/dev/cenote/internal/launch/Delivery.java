// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import dev.cenote.internal.Log;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Hands the lines of all workers of a pool to their consumers, on one thread, which is started by the first line.
///
/// A consumer is code of the user: it may be slow, stuck or broken. It must neither hold up a worker, which would stop
/// at a full pipe, nor take memory without end. So each worker has a bounded queue; what comes when it is full pushes
/// out the oldest line, which is counted. One thread for a pool means that a consumer need not be safe for several.
///
/// For any thread.
final class Delivery implements Runnable {

    private static final int LINES = 1_000;
    private static final int CHARS = 1 << 20;

    private final ArrayDeque<Queue> ready = new ArrayDeque<>();
    private boolean started;
    private boolean busy;
    private boolean ended;
    private boolean closed;
    private boolean failed;

    /// The lines of one worker that wait for its consumer.
    final class Queue {

        private final Consumer<? super OutputLine> consumer;
        private final ArrayDeque<OutputLine> lines = new ArrayDeque<>();
        private int chars;
        private long lost;

        Queue(Consumer<? super OutputLine> consumer) {
            this.consumer = consumer;
        }

        void add(OutputLine line) {
            if (consumer == Output.DISCARD) {
                return;
            }
            synchronized (Delivery.this) {
                if (closed) {
                    return;
                }
                if (lines.isEmpty()) {
                    ready.addLast(this);
                    Delivery.this.notifyAll();
                }
                lines.addLast(line);
                chars += line.text().length();
                while (lines.size() > LINES || (chars > CHARS && lines.size() > 1)) {
                    OutputLine oldest = lines.removeFirst();
                    chars -= oldest.text().length();
                    lost += 1 + oldest.lost();
                }
                if (!started) {
                    started = true;
                    Threads.make("cenote-output", Delivery.this, 0).start();
                }
            }
        }

        private OutputLine next() {
            OutputLine line = lines.removeFirst();
            chars -= line.text().length();
            if (lost > 0) {
                line = new OutputLine(line.worker(), line.error(), line.text(), line.lost() + lost);
                lost = 0;
            }
            return line;
        }
    }

    @Override
    public void run() {
        while (true) {
            Queue queue;
            OutputLine line;
            synchronized (this) {
                busy = false;
                queue = awaitReady();
                if (queue == null) {
                    return;
                }
                line = queue.next();
                if (!queue.lines.isEmpty()) {
                    ready.addLast(queue);
                }
                busy = true;
            }
            deliver(queue.consumer, line);
        }
    }

    private @Nullable Queue awaitReady() {
        while (ready.isEmpty()) {
            notifyAll(); // for close
            if (ended) {
                return null;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                // by a consumer that interrupts its own thread; means nothing here
            }
        }
        return ready.removeFirst();
    }

    private void deliver(Consumer<? super OutputLine> consumer, OutputLine line) {
        try {
            consumer.accept(line);
        } catch (Throwable e) {
            if (!failed) {
                failed = true;
                Log.get()
                        .log(
                                System.Logger.Level.WARNING,
                                "the consumer of the output of workers failed; it gets further lines, and further failures"
                                        + " are not logged",
                                e);
            }
        }
    }

    /// Lets what waits be delivered, for a while, and ends the thread.
    void close(long nanos) {
        long end = System.nanoTime() + nanos;
        synchronized (this) {
            ended = true;
            notifyAll();
            boolean interrupted = false;
            long left = nanos;
            while (started && (busy || !ready.isEmpty()) && left > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                left = end - System.nanoTime();
            }
            closed = true;
            ready.clear(); // a consumer that is stuck gets no more
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
