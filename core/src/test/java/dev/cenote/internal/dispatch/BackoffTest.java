// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cenote.Options;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.Worker;
import dev.cenote.internal.engine.Engines;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pauses between attempts, with a time that the test moves.
@Timeout(30)
class BackoffTest {

    private final FakeTime time = new FakeTime();
    private final AtomicInteger attempts = new AtomicInteger();

    private Pool open(String engine, int workers) {
        return DispatchingPool.open(
                Engines.named(engine), PoolConfig.DEFAULT.workers(workers).name("p"), time);
    }

    private static Options twice(Options options) {
        return options.retries(2).backoff(ofSeconds(10), ofSeconds(15));
    }

    private int failTwice(int n) throws IOException {
        int attempt = Worker.current().attempt();
        attempts.incrementAndGet();
        if (attempt < 3) {
            throw new IOException("attempt " + attempt);
        }
        return n;
    }

    @Test
    void pause_isHalfToAllOfTheDoubledOne_upToTheLimit() {
        Options.Backoff backoff = new Options.Backoff(ofMillis(100), ofMillis(300));
        for (int i = 0; i < 1_000; i++) {
            assertThat(Duration.ofNanos(Pauses.before(2, backoff))).isBetween(ofMillis(50), ofMillis(100));
            assertThat(Duration.ofNanos(Pauses.before(3, backoff))).isBetween(ofMillis(100), ofMillis(200));
            assertThat(Duration.ofNanos(Pauses.before(4, backoff))).isBetween(ofMillis(150), ofMillis(300));
            assertThat(Duration.ofNanos(Pauses.before(Integer.MAX_VALUE, backoff)))
                    .isBetween(ofMillis(150), ofMillis(300));
        }
        Duration forEver = ofSeconds(Long.MAX_VALUE);
        assertThat(Pauses.before(1_000, new Options.Backoff(forEver, forEver))).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"threads", "virtual"})
    void waitingItem_holdsNoWorker(String engine) {
        try (Pool pool = open(engine, 1)) {
            CompletableFuture<List<Integer>> all =
                    pool.with(BackoffTest::twice).mapAsync(List.of(0, 1, 2), n -> n == 1 ? failTwice(n) : n);

            await().until(() -> pool.stats().done() == 2 && time.alarms() == 1);
            assertThat(pool.stats().running()).isZero();
            assertThat(pool.submit(() -> "free").join()).isEqualTo("free");
            time.pass(ofMillis(4_999));
            assertThat(attempts).hasValue(1);
            time.pass(ofMillis(5_001));
            await().until(() -> attempts.get() == 2 && time.alarms() == 1);
            time.pass(ofSeconds(15));

            assertThat(all.join()).containsExactly(0, 1, 2);
            assertThat(pool.stats().retried()).isEqualTo(2);
            assertThat(pool.stats().failed()).isZero();
        }
    }

    @Test
    void waitingItem_countsForTheLookAhead_andKeepsTheOrder() {
        List<Integer> begun = new CopyOnWriteArrayList<>();
        try (Pool pool = open("threads", 2);
                Stream<Integer> results = pool.with(o ->
                                o.retries(1).backoff(ofSeconds(1), ofSeconds(1)).ahead(3))
                        .imap(List.of(0, 1, 2, 3, 4), n -> {
                            begun.add(n);
                            if (n == 0 && Worker.current().attempt() == 1) {
                                throw new IOException();
                            }
                            return n;
                        })) {
            CompletableFuture<List<Integer>> read = CompletableFuture.supplyAsync(results::toList);
            await().until(() -> time.alarms() == 1 && pool.stats().done() == 2);
            assertThat(begun).containsExactlyInAnyOrder(0, 1, 2);

            time.pass(ofSeconds(1));

            assertThat(read.join()).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void close_waitsForAnItemThatWaits() throws Exception {
        Pool pool = open("threads", 1);
        CompletableFuture<List<Integer>> all = pool.with(BackoffTest::twice).mapAsync(List.of(7), this::failTwice);
        await().until(() -> time.alarms() == 1);
        pool.shutdown();
        assertThat(pool.isTerminated()).isFalse();
        time.pass(ofSeconds(10));
        await().until(() -> time.alarms() == 1 && attempts.get() == 2);
        time.pass(ofSeconds(15));
        assertThat(all.join()).containsExactly(7);
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shutdownNow_forgetsAnItemThatWaits() throws Exception {
        Pool pool = open("threads", 1);
        CompletableFuture<List<Integer>> all = pool.with(BackoffTest::twice).mapAsync(List.of(7), this::failTwice);
        await().until(() -> time.alarms() == 1 && pool.stats().running() == 0);

        pool.shutdownNow();

        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(all).isCompletedExceptionally();
        time.pass(ofSeconds(100));
        assertThat(attempts).hasValue(1);
        assertThat(time.alarms()).isZero();
    }

    @Test
    void pauseAndEndAtTheSameTime_leaveNothing() throws Exception {
        Call.Order order = new Call.Order(twice(Options.DEFAULT), item -> item, false);
        CyclicBarrier barrier = new CyclicBarrier(2);
        for (int round = 0; round < 1_000; round++) {
            Dispatcher dispatcher = new Dispatcher("p", Engines.named("threads"), PoolConfig.DEFAULT.workers(1), time);
            EagerCall call = new EagerCall(dispatcher, order, List.of(7), EagerCall.Kind.FUTURE);
            dispatcher.openCall(call);
            Chunk item = call.claim().again(0, Past.and(null, new IOException("once")));
            Thread stopper = Thread.ofPlatform().start(() -> {
                meet(barrier);
                call.stop(new CancellationException(), true);
            });
            meet(barrier);
            call.tryAgain(item);
            stopper.join();

            assertThat(time.alarms()).as("round " + round).isZero();
            assertThat(call.future()).isCompletedExceptionally();
            dispatcher.shutdown();
            assertThat(dispatcher.isTerminated()).isTrue();
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void timeouts_areFollowedByThePauseToo() {
        CountDownLatch never = new CountDownLatch(1);
        try (Pool pool = open("threads", 1)) {
            CompletableFuture<List<Integer>> all = pool.with(
                            o -> o.retries(1).timeout(ofSeconds(1)).backoff(ofSeconds(60), ofSeconds(60)))
                    .mapAsync(List.of(7), n -> {
                        if (attempts.incrementAndGet() == 1) {
                            never.await();
                        }
                        return n;
                    });
            await().until(() -> attempts.get() == 1 && time.alarms() == 1);
            time.pass(ofSeconds(1));
            await().until(() -> pool.stats().retried() == 1);
            assertThat(attempts).hasValue(1);
            time.pass(ofSeconds(60));
            assertThat(all.join()).containsExactly(7);
        }
    }

    @Test
    void serialPool_waitsInItsCaller_andCanBeInterrupted() {
        try (Pool pool = open("serial", 1)) {
            CompletableFuture<List<Integer>> all = CompletableFuture.supplyAsync(
                    () -> pool.with(BackoffTest::twice).map(List.of(7), this::failTwice));
            await().until(() -> time.alarms() == 1);
            time.pass(ofSeconds(10));
            await().until(() -> time.alarms() == 1 && attempts.get() == 2);
            time.pass(ofSeconds(15));
            assertThat(all.join()).containsExactly(7);

            List<Throwable> thrown = new CopyOnWriteArrayList<>();
            Thread caller = Thread.ofPlatform().start(() -> {
                try {
                    pool.with(BackoffTest::twice).map(List.of(7), this::failTwice);
                } catch (CancellationException e) {
                    thrown.add(e);
                    thrown.add(Thread.currentThread().isInterrupted() ? e : new AssertionError("not interrupted"));
                }
            });
            await().until(() -> attempts.get() == 4);
            caller.interrupt();
            await().until(() -> !caller.isAlive());
            assertThat(thrown).hasSize(2).doesNotHaveAnyElementsOfTypes(AssertionError.class);
        }
    }

    @Test
    void waitingTask_helpsWithWhatComesBack() {
        try (Pool pool = open("threads", 1)) {
            CompletableFuture<List<Integer>> outer =
                    pool.submit(() -> pool.with(BackoffTest::twice).map(List.of(7), this::failTwice));
            await().until(() -> time.alarms() == 1 && attempts.get() == 1);
            time.pass(ofSeconds(10));
            await().until(() -> time.alarms() == 1 && attempts.get() == 2);
            time.pass(ofSeconds(15));
            assertThat(outer.join()).containsExactly(7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads"})
    void lastFailure_tellsTheEarlierOnes(String engine) {
        try (Pool pool = open(engine, 1)) {
            Outcome<Integer, Integer> outcome = pool.with(o -> o.retries(2))
                    .<Integer, Integer>outcomes(List.of(1), n -> {
                        throw new IOException("attempt " + Worker.current().attempt());
                    })
                    .toList()
                    .getFirst();
            Throwable error = ((Outcome.Failure<Integer, Integer>) outcome).error();
            assertThat(error).hasMessage("attempt 3");
            assertThat(error.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("attempt 1", "attempt 2");
        }
    }

    @Test
    void exceptionThatIsThrownAgainAndAgain_doesNotGrow() {
        RuntimeException constant = new RuntimeException("always");
        try (Pool pool = open("threads", 1)) {
            assertThat(pool.with(o -> o.retries(3))
                            .<Integer, Integer>outcomes(List.of(1, 2, 3), n -> {
                                throw constant;
                            })
                            .toList())
                    .hasSize(3);
            assertThat(constant.getSuppressed()).isEmpty();
            List<Throwable> many = Stream.generate(() -> (Throwable) new IOException())
                    .limit(100)
                    .toList();
            Past past = null;
            for (Throwable error : many) {
                past = Past.and(past, error);
            }
            Past.tell(past, constant);
            assertThat(constant.getSuppressed()).hasSize(10).contains(many.getLast());
            assertThat(Past.count(past)).isEqualTo(100);
        }
    }
}
