// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import dev.cenote.internal.time.Time;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// A clock that runs at half or twice the speed for a while, stands still, and now and then jumps ahead by seconds, as
/// if the machine had slept. It never goes back, which the JVM promises of `System.nanoTime`.
final class UnevenTime implements Time, AutoCloseable {

    private static final double[] SPEEDS = {0.0, 0.5, 1.0, 1.0, 2.0};

    private final SplittableRandom random;
    private final PriorityQueue<Pending> pending = new PriorityQueue<>(Comparator.comparingLong(Pending::due));
    private final Thread thread;

    // guarded by this
    private long reading;
    private long lastReal = System.nanoTime();
    private double speed = 1;
    private int jumps;
    private boolean closed;

    /// An action at a reading of this clock.
    private record Pending(long due, Runnable action) {}

    UnevenTime(SplittableRandom random) {
        this.random = random;
        this.thread = Thread.ofPlatform().daemon().name("uneven-time").start(this::run);
    }

    @Override
    public synchronized long nanos() {
        long real = System.nanoTime();
        reading += (long) ((real - lastReal) * speed);
        lastReal = real;
        return reading;
    }

    @Override
    public synchronized Alarm after(long delayNanos, Runnable action) {
        long now = nanos();
        Pending one = new Pending(now > Long.MAX_VALUE - delayNanos ? Long.MAX_VALUE : now + delayNanos, action);
        pending.add(one);
        return () -> remove(one);
    }

    private synchronized void remove(Pending one) {
        for (Iterator<Pending> all = pending.iterator(); all.hasNext(); ) {
            if (all.next() == one) { // and not one that is equal
                all.remove();
                return;
            }
        }
    }

    synchronized int jumps() {
        return jumps;
    }

    private void run() {
        try {
            long change = 0;
            for (long i = 0; !isClosed(); i++) {
                TimeUnit.MILLISECONDS.sleep(1); // subject: the clock's own resolution
                if (i >= change) {
                    changeSpeed();
                    change = i + random.nextInt(50, 600);
                }
                for (Runnable action : due()) {
                    Thread.ofVirtual().name("uneven-alarm").start(action);
                }
            }
        } catch (InterruptedException e) {
            // the end
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void changeSpeed() {
        nanos();
        speed = SPEEDS[random.nextInt(SPEEDS.length)];
        if (random.nextInt(20) == 0) {
            reading += TimeUnit.MILLISECONDS.toNanos(random.nextInt(5_000));
            jumps++;
        }
    }

    private synchronized List<Runnable> due() {
        long now = nanos();
        List<Runnable> actions = new ArrayList<>();
        while (!pending.isEmpty() && pending.peek().due() <= now) {
            actions.add(pending.remove().action());
        }
        return actions;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        thread.interrupt();
    }
}
