// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Pool;
import dev.cenote.Progress;
import dev.cenote.Range;
import dev.cenote.TaskTimeoutException;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Waits;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// No code of the user runs under a lock of the pool: whatever the pool calls may use the pool, and may even wait
/// for another thread that uses it.
public abstract class ReentrancyContract extends EngineContract {

    @Test
    void shouldLetCallbacksUseThePool() {
        Pool pool = openWith(2);
        CompletableFuture<List<Integer>> chained = pool.submit(() -> 5)
                .thenApply(n -> pool.map(Range.of(0, n), Inputs::square))
                .thenApply(squares -> {
                    useFromAnotherThread(pool);
                    return squares;
                });
        assertThat(chained.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(Inputs.squares(5));
        CompletableFuture<Integer> after = pool.mapAsync(Range.of(0, 5), Inputs::square)
                .thenCompose(squares -> {
                    useFromAnotherThread(pool);
                    return pool.submit(squares::size);
                });
        assertThat(after.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(5);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldLetCallbacksOfACancellationUseThePool() {
        Gate gate = gate();
        Pool pool = openWith(4);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        AtomicInteger called = new AtomicInteger();
        future.whenComplete((_, _) -> {
            useFromAnotherThread(pool);
            called.incrementAndGet();
        });
        CompletableFuture<List<Integer>> mapped = pool.mapAsync(Range.of(0, 2), gate::pass);
        mapped.whenComplete((_, _) -> {
            useFromAnotherThread(pool);
            called.incrementAndGet();
        });
        gate.awaitArrivals(3);
        future.cancel(true);
        mapped.cancel(true);
        Waits.eventually("both callbacks have run", () -> called.get() == 2);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldLetCallbacksOfAShutdownLookAtThePool() {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        AtomicInteger called = new AtomicInteger();
        future.whenComplete((_, _) -> {
            lookFromAnotherThread(pool);
            called.incrementAndGet();
        });
        gate.awaitArrivals(1);
        List<Runnable> _ = pool.shutdownNow();
        Waits.eventually("the callback has run", () -> called.get() == 1);
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = "an item cannot take its pool to another process")
    void shouldLetItemsUseThePoolInTheirMethods() {
        Pool pool = openWith(2);
        List<Nosy> items = List.of(new Nosy(pool), new Nosy(pool), new Nosy(pool));
        assertThatThrownBy(() -> pool.map(items, _ -> Failing.run(new IOException("e"))))
                .hasMessageContaining("nosy");
        assertThat(pool.outcomes(items, _ -> Failing.run(new IOException("e")))).hasSize(3);
        assertThat(pool.map(items, item -> item)).hasSize(3);
        assertThat(pool.with(o -> o.unordered()).imap(items, item -> item)).hasSize(3);
        assertThat(pool.stats().slowest()).isNotNull();
    }

    /// As the test above, but for items that leave their pool behind when they travel.
    @Test
    void shouldLetItemsThatTravelUseThePoolInTheirMethods() {
        Pool pool = openWith(2);
        NosyAtHome.pool = pool;
        List<NosyAtHome> items = List.of(new NosyAtHome(), new NosyAtHome(), new NosyAtHome());
        assertThatThrownBy(() -> pool.map(items, _ -> Failing.run(new IOException("e"))))
                .hasMessageContaining("nosy");
        assertThat(pool.outcomes(items, _ -> Failing.run(new IOException("e")))).hasSize(3);
        assertThat(pool.map(items, _ -> 1)).hasSize(3);
        assertThat(pool.with(o -> o.unordered()).imap(items, _ -> 1)).hasSize(3);
        assertThat(pool.stats().slowest()).isNotNull();
        NosyAtHome.pool = null;
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = "an item cannot take its pool to another process")
    void shouldLetSlowItemsUseThePoolWhenTheyAreReported() {
        Pool pool = openWith(2);
        Gate gate = gate();
        pool.forEach(List.of(new Nosy(pool)), _ -> gate.passAfter(Duration.ofMillis(20), ""));
        Waits.eventually(
                "the slow item is reported", () -> !pool.stats().slowest().isEmpty());
        assertThatThrownBy(
                        () -> pool.with(o -> o.timeout(Duration.ofMillis(20))).map(List.of(new Nosy(pool)), gate::pass))
                .isInstanceOf(TaskTimeoutException.class);
    }

    @Test
    void shouldLetAProgressListenerUseThePool() {
        Pool pool = openWith(2);
        AtomicInteger reports = new AtomicInteger();
        List<Integer> squares = pool.with(o -> o.progress(report -> {
                    useFromAnotherThread(pool);
                    reports.incrementAndGet();
                    assertThat(report).isInstanceOf(Progress.class);
                }))
                .map(Range.of(0, 100), Inputs::square);
        assertThat(squares).isEqualTo(Inputs.squares(100));
        Waits.eventually("the last report has come", () -> reports.get() > 0);
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = "an initializer cannot take its pool to another process")
    void shouldLetInitializerAndExitLookAtThePool() {
        CompletableFuture<Pool> made = new CompletableFuture<>();
        Pool pool = openWith(
                1,
                c -> c.initializer(() -> lookFromAnotherThread(made.join()))
                        .exit(() -> lookFromAnotherThread(made.join())));
        made.complete(pool);
        assertThat(pool.submit(() -> 1).orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(1);
        assertThat(pool.close(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldNotHoldUpOtherWorkersWithACallbackThatBlocks() {
        Gate gate = gate();
        Gate started = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> first = pool.submit(() -> started.pass(1));
        CompletableFuture<Integer> slow = first.thenApply(gate::passStubbornly);
        started.awaitArrivals(1);
        started.open();
        gate.awaitArrivals(1);
        assertThat(pool.map(Range.of(0, 100), Inputs::square)).isEqualTo(Inputs.squares(100));
        assertThat(pool.submit(() -> 2).join()).isEqualTo(2);
        gate.open();
        assertThat(slow.join()).isEqualTo(1);
    }

    @Test
    void shouldLetInputsBeSlowUnderNobodysLock() {
        Pool pool = openWith(2);
        Iterable<Integer> input = () -> {
            useFromAnotherThread(pool);
            return List.of(1, 2, 3).iterator();
        };
        assertThat(pool.map(input, Inputs::square)).containsExactly(1, 4, 9);
        assertThat(pool.imap(input, Inputs::square)).containsExactly(1, 4, 9);
        assertThat(pool.mapAsync(input, Inputs::square).join()).containsExactly(1, 4, 9);
    }

    /// Uses every part of the pool in a thread that holds no lock of this one, and waits for it.
    private static void useFromAnotherThread(Pool pool) {
        inAnotherThread(() -> {
            assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
            assertThat(pool.map(List.of(2), Inputs::square)).containsExactly(4);
            return pool.stats().done();
        });
    }

    private static long lookFromAnotherThread(Pool pool) {
        return inAnotherThread(() -> pool.stats().done() + pool.exitResults().size() + (pool.isShutdown() ? 1 : 0));
    }

    private static long inAnotherThread(java.util.function.LongSupplier use) {
        CompletableFuture<Long> used = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                used.complete(use.getAsLong());
            } catch (Throwable e) {
                used.completeExceptionally(e);
            }
        });
        return used.orTimeout(10, TimeUnit.SECONDS).join();
    }

    /// An item whose methods look at the pool from another thread, in the process where there is one.
    private static final class NosyAtHome implements Serializable {

        private static final long serialVersionUID = 1L;

        static volatile @Nullable Pool pool;

        private static long look() {
            Pool here = pool;
            return here == null ? 0 : lookFromAnotherThread(here);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return look() >= 0 && other == this;
        }

        @Override
        public int hashCode() {
            return (int) look();
        }

        @Override
        public String toString() {
            return look() >= 0 ? "nosy" : "";
        }
    }

    /// An item whose methods look at the pool from another thread.
    private record Nosy(Pool pool) {

        @Override
        public boolean equals(@Nullable Object other) {
            return lookFromAnotherThread(pool) >= 0 && other == this;
        }

        @Override
        public int hashCode() {
            return (int) lookFromAnotherThread(pool);
        }

        @Override
        public String toString() {
            return lookFromAnotherThread(pool) >= 0 ? "nosy" : "";
        }
    }
}
