// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.Progress;
import dev.cenote.TaskTimeoutException;
import dev.cenote.Worker;
import dev.cenote.internal.engine.Engines;
import dev.cenote.internal.wire.Messages;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Limits of silence, with a time that the test moves.
@Timeout(30)
class StallTest {

    private final FakeTime time = new FakeTime();
    private final CountDownLatch never = new CountDownLatch(1);

    private Pool open(String engine) {
        return DispatchingPool.open(
                Engines.named(engine), PoolConfig.DEFAULT.workers(1).name("p"), time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual"})
    void silentItem_isGivenUp_andTheOthersRun(String engine) {
        try (Pool pool = open(engine)) {
            CompletableFuture<List<Outcome<Integer, Integer>>> all =
                    CompletableFuture.supplyAsync(() -> pool.with(o -> o.stall(ofSeconds(5)))
                            .<Integer, Integer>outcomes(List.of(0, 1, 2), n -> {
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
            assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, false, true);
            assertThat(((Outcome.Failure<Integer, Integer>) outcomes.get(1)).error())
                    .isInstanceOf(TaskTimeoutException.class)
                    // on virtual threads the second item has a thread of its own if the first was done before it came
                    .hasMessageMatching(
                            "pool \"p\": item 1 of \"map\" reported no progress for its limit of 5 s on p-[12]");
        }
    }

    @Test
    void report_startsTheLimitAnew() throws Exception {
        SynchronousQueue<Double> steps = new SynchronousQueue<>();
        SynchronousQueue<Double> made = new SynchronousQueue<>();
        try (Pool pool = open("threads")) {
            CompletableFuture<List<Integer>> all = pool.with(o -> o.stall(ofSeconds(5)))
                    .mapAsync(List.of(7), n -> {
                        for (int i = 0; i < 3; i++) {
                            double step = steps.take();
                            Worker.current().progress(step);
                            made.put(step);
                        }
                        never.await();
                        return n;
                    });
            await().until(() -> time.alarms() == 1);
            for (int i = 0; i < 3; i++) {
                time.pass(ofSeconds(4));
                steps.put(0.0);
                made.take();
            }
            time.pass(ofMillis(4_999));
            assertThat(all).isNotDone();
            assertThat(time.alarms()).isEqualTo(1);
            time.pass(ofMillis(1));
            assertThat(all)
                    .failsWithin(ofSeconds(10))
                    .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .withCauseInstanceOf(TaskTimeoutException.class);
        }
    }

    @Test
    void reportOfOneItem_doesNotCountForTheNext() {
        try (Pool pool = open("threads")) {
            CompletableFuture<List<Outcome<Integer, Integer>>> all = CompletableFuture.supplyAsync(() -> pool.with(
                            o -> o.stall(ofSeconds(5)).chunk(2))
                    .<Integer, Integer>outcomes(List.of(0, 1), n -> {
                        if (n == 0) {
                            time.pass(ofSeconds(4));
                            Worker.current().progress(0.5);
                        } else {
                            never.await();
                        }
                        return n;
                    })
                    .toList());
            await().until(() -> pool.stats().done() == 1 && time.alarms() == 1);
            time.pass(ofSeconds(5));
            assertThat(all.join()).extracting(Outcome::succeeded).containsExactly(true, false);
        }
    }

    @Test
    void bothLimits_areKept_andNoAlarmIsLeft() {
        try (Pool pool = open("threads")) {
            assertThat(pool.with(o -> o.stall(ofSeconds(5)).timeout(ofSeconds(60)))
                            .map(List.of(1, 2), n -> n))
                    .containsExactly(1, 2);
            assertThat(time.alarms()).isZero();
            CompletableFuture<List<Integer>> all = pool.with(
                            o -> o.stall(ofSeconds(5)).timeout(ofSeconds(2)))
                    .mapAsync(List.of(1), n -> {
                        never.await();
                        return n;
                    });
            await().until(() -> time.alarms() == 2);
            time.pass(ofSeconds(2));
            assertThat(all)
                    .failsWithin(ofSeconds(10))
                    .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .withMessageContaining("ran longer than its limit of 2 s");
        }
    }

    @Test
    void listener_hearsHowFarTheRunningItemIs() {
        List<Progress> reports = new CopyOnWriteArrayList<>();
        try (Pool pool = open("threads")) {
            pool.with(o -> o.progress(reports::add)).forEach(List.of(1, 2), n -> {
                Worker.current().progress(0.25);
                time.pass(ofMillis(100));
                Worker.current().progress(0.5);
                time.pass(ofMillis(10));
                Worker.current().progress(0.75);
            });
            await().until(() -> !reports.isEmpty() && reports.getLast().finished());
        }
        assertThat(reports).extracting(Progress::underway).containsExactly(0.5, 0.5, 0.0);
        assertThat(reports).extracting(Progress::done).containsExactly(0L, 1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
    void badFraction_isRefused(double fraction) {
        try (Pool pool = open("threads")) {
            assertThatThrownBy(
                            () -> pool.forEach(List.of(1), _ -> Worker.current().progress(fraction)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(fraction));
        }
    }

    @Test
    void reportInAJob_doesNothing() {
        try (Pool pool = open("threads")) {
            assertThat(pool.submit(() -> {
                                Worker.current().progress(1);
                                return 5;
                            })
                            .join())
                    .isEqualTo(5);
        }
    }

    @Test
    void word_holdsRequestAndFraction_andChangesEachTime() {
        for (int request : new int[] {1, Integer.MAX_VALUE, -5}) {
            for (int count : new int[] {0, 0x7FFF, 0x8000, 0xFFFF, 0x12345}) {
                long word = Messages.progress(request, count, 1);
                assertThat(Messages.progressOf(word)).isEqualTo(request);
                assertThat(Messages.fractionOf(word)).isEqualTo(1);
                assertThat(Messages.progress(request, count + 1, 1)).isNotEqualTo(word);
                assertThat(Messages.fractionOf(Messages.progress(request, count, 0)))
                        .isZero();
            }
        }
    }
}
