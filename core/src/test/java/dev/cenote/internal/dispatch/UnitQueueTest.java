// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.PoolConfig;
import dev.cenote.internal.engine.Engines;
import dev.cenote.internal.time.SystemTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnitQueueTest {

    private final UnitQueue queue = new UnitQueue();

    /// A unit that knows its number and does nothing.
    private record Numbered(int number) implements Unit {

        @Override
        public void run(WorkerContext worker) {}

        @Override
        public void drop(Throwable cause) {}

        @Override
        public void crashed(WorkerContext worker, Throwable cause) {}
    }

    @Test
    void units_areTakenInTheirOrder() {
        List<Unit> units = List.of(new Numbered(0), new Numbered(1), new Numbered(2));
        units.forEach(queue::add);
        assertThat(queue.take(false)).isSameAs(units.get(0));
        assertThat(queue.poll()).isSameAs(units.get(1));
        assertThat(queue.drain()).containsExactly(units.get(2));
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void sleepers_areAllWokenByABurst() throws InterruptedException {
        int takers = 8;
        CountDownLatch taken = new CountDownLatch(takers);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < takers; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                queue.take(false);
                taken.countDown();
                LockSupport.park(); // as if the unit ran for long: it is not this one who takes the next
            }));
        }
        awaitAsleep(threads);
        for (int i = 0; i < takers; i++) {
            queue.add(new Numbered(i));
        }
        assertThat(taken.await(30, TimeUnit.SECONDS))
                .as("every sleeper has got a unit; still without: " + taken.getCount())
                .isTrue();
        threads.forEach(LockSupport::unpark);
    }

    @Test
    void borrowedSleepers_areLentOnceAndLoseNoUnit() throws InterruptedException {
        int units = 20_000;
        CountDownLatch taken = new CountDownLatch(units);
        Dispatcher dispatcher = new Dispatcher("p", Engines.named("threads"), PoolConfig.DEFAULT, SystemTime.INSTANCE);
        List<Thread> takers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            WorkerContext worker = new WorkerContext(dispatcher, i);
            takers.add(Thread.ofPlatform().daemon().start(() -> {
                boolean goesOn = true;
                while (goesOn) {
                    Unit unit = queue.take(worker, false, 1_000_000); // often the patience ends while it is borrowed
                    goesOn = unit == null || ((Numbered) unit).number() >= 0;
                    if (unit != null) {
                        taken.countDown();
                    }
                }
            }));
        }
        AtomicBoolean ends = new AtomicBoolean();
        Set<WorkerContext> lent = ConcurrentHashMap.newKeySet();
        AtomicLong loans = new AtomicLong();
        AtomicBoolean lentTwice = new AtomicBoolean();
        List<Thread> borrowers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            borrowers.add(Thread.ofPlatform().daemon().start(() -> {
                while (!ends.get()) {
                    UnitQueue.Sleeper sleeper = queue.borrow();
                    if (sleeper != null) {
                        lentTwice.compareAndSet(false, !lent.add(sleeper.worker()));
                        loans.incrementAndGet();
                        LockSupport.parkNanos(1);
                        lent.remove(sleeper.worker());
                        queue.giveBack(sleeper, false);
                    }
                }
            }));
        }
        for (int i = 0; i < units; i++) {
            queue.add(new Numbered(i));
            if (i % 64 == 0) {
                LockSupport.parkNanos(50_000); // subject: takers must fall asleep now and then
            }
        }
        assertThat(taken.await(30, TimeUnit.SECONDS))
                .as("units that were not taken: " + taken.getCount())
                .isTrue();
        ends.set(true);
        for (Thread borrower : borrowers) {
            borrower.join();
        }
        takers.forEach(taker -> queue.add(new Numbered(-1)));
        for (Thread taker : takers) {
            taker.join();
        }
        assertThat(lentTwice).isFalse();
        assertThat(loans).hasPositiveValue();
    }

    @Test
    void interrupt_doesNotEndAWait() throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        Thread taker = Thread.ofPlatform().daemon().start(() -> {
            queue.take(false);
            taken.countDown();
        });
        awaitAsleep(List.of(taker));
        taker.interrupt();
        Awaitility.await().until(() -> !taker.isInterrupted());
        awaitAsleep(List.of(taker));
        assertThat(taken.getCount()).isOne();
        queue.add(new Numbered(0));
        assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void patience_ends() {
        assertThat(queue.take(null, false, 1_000_000)).isNull();
        assertThat(queue.take(null, true, 0)).isNull();
        queue.add(new Numbered(0));
        assertThat(queue.take(null, false, 0)).isNotNull();
        assertThat(queue.isEmpty()).isTrue();
    }

    /// Producers that pause now and then, so that takers sleep and are woken all the time, at every point.
    @Test
    void unitsOfManyProducers_areAllTakenOnce() throws InterruptedException {
        long seed = System.nanoTime();
        int producers = 3;
        int takers = 3;
        int each = 40_000;
        AtomicIntegerArray takenOf = new AtomicIntegerArray(producers * each);
        CountDownLatch left = new CountDownLatch(producers * each);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < takers; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                while (queue.take(true) instanceof Numbered unit && unit.number() >= 0) {
                    takenOf.incrementAndGet(unit.number());
                    left.countDown();
                }
            }));
        }
        AtomicLong spun = new AtomicLong();
        for (int i = 0; i < producers; i++) {
            int first = i * each;
            Random random = new Random(seed + i);
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                for (int n = 0; n < each; n++) {
                    queue.add(new Numbered(first + n));
                    int pause = random.nextInt(8) == 0 ? random.nextInt(2_000) : 0;
                    for (int spin = 0; spin < pause; spin++) {
                        spun.setOpaque(spin);
                    }
                }
            }));
        }
        assertThat(left.await(30, TimeUnit.SECONDS))
                .as("all are taken; seed " + seed + ", left " + left.getCount())
                .isTrue();
        for (int i = 0; i < takers; i++) {
            queue.add(new Numbered(-1));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < takenOf.length(); i++) {
            assertThat(takenOf.get(i)).as("unit " + i + ", seed " + seed).isOne();
        }
    }

    private static void awaitAsleep(List<Thread> threads) {
        Awaitility.await().until(() -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
    }
}
