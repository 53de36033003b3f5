// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static dev.cenote.Futures.Until.ALL;
import static dev.cenote.Futures.Until.FIRST_COMPLETED;
import static dev.cenote.Futures.Until.FIRST_FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Futures;
import dev.cenote.Futures.Waited;
import dev.cenote.Pool;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Waiting for several futures.
public abstract class WaitingContract extends EngineContract {

    private static final Duration LONG = Duration.ofSeconds(10);

    @Test
    @Case(134)
    void shouldCountAFutureOnce() throws Exception {
        CompletableFuture<Integer> future = openWith(2).submit(() -> 1);
        Waited<Integer> waited = Futures.await(List.of(future, future), LONG, ALL);
        assertThat(waited.done()).containsExactly(future);
        assertThat(waited.notDone()).isEmpty();
    }

    @Test
    void shouldWaitForNothing() throws Exception {
        List<CompletableFuture<Integer>> none = List.of();
        for (Futures.Until until : Futures.Until.values()) {
            assertThat(Futures.await(none, until)).isEqualTo(Futures.await(none, LONG, until));
            assertThat(Futures.await(none, until).done()).isEmpty();
        }
        assertThat(Futures.asCompleted(none)).isEmpty();
    }

    @Test
    @Case(136)
    @Needs(Trait.CONCURRENT)
    void shouldReturnAtOnceWithThoseThatAreDone() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> done = pool.submit(() -> 1);
        done.join();
        CompletableFuture<Integer> cancelled = new CompletableFuture<>();
        cancelled.cancel(true);
        CompletableFuture<Integer> pending = pool.submit(() -> gate.pass(2));
        Waited<Integer> waited = Futures.await(List.of(done, cancelled, pending), LONG, FIRST_COMPLETED);
        assertThat(waited.done()).containsExactlyInAnyOrder(done, cancelled);
        assertThat(waited.notDone()).containsExactly(pending);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldReturnWithTheFirstThatCompletes() throws Exception {
        Gate one = gate();
        Gate other = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> first = pool.submit(() -> one.pass(1));
        CompletableFuture<Integer> second = pool.submit(() -> other.pass(2));
        one.open();
        assertThat(Futures.await(List.of(second, first), LONG, FIRST_COMPLETED).done())
                .containsExactly(first);
    }

    @Test
    @Case(137)
    @Needs(Trait.CONCURRENT)
    void shouldReturnWithTheFirstThatFails() throws Exception {
        Gate failing = gate();
        Gate slow = gate();
        Pool pool = openWith(3);
        CompletableFuture<Integer> quick = pool.submit(() -> 1);
        CompletableFuture<Integer> bad =
                pool.submit(() -> failing.pass(0) + Failing.<Integer>run(new IOException("e")));
        CompletableFuture<Integer> late = pool.submit(() -> slow.pass(3));
        quick.join();
        failing.open();
        Waited<Integer> waited = Futures.await(List.of(quick, bad, late), LONG, FIRST_FAILED);
        assertThat(waited.done()).containsExactlyInAnyOrder(quick, bad);
        assertThat(waited.notDone()).containsExactly(late);
    }

    @Test
    @Case(138)
    @Needs(Trait.CONCURRENT)
    void shouldReturnAtOnceWhenOneHasFailed() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> failed = CompletableFuture.failedFuture(new IOException("e"));
        CompletableFuture<Integer> pending = pool.submit(() -> gate.pass(1));
        assertThat(Futures.await(List.of(failed, pending), LONG, FIRST_FAILED).done())
                .containsExactly(failed);
    }

    @Test
    @Case(138)
    @Needs(Trait.CONCURRENT)
    void shouldNotTakeASuccessOrACancellationForAFailure() throws Exception {
        Gate gate = gate();
        CompletableFuture<Integer> cancelled = new CompletableFuture<>();
        cancelled.cancel(true);
        CompletableFuture<Integer> done = CompletableFuture.completedFuture(1);
        CompletableFuture<Integer> pending =
                openWith(2).submit(() -> gate.pass(0) + Failing.<Integer>run(new IOException("e")));
        Waited<Integer> early = Futures.await(List.of(cancelled, done, pending), Duration.ofMillis(10), FIRST_FAILED);
        assertThat(early.notDone()).containsExactly(pending);
        gate.open();
        Waited<Integer> waited = Futures.await(List.of(cancelled, done, pending), LONG, FIRST_FAILED);
        assertThat(waited.done()).hasSize(3);
    }

    @Test
    @Case(140)
    @Needs(Trait.CONCURRENT)
    void shouldReturnWhatIsDoneWhenTheLimitHasPassed() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> done = pool.submit(() -> 1);
        done.join();
        CompletableFuture<Integer> pending = pool.submit(() -> gate.pass(2));
        for (Duration limit : List.of(Duration.ofMillis(10), Duration.ZERO, Duration.ofSeconds(-1))) {
            Waited<Integer> waited = Futures.await(List.of(done, pending), limit, ALL);
            assertThat(waited.done()).containsExactly(done);
            assertThat(waited.notDone()).containsExactly(pending);
        }
        assertThat(pending).isNotDone();
    }

    @Test
    @Case(141)
    @Needs(Trait.CONCURRENT)
    void shouldLoseNoWakeUp() throws Exception {
        Pool pool = openWith(4);
        for (int round = 0; round < 20; round++) {
            CountDownLatch release = new CountDownLatch(1);
            CompletableFuture<Integer> releaser = new CompletableFuture<>();
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int n = i;
                futures.add(releaser.thenApplyAsync(m -> n + m, pool));
            }
            Thread.startVirtualThread(() -> {
                release.countDown();
                releaser.complete(1);
            });
            release.await();
            assertThat(Futures.await(futures, LONG, ALL).notDone()).isEmpty();
        }
    }

    @Test
    @Case({142, 144})
    @Needs(Trait.CONCURRENT)
    void shouldYieldEachFutureOnceAsItCompletes() {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> done = pool.submit(() -> 1);
        done.join();
        CompletableFuture<Integer> pending = pool.submit(() -> gate.pass(2));
        Iterable<CompletableFuture<Integer>> futures =
                () -> Stream.of(pending, done, pending, done, done).iterator();
        var iterator = Futures.asCompleted(futures).iterator();
        assertThat(iterator.next()).isSameAs(done);
        gate.open();
        assertThat(iterator.next()).isSameAs(pending);
        assertThat(pending).isDone();
        assertThat(iterator.hasNext()).isFalse();
    }

    @Test
    @Case(142)
    void shouldYieldAllOfMany() {
        Pool pool = openWith(4);
        List<CompletableFuture<Integer>> futures =
                IntStream.range(0, 1_000).mapToObj(n -> pool.submit(() -> n)).toList();
        assertThat(Futures.asCompleted(futures))
                .hasSize(1_000)
                .containsExactlyInAnyOrderElementsOf(futures)
                .allMatch(CompletableFuture::isDone);
    }

    @Test
    @Case(146)
    @Needs(Trait.CONCURRENT)
    void shouldSayHowManyAreUnfinishedWhenTheLimitHasPassed() {
        Gate gate = gate();
        Pool pool = openWith(2);
        List<CompletableFuture<Integer>> futures = List.of(
                CompletableFuture.completedFuture(1),
                pool.submit(() -> gate.pass(2)),
                CompletableFuture.failedFuture(new IOException("e")),
                pool.submit(() -> gate.pass(3)));
        assertThatThrownBy(() -> Futures.asCompleted(futures, Duration.ZERO).toList())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("2 (of 4) futures unfinished")
                .hasCauseInstanceOf(TimeoutException.class);
        var iterator = Futures.asCompleted(futures, Duration.ofMillis(20)).iterator();
        assertThat(iterator.next().isDone()).isTrue();
        assertThat(iterator.next().isDone()).isTrue();
        assertThatThrownBy(iterator::next).hasMessageContaining("2 (of 4) futures unfinished");
        assertThat(futures.get(1)).as("nothing is cancelled").isNotDone();
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldMixFuturesOfSeveralPoolsAndOthers() throws Exception {
        CompletableFuture<Integer> one = openWith(1).submit(() -> 1);
        CompletableFuture<Integer> two = openWith(1).submit(() -> 2);
        CompletableFuture<Integer> own = CompletableFuture.supplyAsync(() -> 3);
        assertThat(Futures.await(List.of(one, two, own), LONG, ALL).done()).containsExactlyInAnyOrder(one, two, own);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldStopWaitingWhenInterrupted() {
        Gate gate = gate();
        CompletableFuture<Integer> pending = openWith(1).submit(() -> gate.pass(1));
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiter = Thread.startVirtualThread(() -> {
            try {
                Futures.await(List.of(pending), ALL);
            } catch (Throwable e) {
                thrown.complete(e);
            }
        });
        gate.awaitArrivals(1);
        waiter.interrupt();
        assertThat(thrown.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(InterruptedException.class);
        assertThat(pending).isNotDone();
        assertThat(gate.stops()).isZero();
    }
}
