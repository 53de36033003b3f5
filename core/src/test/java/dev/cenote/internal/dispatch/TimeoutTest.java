// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.PoolStats;
import dev.cenote.Progress;
import dev.cenote.TaskTimeoutException;
import dev.cenote.Worker;
import dev.cenote.internal.engine.Engines;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Time limits, with a time that the test moves.
class TimeoutTest {

    private final FakeTime time = new FakeTime();
    private final CountDownLatch never = new CountDownLatch(1);

    private Pool threads(int workers) {
        return DispatchingPool.open(
                Engines.named("threads"), PoolConfig.DEFAULT.workers(workers).name("p"), time);
    }

    private static void ignoreInterruptsUntil(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.interrupted();
            Thread.onSpinWait();
        }
    }

    @Test
    void item_thatRunsTooLong_failsAlone_andTheRestOfItsChunkRuns() {
        try (Pool pool = threads(1)) {
            CompletableFuture<List<Outcome<Integer, Integer>>> all = CompletableFuture.supplyAsync(() -> pool.with(
                            o -> o.timeout(ofSeconds(5)).chunk(4))
                    .<Integer, Integer>outcomes(List.of(0, 1, 2, 3), n -> {
                        if (n == 1) {
                            never.await();
                        }
                        return n;
                    })
                    .toList());
            await().until(() -> pool.stats().done() == 1 && pool.stats().running() == 1 && time.alarms() == 1);
            time.pass(ofMillis(4_999));
            assertThat(pool.stats().timedOut()).isZero();
            time.pass(ofMillis(1));
            List<Outcome<Integer, Integer>> outcomes = all.join();
            assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, false, true, true);
            assertThat(((Outcome.Failure<Integer, Integer>) outcomes.get(1)).error())
                    .isInstanceOf(TaskTimeoutException.class)
                    .hasMessage("pool \"p\": item 1 of \"map\" ran longer than its limit of 5 s on p-1");
            assertThat(pool.stats().restarts()).isEqualTo(1);
        }
    }

    @Test
    void thread_thatIgnoresItsInterrupt_isAbandonedAndReplaced() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger worker = new AtomicInteger();
        try (Pool pool = threads(1)) {
            CompletableFuture<List<Integer>> stuck = pool.with(o -> o.timeout(ofSeconds(1)))
                    .mapAsync(List.of(1), n -> {
                        worker.set(Worker.current().id());
                        ignoreInterruptsUntil(release);
                        return n;
                    });
            await().until(() -> time.alarms() == 1 && worker.get() > 0);
            time.pass(ofSeconds(1));
            assertThat(stuck)
                    .failsWithin(ofSeconds(10))
                    .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .withCauseInstanceOf(TaskTimeoutException.class);
            assertThat(pool.stats().abandoned()).isEqualTo(1);
            int next = pool.submit(() -> Worker.current().id()).join();
            assertThat(next).isNotEqualTo(worker.get());
            release.countDown();
            await().until(() -> pool.stats().abandoned() == 0);
            PoolStats stats = pool.stats();
            assertThat(stats.done()).isEqualTo(1);
            assertThat(stats.failed()).isEqualTo(1);
        }
    }

    @Test
    void retries_followATimeout_onAnotherThread() {
        List<Integer> workers = new CopyOnWriteArrayList<>();
        try (Pool pool = threads(1)) {
            CompletableFuture<List<Integer>> all = pool.with(
                            o -> o.timeout(ofSeconds(1)).retries(1))
                    .mapAsync(List.of(7), n -> {
                        workers.add(Worker.current().id());
                        if (Worker.current().attempt() == 1) {
                            never.await();
                        }
                        return n + Worker.current().attempt();
                    });
            await().until(() -> workers.size() == 1 && time.alarms() == 1);
            time.pass(ofSeconds(1));
            assertThat(all.join()).containsExactly(9);
            assertThat(workers).doesNotHaveDuplicates().hasSize(2);
            assertThat(pool.stats().retried()).isEqualTo(1);
            assertThat(pool.stats().timedOut()).isZero();
        }
    }

    @Test
    void limit_onASerialPool_interruptsTheCaller_andLeavesNoInterruptBehind() {
        try (Pool pool = DispatchingPool.open(Engines.named("serial"), PoolConfig.DEFAULT, time)) {
            CompletableFuture<Boolean> caller = CompletableFuture.supplyAsync(() -> {
                List<Outcome<Integer, Integer>> outcomes = pool.with(o -> o.timeout(ofSeconds(1)))
                        .<Integer, Integer>outcomes(List.of(1, 2), n -> {
                            if (n == 1) {
                                never.await();
                            }
                            return n;
                        })
                        .toList();
                return !outcomes.getFirst().succeeded()
                        && outcomes.getLast().succeeded()
                        && !Thread.currentThread().isInterrupted();
            });
            await().until(() -> time.alarms() == 1 && pool.stats().running() == 1);
            time.pass(ofSeconds(1));
            assertThat(caller.join()).isTrue();
        }
    }

    @Test
    void progress_isReportedAtMostTenTimesASecond_andOnceAtTheEnd() {
        List<Progress> reports = new CopyOnWriteArrayList<>();
        try (Pool pool = threads(1)) {
            pool.with(o -> o.name("parsing").progress(reports::add)).map(List.of(1, 2, 3, 4), n -> {
                time.pass(ofMillis(60));
                return n;
            });
            await().until(() -> !reports.isEmpty() && reports.getLast().finished());
        }
        assertThat(reports).extracting(Progress::done).containsExactly(2L, 4L, 4L);
        assertThat(reports).extracting(Progress::finished).containsExactly(false, false, true);
        assertThat(reports.getLast().total()).hasValue(4);
    }

    @Test
    void progressListener_thatThrows_changesNothing() {
        try (Pool pool = threads(2)) {
            List<Integer> results = pool.with(o -> o.progress(p -> {
                        throw new IllegalStateException("listener");
                    }))
                    .map(List.of(1, 2), n -> n);
            assertThat(results).containsExactly(1, 2);
        }
    }
}
