// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Options;
import dev.cenote.PoolConfig;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.engine.Engine;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Remotes;
import dev.cenote.internal.remote.Shipment;
import dev.cenote.internal.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Items that were sent ahead to a worker outside this JVM, and the time limit of one of them, whenever it passes.
@NullMarked
class OutsideModelTest {

    private static final int ORDERS = 30;
    private static final int ITEMS = 3;

    /// A time that lets all items be sent ahead.
    private static final long SHORT_NANOS = 50_000;

    /// Time whose alarms all ring together, by hand.
    private static final class Bell implements Time {

        private final List<Runnable> alarms = new ArrayList<>(); // guarded by this

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public synchronized Alarm after(long delayNanos, Runnable action) {
            alarms.add(action);
            return () -> forget(action);
        }

        private synchronized void forget(Runnable action) {
            alarms.remove(action);
        }

        private synchronized List<Runnable> take() {
            List<Runnable> all = List.copyOf(alarms);
            alarms.clear();
            return all;
        }

        void ring() {
            take().forEach(Runnable::run);
        }
    }

    /// A worker that has begun the next item when the answer to one is taken, and begins nothing once it was killed.
    private static final class Fake implements Remote {

        private final AtomicInteger[] begun;
        private final Queue<Integer> requests = new ArrayDeque<>(); // guarded by this
        private int sent; // guarded by this
        private int last; // guarded by this
        private int answered; // guarded by this
        private boolean killed; // guarded by this

        Fake(AtomicInteger[] begun) {
            this.begun = begun;
        }

        @Override
        public void start() throws Exception {
            if (isKilled()) {
                throw died();
            }
        }

        private synchronized boolean isKilled() {
            return killed;
        }

        @Override
        public synchronized int send(Shipment task, long index, int attempt, @Nullable Object item) {
            requests.add((Integer) item);
            return ++sent;
        }

        @Override
        public int sendAll(Shipment task, long index, List<?> items, int from, int count) {
            return 0;
        }

        @Override
        public synchronized Object receive() throws Exception {
            Integer item = requests.poll();
            if (item == null || killed) {
                requests.clear();
                throw died();
            }
            if (last == answered) {
                begin(item);
            }
            answered++;
            Integer next = requests.peek();
            if (next != null) {
                begin(next);
            }
            return item;
        }

        private void begin(Integer item) {
            last++;
            begun[item].incrementAndGet();
        }

        private static WorkerDiedException died() {
            return new WorkerDiedException("killed", "fake", 0, -1, "KILLED", Duration.ZERO, List.of());
        }

        @Override
        public synchronized int kill(String why) {
            killed = true;
            return last;
        }

        @Override
        public synchronized int pending() {
            return requests.size();
        }

        @Override
        public boolean mayTakeMore() {
            return true;
        }

        @Override
        public boolean isAlive() {
            return !isKilled();
        }

        @Override
        public void flush() {}

        @Override
        public void skip() {}

        @Override
        public @Nullable Object run(Shipment job, boolean interruptible) {
            return null;
        }

        @Override
        public int receiveReady(@Nullable Object @Nullable [] into, int at, int most) {
            return 0;
        }

        @Override
        public void expectMany() {}

        @Override
        public @Nullable WorkerDiedException death() {
            return null;
        }

        @Override
        public long reports() {
            return 0;
        }

        @Override
        public double fraction() {
            return 0;
        }

        @Override
        public void rest() {}

        @Override
        public void leave() {}

        @Override
        public void discard() {}
    }

    private static Engine engine(AtomicInteger[] begun) {
        Remotes remotes = new Remotes() {
            @Override
            public Remote place(String name, int id) {
                return Model.shared(new Fake(begun));
            }

            @Override
            public Shipment ship(String name, Object function) {
                return () -> {};
            }

            @Override
            public LongAdder restarts() {
                return new LongAdder();
            }

            @Override
            public void close() {}
        };
        return new Engine(
                "outside",
                1,
                ITEMS,
                true,
                (name, loop) -> {
                    Thread thread = new Thread(loop, name);
                    thread.setDaemon(true);
                    return thread;
                },
                (pool, config, workers, exitResults) -> remotes);
    }

    private static AtomicInteger[] counters() {
        AtomicInteger[] begun = new AtomicInteger[ITEMS];
        for (int i = 0; i < ITEMS; i++) {
            begun[i] = new AtomicInteger();
        }
        return begun;
    }

    @Test
    void timeLimit_neverLosesAnItem() {
        Model.check(ORDERS, () -> {
            AtomicInteger[] begun = counters();
            Bell bell = Model.shared(new Bell());
            Dispatcher dispatcher = Model.shared(new Dispatcher("outside", engine(begun), PoolConfig.DEFAULT, bell));
            Options options = Options.DEFAULT.retries(ITEMS).timeout(Duration.ofSeconds(1));
            Call.Order order = new Call.Order(options, item -> item, false);
            EagerCall call = Model.shared(new EagerCall(dispatcher, order, List.of(0, 1, 2), EagerCall.Kind.RESULTS));
            call.sizer.learn(1, SHORT_NANOS);
            Model.inParallel(
                    () -> {
                        List<?> results = call.start().await();
                        Model.require(results.equals(List.of(0, 1, 2)), "results=" + results);
                    },
                    bell::ring);
            Model.require(dispatcher.done() == ITEMS, "done=" + dispatcher.done());
            for (AtomicInteger times : begun) {
                Model.require(times.get() >= 1 && times.get() <= 2, "begun " + times + " times");
            }
            end(dispatcher);
        });
    }

    @Test
    void timeLimit_withoutRetries_beginsNothingTwice() {
        Model.check(ORDERS, () -> {
            AtomicInteger[] begun = counters();
            Bell bell = Model.shared(new Bell());
            Dispatcher dispatcher = Model.shared(new Dispatcher("outside", engine(begun), PoolConfig.DEFAULT, bell));
            Options options = Options.DEFAULT.timeout(Duration.ofSeconds(1));
            Call.Order order = new Call.Order(options, item -> item, false);
            EagerCall call = Model.shared(new EagerCall(dispatcher, order, List.of(0, 1, 2), EagerCall.Kind.FUTURE));
            call.sizer.learn(1, SHORT_NANOS);
            Model.inParallel(() -> call.start().future().handle((values, error) -> values), bell::ring);
            call.future().handle((values, error) -> values).join();
            long counted = dispatcher.done() + dispatcher.meter.failed.sum() + dispatcher.meter.cancelled.sum();
            Model.require(counted == ITEMS, "counted=" + counted);
            for (AtomicInteger times : begun) {
                Model.require(times.get() <= 1, "begun " + times + " times");
            }
            end(dispatcher);
        });
    }

    private static void end(Dispatcher dispatcher) {
        dispatcher.shutdown();
        try {
            Model.require(dispatcher.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS), "it has ended");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
