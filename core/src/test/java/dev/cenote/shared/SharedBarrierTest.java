// SPDX-License-Identifier: Apache-2.0
package dev.cenote.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedBarrier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Barriers, whose parties are this thread and tasks of a pool.
@Timeout(60)
class SharedBarrierTest {

    private static Pool threads;
    private static Pool processes;

    @BeforeAll
    static void open() {
        threads = Pool.threads(4);
        processes = Pool.processes(3);
    }

    @AfterAll
    static void close() {
        threads.close();
        processes.close();
    }

    static List<Pool> pools() {
        return List.of(threads, processes);
    }

    private static final Job<Integer> NOTHING = () -> 0;

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void parties_goOnTogether(Pool pool) throws Exception {
        AtomicInteger actions = new AtomicInteger();
        SharedBarrier barrier = new SharedBarrier(3, actions::incrementAndGet);
        Job<List<Integer>> party =
                () -> Range.of(0, 100).stream().map(i -> index(barrier)).toList();
        CompletableFuture<List<Integer>> one = pool.submit(party);
        CompletableFuture<List<Integer>> other = pool.submit(party);
        List<Integer> mine = party.call();

        for (int round = 0; round < 100; round++) {
            assertThat(List.of(
                            mine.get(round), one.get().get(round), other.get().get(round)))
                    .containsExactlyInAnyOrder(0, 1, 2);
        }
        assertThat(actions).hasValue(100);
        int parties = pool.call(barrier::parties);
        assertThat(parties).isEqualTo(3);
        assertThat(barrier.waiting()).isZero();
    }

    private static int index(SharedBarrier barrier) {
        try {
            return barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void oneParty_neverWaits(Pool pool) {
        SharedBarrier barrier = new SharedBarrier(1);
        int index = pool.call(barrier::await);
        assertThat(index).isZero();
        assertThatThrownBy(() -> new SharedBarrier(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void awaitWaiting(SharedBarrier barrier, int count) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> barrier.waiting() == count);
    }

    private static String outcome(CompletableFuture<?> future) {
        return future.handle((value, thrown) ->
                        thrown == null ? "passed" : thrown.getClass().getSimpleName())
                .join();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void abort_breaksItForAll(Pool pool) throws Exception {
        SharedBarrier barrier = new SharedBarrier(3);
        CompletableFuture<?> one = pool.submit((Job<Integer>) barrier::await);
        CompletableFuture<?> other = pool.submit((Job<Integer>) barrier::await);
        awaitWaiting(barrier, 2);
        barrier.abort();
        assertThat(outcome(one)).isEqualTo("BrokenBarrierException");
        assertThat(outcome(other)).isEqualTo("BrokenBarrierException");
        assertThat(pool.call(barrier::isBroken)).isTrue();
        assertThatThrownBy(barrier::await)
                .isInstanceOf(BrokenBarrierException.class)
                .hasMessageContaining("it was aborted");
        barrier.reset();
        assertThat(barrier.isBroken()).isFalse();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void reset_letsTheNextRoundWork(Pool pool) throws Exception {
        SharedBarrier barrier = new SharedBarrier(2);
        CompletableFuture<?> one = pool.submit((Job<Integer>) barrier::await);
        awaitWaiting(barrier, 1);
        barrier.reset();
        assertThat(outcome(one)).isEqualTo("BrokenBarrierException");
        CompletableFuture<?> again = pool.submit((Job<Integer>) barrier::await);
        barrier.await();
        assertThat(outcome(again)).isEqualTo("passed");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void late_breaksIt(Pool pool) {
        SharedBarrier barrier = new SharedBarrier(3);
        CompletableFuture<?> one = pool.submit((Job<Integer>) barrier::await);
        awaitWaiting(barrier, 1);
        assertThatThrownBy(() -> barrier.await(Duration.ofMillis(20))).isInstanceOf(TimeoutException.class);
        assertThat(outcome(one)).isEqualTo("BrokenBarrierException");
        CompletableFuture<?> other =
                pool.submit((Job<Integer>) () -> new SharedBarrier(2).await(Duration.ofMillis(20)));
        assertThat(outcome(other)).isEqualTo("TimeoutException");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void actionThatFails_breaksIt(Pool pool) {
        SharedBarrier barrier = new SharedBarrier(2, () -> {
            throw new ArithmeticException("in the action");
        });
        CompletableFuture<?> one = pool.submit((Job<Integer>) barrier::await);
        awaitWaiting(barrier, 1);
        assertThatThrownBy(barrier::await).isInstanceOf(ArithmeticException.class);
        assertThat(outcome(one)).isEqualTo("BrokenBarrierException");
    }

    @Test
    void killedParty_breaksIt() {
        SharedBarrier barrier = new SharedBarrier(3);
        try (Pool pool = Pool.processes(2)) {
            CompletableFuture<?> one = pool.submit((Job<Integer>) barrier::await);
            awaitWaiting(barrier, 1);
            CompletableFuture<?> killed = pool.submit(() -> {
                var _ = barrier.parties();
                Runtime.getRuntime().halt(9); // before it has come
            });
            assertThat(outcome(killed)).isEqualTo("WorkerDiedException");
            assertThat(outcome(one)).isEqualTo("BrokenBarrierException");
            barrier.reset();
            CompletableFuture<?> waits = pool.submit((Job<Integer>) barrier::await);
            awaitWaiting(barrier, 1);
            waits.cancel(true);
            await().until(barrier::isBroken);
            int nothing = pool.call(NOTHING);
            assertThat(nothing).isZero();
        }
    }
}
