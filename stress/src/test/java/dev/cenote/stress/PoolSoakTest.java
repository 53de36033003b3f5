// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Several clients use one pool, and in half of the rounds it is shut down under them.
///
/// The seed of a failed round is in its message: `-Dstress.seed=N` runs that round again, as far as chance allows.
/// `-Dstress.seconds=N` sets how long each engine is tried.
class PoolSoakTest {

    private static final long SECONDS = Long.getLong("stress.seconds", 3);
    private static final Duration ROUND_LIMIT = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(strings = {"threads", "virtual", "serial"})
    void everyCallEnds_andEveryItemOnce(String engine) throws InterruptedException {
        Long given = Long.getLong("stress.seed");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        long seed = given != null ? given : System.nanoTime();
        do {
            new Round(engine, seed).run();
            seed += given != null ? 0 : 1;
        } while (System.nanoTime() < end);
    }

    /// One pool from its start to its end.
    private static final class Round {

        private final String engine;
        private final long seed;
        private final SplittableRandom random;
        private final boolean undisturbed;
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger left = new AtomicInteger();
        private final List<Throwable> errors = new ArrayList<>();

        Round(String engine, long seed) {
            this.engine = engine;
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.undisturbed = random.nextBoolean();
        }

        void run() throws InterruptedException {
            boolean limited = engine.equals("threads") || (engine.equals("virtual") && random.nextBoolean());
            int workers = random.nextInt(1, 4);
            Pool pool = Pool.of(
                    engine,
                    c -> (limited ? c.workers(workers) : c)
                            .initializer(begun::incrementAndGet)
                            .exit(left::incrementAndGet));
            List<Client> clients = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                Client client = new Client(pool, random.split(), undisturbed);
                int times = random.nextInt(1, 20);
                clients.add(client);
                threads.add(start(() -> client.run(times)));
            }
            if (!undisturbed) {
                TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
                threads.add(start(random.nextBoolean() ? pool::shutdown : pool::shutdownNow));
            }
            join(threads);
            if (undisturbed) {
                assertCountersBalance(pool);
            }
            join(List.of(start(pool::close)));
            assertEnded(pool, clients);
        }

        private Thread start(Runnable action) {
            return Thread.ofPlatform().daemon().name("client").start(() -> {
                try {
                    action.run();
                } catch (Throwable t) {
                    synchronized (errors) {
                        errors.add(t);
                    }
                }
            });
        }

        private void join(List<Thread> threads) throws InterruptedException {
            long end = System.nanoTime() + ROUND_LIMIT.toNanos();
            for (Thread thread : threads) {
                if (!thread.join(Duration.ofNanos(end - System.nanoTime()))) {
                    throw new AssertionError(describe() + " hangs; threads:\n" + dump());
                }
            }
            synchronized (errors) {
                if (!errors.isEmpty()) {
                    AssertionError failure = new AssertionError(describe() + " failed", errors.getFirst());
                    errors.subList(1, errors.size()).forEach(failure::addSuppressed);
                    throw failure;
                }
            }
        }

        private static String dump() {
            StringBuilder dump = new StringBuilder();
            Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
                    .forEach(dump::append);
            return dump.toString();
        }

        /// When all is done nothing runs, and then as much runs as is started.
        private void assertCountersBalance(Pool pool) throws InterruptedException {
            eventually(
                    () -> pool.stats().running() == 0 && pool.stats().queued() == 0, "nothing is left, stats=", pool);
            if (engine.equals("serial")) {
                return;
            }
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            CompletableFuture<?> job = pool.submit(() -> {
                started.countDown();
                release.await();
            });
            assertThat(started.await(30, TimeUnit.SECONDS)).as(describe()).isTrue();
            assertThat(pool.stats().running()).as("%s: running", describe()).isEqualTo(1);
            release.countDown();
            job.join();
        }

        private void assertEnded(Pool pool, List<Client> clients) throws InterruptedException {
            assertThat(pool.isTerminated()).as("%s: terminated", describe()).isTrue();
            int exits = left.get();
            int starts = begun.get();
            assertThat(clients.stream().flatMap(client -> client.futures().stream()))
                    .as("%s: futures", describe())
                    .allMatch(CompletableFuture::isDone);
            assertThat(pool.exitResults()).as("%s: exit results", describe()).hasSize(exits);
            eventually(
                    () -> pool.stats().running() == 0 && pool.stats().queued() == 0, "nothing is left, stats=", pool);
            eventually(() -> noThread(pool.name() + "-"), "no thread is left, stats=", pool);
            assertThat(begun.get())
                    .as("%s: workers that began after the end", describe())
                    .isEqualTo(starts);
            assertThat(left.get())
                    .as("%s: workers that left after the end", describe())
                    .isEqualTo(exits);
        }

        private static boolean noThread(String prefix) {
            return Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith(prefix));
        }

        private void eventually(Condition condition, String what, Pool pool) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!condition.holds()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError(describe() + ": not in time: " + what + pool.stats() + dump());
                }
                Thread.onSpinWait();
            }
        }

        private String describe() {
            return "engine=" + engine + " seed=" + seed + " undisturbed=" + undisturbed;
        }
    }

    /// Something that becomes true.
    @FunctionalInterface
    private interface Condition {

        boolean holds();
    }
}
