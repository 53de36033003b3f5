// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.VoidJob;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Notes;
import dev.cenote.testkit.internal.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// The end of a pool: it always comes, and everybody hears of it.
public abstract class ShutdownContract extends EngineContract {

    @Test
    @Case({24, 25})
    @Needs(Trait.LIMITED)
    void shouldCancelWhatWaitsAndInterruptWhatRuns() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(3);
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 10_000)
                .mapToObj(n -> pool.submit(() -> gate.pass(n)))
                .toList();
        gate.awaitArrivals(3);
        List<Runnable> _ = pool.shutdownNow();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(futures).allMatch(Future::isCancelled);
        assertThat(gate.arrivals()).isEqualTo(3);
        gate.awaitStops(3);
        assertThat(pool.stats().cancelled()).isEqualTo(10_000);
    }

    @Test
    @Case({33, 110})
    void shouldRejectEveryVerbAfterItsEnd() throws Exception {
        for (int way = 0; way < 3; way++) {
            Pool pool = openWith(2, c -> c.name("closed-pool"));
            assertThat(pool.map(List.of(2), Inputs::square)).containsExactly(4);
            switch (way) {
                case 0 -> pool.close();
                case 1 -> pool.shutdown();
                default -> {
                    List<Runnable> _ = pool.shutdownNow();
                }
            }
            assertThat(pool.isShutdown()).isTrue();
            List<Integer> items = List.of(1, 2);
            List<ThrowingCallable> verbs = List.of(
                    () -> pool.submit(() -> 1),
                    () -> pool.submit(() -> {}),
                    () -> pool.submit((VoidJob) () -> {}, 1),
                    () -> pool.execute((VoidJob) () -> {}),
                    () -> pool.map(items, Inputs::square),
                    () -> pool.with(o -> o.chunk(2)).map(items, Inputs::square),
                    () -> pool.map(List.<Integer>of(), Inputs::square),
                    () -> pool.map(items, items, Integer::sum),
                    () -> pool.mapAsync(items, Inputs::square),
                    () -> pool.forEach(items, Inputs::square),
                    () -> pool.imap(items, Inputs::square),
                    () -> pool.imapUnordered(items, Inputs::square),
                    () -> pool.iterate(items, Inputs::square),
                    () -> pool.outcomes(items, Inputs::square),
                    () -> items.stream().gather(pool.mapping(Inputs::square)).toList(),
                    () -> pool.invokeAll(List.of((Job<Integer>) () -> 1)),
                    () -> pool.invokeAny(List.of((Job<Integer>) () -> 1)));
            for (int verb = 0; verb < verbs.size(); verb++) {
                assertThatThrownBy(verbs.get(verb))
                        .as("verb %d after way %d", verb, way)
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining("closed-pool");
            }
            assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(pool.isTerminated()).isTrue();
        }
    }

    @Test
    @Case({61, 113})
    void shouldRunWhatWasAccepted() {
        for (int round = 0; round < rounds(50); round++) {
            Pool pool = openWith(3);
            Notes ran = notes();
            List<CompletableFuture<Integer>> futures = IntStream.range(0, 50)
                    .mapToObj(n -> pool.submit(() -> ran.add(n)))
                    .toList();
            pool.close();
            assertThat(futures).allMatch(Future::isDone).noneMatch(Future::isCancelled);
            assertThat(ran.all()).hasSize(50).doesNotHaveDuplicates();
        }
    }

    @Test
    @Case({66, 120})
    void shouldFinishAMapThatNobodyReads() {
        Pool pool = openWith(2);
        Notes ran = notes();
        CompletableFuture<List<Integer>> future = pool.mapAsync(Range.of(0, 10), n -> {
            ran.add(n);
            return Inputs.square(n);
        });
        pool.shutdown();
        assertThat(future.join()).isEqualTo(Inputs.squares(10));
        pool.close();
        assertThat(ran.count()).isEqualTo(10);
    }

    @Test
    @Case(114)
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldKeepWhatWasDoneWhenTheRestIsCancelled() {
        Gate gate = gate();
        Pool pool = openWith(5);
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 50)
                .mapToObj(n -> pool.submit(() -> n < 10 ? n : gate.pass(n)))
                .toList();
        gate.awaitArrivals(5);
        List<Runnable> _ = pool.shutdownNow();
        pool.close();
        assertThat(futures).allMatch(Future::isDone);
        assertThat(futures.subList(0, 10)).noneMatch(Future::isCancelled);
        assertThat(futures.subList(10, 50)).allMatch(Future::isCancelled);
    }

    @Test
    @Case(116)
    void shouldEndAfterACancelRightAfterTheSubmission() throws Exception {
        for (int round = 0; round < rounds(100) * 2; round++) {
            Pool pool = openWith(2);
            CompletableFuture<Integer> future = pool.submit(() -> 1);
            future.cancel(round % 2 == 0);
            pool.shutdown();
            assertThat(pool.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
            assertThat(future).isDone();
        }
    }

    @Test
    void shouldEndWithoutEverHavingBeenUsed() throws Exception {
        Pool closed = open();
        closed.close();
        closed.close();
        assertThat(closed.isTerminated()).isTrue();
        Pool shutDown = open();
        assertThat(shutDown.isShutdown()).isFalse();
        assertThat(shutDown.isTerminated()).isFalse();
        shutDown.shutdown();
        shutDown.shutdown();
        assertThat(shutDown.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        Pool now = open();
        assertThat(now.shutdownNow()).isEmpty();
        assertThat(now.shutdownNow()).isEmpty();
        assertThat(now.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        now.close();
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldNotTerminateBeforeItsTasks() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        gate.awaitArrivals(1);
        pool.shutdown();
        assertThat(pool.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(pool.isShutdown()).isTrue();
        assertThat(pool.isTerminated()).isFalse();
        gate.open();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(future.join()).isEqualTo(1);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldCancelEveryCallOnShutdownNow() {
        Gate gate = gate();
        Pool pool = openWith(4);
        CompletableFuture<List<Integer>> mapped = pool.mapAsync(Range.of(0, 100), gate::pass);
        CompletableFuture<Integer> job = pool.submit(() -> gate.pass(1));
        CompletableFuture<Throwable> caller = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                List<Integer> _ = pool.map(Range.of(0, 100), gate::pass);
            } catch (Throwable e) {
                caller.complete(e);
            }
        });
        gate.awaitArrivals(3);
        Waits.eventually(
                "all calls are there",
                () -> pool.stats().queued() + pool.stats().running() == 201);
        List<Runnable> _ = pool.shutdownNow();
        assertThatThrownBy(() -> mapped.orTimeout(10, TimeUnit.SECONDS).join())
                .isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> job.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(CancellationException.class);
        assertThat(caller.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(CancellationException.class);
        pool.close();
        assertThat(pool.stats().running()).isZero();
        assertThat(pool.stats().queued()).isZero();
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldNotWaitForATaskThatIgnoresInterrupts() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> future = pool.submit(() -> gate.passStubbornly(1));
        gate.awaitArrivals(1);
        List<Runnable> _ = pool.shutdownNow();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(future).isCancelled();
        if (sharesMemory()) {
            assertThat(pool.stats().abandoned()).isEqualTo(1);
        } else {
            gate.awaitStops(1);
        }
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldCloseWithALimit() {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        gate.awaitArrivals(1);
        assertThat(pool.close(Duration.ofMillis(20))).isFalse();
        assertThat(future).isCancelled();
        assertThat(pool.isTerminated()).isTrue();
        Pool idle = openWith(2);
        assertThat(idle.submit(() -> 1).join()).isEqualTo(1);
        assertThat(idle.close(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldCancelWhenTheClosingThreadIsInterrupted() {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        CompletableFuture<Boolean> status = new CompletableFuture<>();
        gate.awaitArrivals(1);
        Thread closer = Thread.ofPlatform().daemon().start(() -> {
            pool.close();
            status.complete(Thread.currentThread().isInterrupted());
        });
        Waits.eventually("close has begun", pool::isShutdown);
        closer.interrupt();
        assertThat(status.orTimeout(10, TimeUnit.SECONDS).join()).isTrue();
        assertThat(future).isCancelled();
        assertThat(pool.isTerminated()).isTrue();
        gate.awaitStops(1);
    }

    @Test
    void shouldCloseWhenTheScopeIsLeftByAnException() {
        IllegalStateException failure = new IllegalStateException("the scope is left");
        List<Future<?>> futures = new ArrayList<>();
        assertThatThrownBy(() -> {
                    try (Pool pool = openWith(2)) {
                        futures.add(pool.submit(() -> 1));
                        futures.add(pool.mapAsync(Range.of(0, 10), Inputs::square));
                        assertThat(pool.imap(new Inputs.Counter(), Inputs::square)
                                        .iterator()
                                        .next())
                                .isZero();
                        throw failure;
                    }
                })
                .isSameAs(failure);
        assertThat(futures).allMatch(Future::isDone);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldLetManyThreadsCloseItAtOnce() {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        gate.awaitArrivals(1);
        List<CompletableFuture<Boolean>> closed = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Boolean> each = new CompletableFuture<>();
            closed.add(each);
            Thread.startVirtualThread(() -> {
                pool.close();
                each.complete(pool.isTerminated());
            });
        }
        gate.open();
        assertThat(closed)
                .allSatisfy(each ->
                        assertThat(each.orTimeout(10, TimeUnit.SECONDS).join()).isTrue());
        assertThat(future.join()).isEqualTo(1);
    }

    @Test
    void shouldAcceptOrRejectButNeverLoseAJobDuringShutdown() {
        for (int round = 0; round < rounds(50); round++) {
            Pool pool = openWith(2);
            CompletableFuture<List<CompletableFuture<Integer>>> accepted = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                List<CompletableFuture<Integer>> futures = new ArrayList<>();
                try {
                    for (int i = 0; i < 100_000; i++) {
                        futures.add(pool.submit(() -> 1));
                    }
                } catch (RejectedExecutionException e) {
                    assertThat(e).hasMessageContaining(pool.name());
                }
                accepted.complete(futures);
            });
            pool.shutdown();
            for (CompletableFuture<Integer> future :
                    accepted.orTimeout(10, TimeUnit.SECONDS).join()) {
                assertThat(future.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(1);
            }
        }
    }
}
