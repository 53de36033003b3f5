// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Futures;
import dev.cenote.NotShippableException;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Results;
import dev.cenote.TaskTimeoutException;
import dev.cenote.Worker;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Notes;
import dev.cenote.testkit.internal.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tasks that use their own pool: no number of workers is too small.
public abstract class NestingContract extends EngineContract {

    private static final String NO_POOL = "a pool cannot travel to another process; a task there makes its own";

    @Test
    @Needs(Trait.ISOLATED)
    void shouldNameThePoolThatATaskCannotTakeAlong() {
        Pool pool = openWith(1);
        assertThatThrownBy(() -> pool.submit(() -> pool.submit(() -> 1).join()))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContainingAll("'pool'", "inside the task");
        assertThat(pool.stats().workers()).as("nothing was started").isZero();
    }

    @Test
    @Case({42, 153})
    @Needs(Trait.ISOLATED)
    void shouldMakeAPoolOfProcessesInAProcess() {
        Pool pool = openWith(1);
        long here = ProcessHandle.current().pid();
        List<Long> line = pool.submit(() -> {
                    long child = ProcessHandle.current().pid();
                    try (Pool inner = Pool.processes(1)) {
                        assertThat(inner.map(Range.of(0, 7), Inputs::square)).isEqualTo(Inputs.squares(7));
                        return List.of(
                                child,
                                inner.submit(() -> ProcessHandle.current().pid())
                                        .join());
                    }
                })
                .join();
        assertThat(line).doesNotContain(here).doesNotHaveDuplicates();
        assertThat(ProcessHandle.of(line.getLast()).filter(ProcessHandle::isAlive))
                .as("the pool of the task is closed")
                .isEmpty();
    }

    @Test
    @Case(42)
    @Needs(Trait.ISOLATED)
    void shouldMakeAPoolOfThreadsInAProcess() {
        assertThat(openWith(1).map(Range.of(1, 4), n -> {
                    try (Pool inner = Pool.threads(2)) {
                        String outside = Worker.current().pool();
                        List<Integer> squares = inner.map(Range.of(0, n), Inputs::square);
                        assertThat(inner.submit(() -> Worker.current().pool()).join())
                                .isEqualTo(inner.name())
                                .isNotEqualTo(outside);
                        assertThat(Worker.current().pool()).isEqualTo(outside);
                        return squares.size();
                    }
                }))
                .containsExactly(1, 2, 3);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldTakeTheProcessesOfATaskAlongWhenItIsKilled() {
        Gate gate = gate();
        Notes inner = notes();
        Pool pool = openWith(1);
        CompletableFuture<Integer> future = pool.submit(() -> {
            try (Pool nested = Pool.processes(1)) {
                return nested.submit(() -> {
                            inner.add(ProcessHandle.current().pid());
                            return gate.pass(1);
                        })
                        .join();
            }
        });
        gate.awaitArrivals(1);
        assertThat(future.cancel(true)).isTrue();
        gate.awaitStops(1);
        long pid = Long.parseLong(inner.all().getFirst());
        Waits.eventually(
                "the process of the inner pool ends",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(pool.submit(() -> 2).join()).isEqualTo(2);
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldMapAtAnyDepth() {
        for (int workers : new int[] {1, 2}) {
            Pool pool = openWith(workers);
            for (int depth = 1; depth <= 5; depth++) {
                assertThat(leaves(pool, depth)).isEqualTo((int) Math.pow(3, depth));
            }
        }
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldMapAtAnyDepthWithBigChunks() {
        Pool pool = openWith(2);
        assertThat(pool.with(o -> o.chunk(50))
                        .map(
                                Range.of(0, 100),
                                n -> pool.with(o -> o.chunk(7))
                                        .map(Range.of(0, 20), m -> n * m)
                                        .size()))
                .hasSize(100)
                .containsOnly(20);
    }

    @Test
    @Case(153)
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldJoinSubmittedJobsAtAnyDepth() {
        Pool pool = openWith(1);
        assertThat(fibonacci(pool, 12)).isEqualTo(144);
        List<String> visited = Collections.synchronizedList(new ArrayList<>());
        visit(pool, visited, "0", 2);
        assertThat(visited).containsExactly("0", "0.0", "0.0.0", "0.0.1", "0.1", "0.1.0", "0.1.1");
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldGetSubmittedJobsFromWithinAJob() throws Exception {
        Pool pool = openWith(1);
        assertThat(pool.submit(() -> pool.submit(() -> pool.submit(() -> 1).get() + 1)
                                        .get()
                                + 1)
                        .get())
                .isEqualTo(3);

        assertThat(pool.submit(() -> {
                            List<CompletableFuture<Integer>> parts = IntStream.range(0, 50)
                                    .mapToObj(n -> pool.submit(() -> n))
                                    .toList();
                            return parts.reversed().stream()
                                    .mapToInt(CompletableFuture::join)
                                    .sum();
                        })
                        .get())
                .isEqualTo(1_225);
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED, Trait.SHARED_MEMORY})
    void shouldOnlyWaitWhenItWaitsWithALimit() throws Exception {
        Pool pool = openWith(1);
        assertThat(pool.submit(() -> {
                            CompletableFuture<Integer> inner = pool.submit(() -> 1);
                            assertThatThrownBy(() -> inner.get(10, TimeUnit.MILLISECONDS))
                                    .isInstanceOf(TimeoutException.class);
                            assertThat(Futures.await(List.of(inner), Duration.ofMillis(10), Futures.Until.ALL)
                                            .notDone())
                                    .containsExactly(inner);
                            return inner;
                        })
                        .get()
                        .get())
                .isEqualTo(1);
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldDeliverTheFailureOfANestedJob() {
        Pool pool = openWith(1);
        IllegalStateException failure = new IllegalStateException("inner");
        assertThatThrownBy(() -> pool.submit(
                                () -> pool.submit(() -> Failing.run(failure)).join())
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasRootCause(failure);
        assertThatThrownBy(() -> pool.map(List.of(1), _ -> pool.map(List.of(1), _ -> Failing.run(failure))))
                .isSameAs(failure);
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldReadLazyCallsFromWithinATask() {
        Pool pool = openWith(1);
        assertThat(pool.map(
                        Range.of(0, 5),
                        _ -> pool.imap(Range.of(0, 50), Inputs::square).count()))
                .containsOnly(50L);
        assertThat(pool.map(
                        Range.of(0, 5),
                        _ -> pool.with(o -> o.ahead(1))
                                .imapUnordered(Range.of(0, 50), Inputs::square)
                                .mapToInt(n -> 1)
                                .sum()))
                .containsOnly(50);
        assertThat(pool.map(
                        Range.of(0, 5),
                        n -> pool.outcomes(Range.of(0, 10), m -> 10 / (m - n))
                                .toList()
                                .size()))
                .containsOnly(10);
        assertThat(pool.submit(() -> {
                            try (Results<Integer> results = pool.iterate(new Inputs.Counter(), Inputs::square)) {
                                int sum = 0;
                                for (int i = 0; i < 100; i++) {
                                    sum += results.next();
                                }
                                return sum;
                            }
                        })
                        .join())
                .isEqualTo(328_350);
        assertThat(pool.submit(() -> IntStream.range(0, 50)
                                .boxed()
                                .gather(pool.mapping(Inputs::square))
                                .toList())
                        .join())
                .isEqualTo(Inputs.squares(50));
    }

    @Test
    @SuppressWarnings("StreamToIterable") // read once
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldUseThePoolInsideALazyCall() {
        Pool pool = openWith(1);
        assertThat(pool.imap(
                        Range.of(0, 20),
                        n -> pool.map(Range.of(0, n), Inputs::square).size()))
                .isEqualTo(Range.of(0, 20));
        assertThat(pool.imap(
                        Range.of(0, 10),
                        n -> pool.imap(Range.of(0, n), Inputs::square).toList().size()))
                .isEqualTo(Range.of(0, 10));
        try (Stream<Integer> inner = pool.imap(Range.of(0, 10), Inputs::square);
                Stream<Integer> outer = pool.imap(inner::iterator, n -> n + 1)) {
            assertThat(outer).hasSize(10).contains(82);
        }
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldWaitForAsynchronousMapsFromWithinATask() {
        Pool pool = openWith(1);
        assertThat(pool.submit(() ->
                                pool.mapAsync(Range.of(0, 10), Inputs::square).join())
                        .join())
                .isEqualTo(Inputs.squares(10));
        pool.forEach(Range.of(0, 3), _ -> pool.forEach(Range.of(0, 3), Inputs::square));
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldWaitForSeveralFuturesFromWithinATask() {
        Pool pool = openWith(1);
        assertThat(pool.submit(() -> {
                            List<CompletableFuture<Integer>> parts = IntStream.range(0, 10)
                                    .mapToObj(n -> pool.submit(() -> n))
                                    .toList();
                            return Futures.await(parts, Futures.Until.ALL)
                                    .done()
                                    .size();
                        })
                        .join())
                .isEqualTo(10);
        assertThat(pool.submit(() -> {
                            List<CompletableFuture<Integer>> parts = IntStream.range(0, 10)
                                    .mapToObj(n -> pool.submit(() -> n))
                                    .toList();
                            return Futures.asCompleted(parts)
                                    .mapToInt(CompletableFuture::join)
                                    .sum();
                        })
                        .join())
                .isEqualTo(45);
        assertThat(pool.submit(() -> {
                            CompletableFuture<Integer> part = pool.submit(() -> 1);
                            return Futures.await(List.of(part), Futures.Until.FIRST_COMPLETED)
                                    .done()
                                    .size();
                        })
                        .join())
                .isEqualTo(1);
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldInvokeAllFromWithinATask() {
        Pool pool = openWith(1);
        Callable<Integer> one = () -> 1;
        assertThat(pool.submit(() -> {
                            int sum = 0;
                            for (Future<Integer> future : pool.invokeAll(List.of(one, one, one))) {
                                sum += future.get();
                            }
                            return sum + pool.invokeAny(List.of(one, one));
                        })
                        .join())
                .isEqualTo(4);
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldGiveEachNestedItemItsOwnPlace() {
        Pool pool = openWith(1);
        List<List<Long>> places = pool.map(Range.of(0, 4), _ -> {
            long before = Worker.current().index();
            List<Long> inner = pool.map(Range.of(0, 3), _ -> Worker.current().index());
            long job = pool.submit(() -> Worker.current().index()).join();
            return List.of(
                    before, inner.get(0), inner.get(2), job, Worker.current().index());
        });
        for (int i = 0; i < 4; i++) {
            long n = i;
            assertThat(places.get(i)).containsExactly(n, 0L, 2L, -1L, n);
        }
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldTimeOutANestedItem() {
        Gate gate = gate();
        Pool pool = openWith(1);
        Duration limit = Duration.ofMillis(50);
        assertThat(pool.submit(() -> pool.with(o -> o.timeout(limit).chunk(1))
                                .outcomes(Range.of(0, 3), n -> n == 1 ? gate.pass(n) : Integer.valueOf(n))
                                .map(Outcome::succeeded)
                                .toList())
                        .join())
                .containsExactly(true, false, true);
        assertThatThrownBy(() -> pool.map(
                        List.of(1), _ -> pool.with(o -> o.timeout(limit)).map(List.of(1), gate::pass)))
                .isInstanceOf(TaskTimeoutException.class);
        assertThat(pool.submit(() -> Thread.currentThread().isInterrupted()).join())
                .isFalse();
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldTimeOutAnItemThatWaitsForNestedItems() {
        Gate gate = gate();
        Pool pool = openWith(1);
        assertThatThrownBy(() -> pool.with(o -> o.timeout(Duration.ofMillis(50)))
                        .map(List.of(1), _ -> pool.map(List.of(1, 2, 3), gate::pass)))
                .isInstanceOf(TaskTimeoutException.class);
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        assertThat(pool.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldRefuseToCloseFromWithinATask() {
        Pool pool = openWith(1);
        pool.submit(() -> assertThatThrownBy(pool::close)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(pool.name()))
                .join();
        pool.submit(() -> assertThatThrownBy(() -> pool.close(Duration.ofSeconds(1)))
                        .isInstanceOf(IllegalStateException.class))
                .join();
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = NO_POOL)
    void shouldUseAnotherPoolFromWithinATask() {
        Pool outer = openWith(1);
        Pool inner = openWith(1);
        assertThat(outer.map(Range.of(0, 10), n -> {
                    List<Integer> squares = inner.map(Range.of(0, n), Inputs::square);
                    assertThat(Worker.current().pool()).isEqualTo(outer.name());
                    return squares.size();
                }))
                .isEqualTo(Range.of(0, 10));
        assertThat(outer.submit(() ->
                                inner.submit(() -> Worker.current().pool()).join())
                        .join())
                .isEqualTo(inner.name());
    }

    private static int leaves(Pool pool, int depth) {
        return depth == 0
                ? 1
                : pool.map(Range.of(0, 3), _ -> leaves(pool, depth - 1)).stream()
                        .mapToInt(n -> n)
                        .sum();
    }

    private static int fibonacci(Pool pool, int n) {
        if (n < 2) {
            return n;
        }
        CompletableFuture<Integer> one = pool.submit(() -> fibonacci(pool, n - 1));
        CompletableFuture<Integer> two = pool.submit(() -> fibonacci(pool, n - 2));
        return one.join() + two.join();
    }

    private static void visit(Pool pool, List<String> visited, String name, int depth) {
        visited.add(name);
        for (int child = 0; depth > 0 && child < 2; child++) {
            String childName = name + "." + child;
            pool.submit(() -> visit(pool, visited, childName, depth - 1)).join();
        }
    }
}
