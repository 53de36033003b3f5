// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A gate in the process of its test.
@SuppressWarnings("serial") // a ticket travels in its place
final class LocalGate extends Gate implements Hub.Host {

    private static final long serialVersionUID = 1L;

    private final Hub hub;
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger stopped = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

    /// Who waits in other processes; guarded by itself.
    private final List<DataOutputStream> waiting = new ArrayList<>();

    LocalGate(Hub hub) {
        this.hub = hub;
    }

    @Serial
    private Object writeReplace() {
        return hub.ticket(this);
    }

    @Override
    public <T> T pass(T value) throws InterruptedException {
        arrived.incrementAndGet();
        try {
            open.await();
            return value;
        } catch (InterruptedException e) {
            stopped.incrementAndGet();
            throw e;
        } finally {
            left.incrementAndGet();
        }
    }

    @Override
    public <T> T passStubbornly(T value) {
        arrived.incrementAndGet();
        boolean again = true;
        while (again) {
            try {
                open.await();
                again = false;
            } catch (InterruptedException e) {
                stopped.incrementAndGet();
            }
        }
        left.incrementAndGet();
        return value;
    }

    @Override
    public <T> T passAfter(Duration time, T value) throws InterruptedException {
        arrived.incrementAndGet();
        boolean _ = open.await(time.toNanos(), TimeUnit.NANOSECONDS);
        left.incrementAndGet();
        return value;
    }

    @Override
    public void serve(DataInputStream in, DataOutputStream out) throws IOException {
        int awaited = in.readInt();
        if (awaited > 0) {
            awaitArrivals(awaited);
            out.write(1);
        } else {
            hold(in, out);
        }
    }

    private void hold(DataInputStream in, DataOutputStream out) throws IOException {
        synchronized (waiting) {
            waiting.add(out);
        }
        arrived.incrementAndGet();
        boolean inOrder = false;
        try {
            if (open.getCount() == 0) {
                out.write(1);
            }
            inOrder = in.read() >= 0;
        } finally {
            if (!inOrder) {
                stopped.incrementAndGet();
            }
            left.incrementAndGet();
            synchronized (waiting) {
                waiting.remove(out);
            }
        }
    }

    @Override
    public void open() {
        open.countDown();
        synchronized (waiting) {
            for (DataOutputStream each : waiting) {
                try {
                    each.write(1);
                } catch (IOException e) {
                    // gone, as the one who reads from there sees
                }
            }
        }
    }

    @Override
    public void awaitArrivals(int tasks) {
        Waits.eventually(
                () -> "only " + arrived + " of " + tasks + " tasks came to the gate",
                () -> arrived.get() >= tasks,
                Waits.LONG);
    }

    @Override
    public void awaitStops(int times) {
        Waits.eventually(
                () -> "only " + stopped + " of " + times + " tasks were stopped",
                () -> stopped.get() >= times,
                Waits.LONG);
    }

    @Override
    public int arrivals() {
        return arrived.get();
    }

    @Override
    public int stops() {
        return stopped.get();
    }

    @Override
    public int departures() {
        return left.get();
    }
}
