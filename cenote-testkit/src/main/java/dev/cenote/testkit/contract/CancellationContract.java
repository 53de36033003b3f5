// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Func2;
import dev.cenote.Mapper;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Notes;
import dev.cenote.testkit.internal.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Stopping what is no longer wanted: futures, streams, and the interrupt of a caller.
public abstract class CancellationContract extends EngineContract {

    private static final String IN_CALLER = "on a serial pool the caller runs the task, so the interrupt is the task's";

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldInterruptARunningJob() {
        Gate gate = gate();
        Pool pool = openWith(1);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        gate.awaitArrivals(1);
        assertThat(future.cancel(true)).isTrue();
        assertThat(future).isCancelled();
        assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
        gate.awaitStops(1);
        assertThat(pool.submit(() -> 2).join()).isEqualTo(2);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldGiveUpACancelledJobThatIgnoresTheInterrupt() {
        Gate gate = gate();
        Pool pool = openWith(1);
        CompletableFuture<Integer> future = pool.submit(() -> gate.passStubbornly(1));
        gate.awaitArrivals(1);
        assertThat(future.cancel(true)).isTrue();
        assertThat(pool.submit(() -> 2).join()).isEqualTo(2);
        if (sharesMemory()) {
            assertThat(pool.stats().abandoned()).isEqualTo(1);
        } else {
            gate.awaitStops(1);
        }
        gate.open();
        Waits.eventually("the abandoned thread has ended", () -> pool.stats().abandoned() == 0);
        assertThat(future).isCancelled();
        assertThat(pool.stats().cancelled()).isEqualTo(1);
        assertThat(pool.stats().done()).isEqualTo(1);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldLetARunningJobFinishWhenNotAllowedToInterrupt() {
        Gate gate = gate();
        Pool pool = openWith(1);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        gate.awaitArrivals(1);
        future.cancel(false);
        CompletableFuture<Integer> next = pool.submit(() -> 2);
        gate.open();
        assertThat(next.join()).isEqualTo(2);
        Waits.eventually("the job has finished", () -> gate.departures() == 1);
        assertThat(gate.stops()).isZero();
        assertThat(future).isDone();
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldNeverStartAJobThatWasCancelledBefore() {
        for (boolean interrupt : new boolean[] {true, false}) {
            Gate gate = gate();
            Pool pool = openWith(1);
            CompletableFuture<Integer> first = pool.submit(() -> gate.pass(1));
            Notes ran = notes();
            CompletableFuture<Integer> second = pool.submit(() -> ran.add("second"));
            assertThat(second.cancel(interrupt)).isTrue();
            assertThat(second).isCancelled();
            gate.open();
            assertThat(first.join()).isEqualTo(1);
            assertThat(pool.submit(() -> 3).join()).isEqualTo(3);
            assertThat(ran.count()).isZero();
        }
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldInterruptWhatRunsOfACancelledMap() {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<List<Integer>> future = pool.with(o -> o.chunk(1)).mapAsync(Range.of(0, 100), gate::pass);
        gate.awaitArrivals(2);
        assertThat(future.cancel(true)).isTrue();
        assertThat(future).isCancelled();
        gate.awaitStops(2);
        assertThat(pool.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
        assertThat(gate.arrivals()).isEqualTo(2);
        assertThat(pool.stats().cancelled()).isEqualTo(100);
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldLetWhatRunsOfACancelledMapFinishWhenNotAllowedToInterrupt() {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<List<Integer>> future = pool.with(o -> o.chunk(1)).mapAsync(Range.of(0, 100), gate::pass);
        gate.awaitArrivals(2);
        assertThat(future.cancel(false)).isTrue();
        assertThat(future).isCancelled();
        gate.open();
        Waits.eventually("the running items have finished", () -> gate.departures() == 2);
        assertThat(pool.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
        assertThat(gate.stops()).isZero();
        assertThat(gate.arrivals()).isEqualTo(2);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldCancelTheItemsOfAClosedStream() {
        Gate gate = gate();
        Pool pool = openWith(2);
        Inputs.Counter input = new Inputs.Counter();
        try (Stream<Integer> stream = pool.with(o -> o.ahead(2)).imap(input, gate::pass)) {
            gate.awaitArrivals(2);
            assertThat(stream.isParallel()).isFalse();
        }
        gate.awaitStops(2);
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        assertThat(input.taken()).isEqualTo(2);
        assertThat(gate.arrivals()).isEqualTo(2);
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = IN_CALLER)
    void shouldCancelEveryEagerVerbWhenItsCallerIsInterrupted() {
        List<Func2<Pool, Gate, Object>> verbs = List.of(
                (pool, gate) -> pool.map(Range.of(0, 2), gate::pass),
                (pool, gate) -> {
                    pool.forEach(Range.of(0, 2), gate::pass);
                    return 0;
                },
                (pool, gate) -> pool.starmap(java.util.Map.of(1, 1, 2, 2).entrySet(), (a, _) -> gate.pass(a)));
        Pool pool = openWith(2);
        for (Func2<Pool, Gate, Object> verb : verbs) {
            assertCancelledByInterrupt(pool, verb, 2);
        }
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = IN_CALLER)
    void shouldCancelEveryLazyVerbWhenItsReaderIsInterrupted() {
        List<Func2<Pool, Gate, Object>> verbs = List.of(
                (pool, gate) -> pool.imap(Range.of(0, 2), gate::pass).toList(),
                (pool, gate) -> pool.imapUnordered(Range.of(0, 2), gate::pass).toList(),
                (pool, gate) -> pool.iterate(Range.of(0, 2), gate::pass).next(),
                (pool, gate) -> pool.outcomes(Range.of(0, 2), gate::pass).toList(),
                (pool, gate) ->
                        Range.of(0, 2).stream().gather(pool.mapping(gate::pass)).toList());
        Pool pool = openWith(2);
        for (Func2<Pool, Gate, Object> verb : verbs) {
            assertCancelledByInterrupt(pool, verb, 2);
        }
    }

    private void assertCancelledByInterrupt(Pool pool, Func2<Pool, Gate, Object> verb, int running) {
        Gate gate = gate();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<Boolean> status = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform().daemon().start(() -> {
            try {
                Object result = verb.apply(pool, gate);
                thrown.completeExceptionally(new AssertionError("the verb returned " + result));
            } catch (Throwable e) {
                thrown.complete(e);
            }
            status.complete(Thread.currentThread().isInterrupted());
        });
        gate.awaitArrivals(running);
        caller.interrupt();
        assertThat(thrown.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(CancellationException.class);
        assertThat(status.orTimeout(10, TimeUnit.SECONDS).join())
                .as("the interrupt status")
                .isTrue();
        gate.awaitStops(running);
    }

    @Test
    void shouldNotLeaveAnInterruptBehindForTheNextTask() {
        Pool pool = openWith(2);
        List<CompletableFuture<Boolean>> futures = new ArrayList<>();
        for (int i = 0; i < (sharesMemory() ? 500 : 30); i++) { // a running one that is cancelled costs a process
            CompletableFuture<Boolean> future = pool.submit(() -> Thread.interrupted());
            if (i % 2 == 0) {
                future.cancel(true);
            }
            futures.add(future);
        }
        for (CompletableFuture<Boolean> future : futures) {
            try {
                assertThat(future.join()).isFalse();
            } catch (CancellationException e) {
                assertThat(future).isCancelled();
            }
        }
        assertThat(pool.map(Range.of(0, 200), _ -> Thread.interrupted())).containsOnly(false);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldIgnoreAnswersThatComeAfterACancellation() {
        Gate gate = gate();
        Pool pool = openWith(2);
        Mapper mapper = pool.with(o -> o.chunk(1));
        CompletableFuture<List<Integer>> future = mapper.mapAsync(Range.of(0, 2), gate::passStubbornly);
        gate.awaitArrivals(2);
        future.cancel(true);
        assertThat(mapper.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
        gate.open();
        Waits.eventually("the abandoned threads have ended", () -> pool.stats().abandoned() == 0);
        assertThat(future).isCancelled();
        assertThat(pool.stats().done()).isEqualTo(10);
        assertThat(pool.stats().cancelled()).isEqualTo(2);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldTellDependentsOfACancelledFuture() {
        Gate gate = gate();
        CompletableFuture<Integer> future = openWith(1).submit(() -> gate.pass(1));
        CompletableFuture<Integer> dependent = future.thenApply(n -> n + 1);
        gate.awaitArrivals(1);
        future.cancel(true);
        assertThatThrownBy(dependent::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CancellationException.class);
    }
}
