// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Pool;
import dev.cenote.PoolStats;
import dev.cenote.Range;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Waits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The numbers of a pool, which balance whenever it is quiet.
public abstract class StatsContract extends EngineContract {

    @Test
    void shouldBeginWithNothing() {
        Pool pool = openWith(3, c -> c.name("fresh"));
        PoolStats stats = pool.stats();
        assertThat(stats.pool()).isEqualTo("fresh");
        assertThat(stats.engine()).isEqualTo(pool.engine());
        assertThat(List.of(
                        stats.queued(),
                        stats.running(),
                        stats.done(),
                        stats.failed(),
                        stats.cancelled(),
                        stats.timedOut(),
                        stats.retried(),
                        stats.abandoned(),
                        stats.restarts(),
                        stats.waitTime().count(),
                        stats.runTime().count()))
                .containsOnly(0L);
        assertThat(stats.slowest()).isEmpty();
    }

    @Test
    void shouldCountEveryItemAndJobOnce() {
        Pool pool = openWith(3);
        assertThat(pool.map(Range.of(0, 50), Inputs::square)).hasSize(50);
        assertThat(pool.outcomes(Range.of(0, 10), n -> 10 / (n % 4)).toList()).hasSize(10);
        for (int i = 0; i < 5; i++) {
            assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        }
        assertThat(Range.of(0, 7).stream().gather(pool.mapping(Inputs::square))).hasSize(7);
        assertBalanced(pool, 50 + 7 + 5 + 7, 3, 0);
        assertThat(pool.stats().runTime().count()).isEqualTo(72);
    }

    @Test
    void shouldCountTheRestOfAFailedMapAsCancelled() {
        Pool pool = openWith(2);
        assertThatThrownBy(() -> pool.with(o -> o.chunk(1))
                        .map(Range.of(0, 100), n -> n == 30 ? Failing.run(new IOException("e")) : Integer.valueOf(n)))
                .isNotNull();
        Waits.eventually("all items are counted", () -> total(pool.stats()) == 100);
        assertThat(pool.stats().failed()).isEqualTo(1);
        assertThat(pool.stats().done()).isGreaterThanOrEqualTo(1);
        assertThat(pool.stats().running()).isZero();
        assertThat(pool.stats().queued()).isZero();
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldShowWhatWaitsAndWhatRuns() {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<List<Integer>> mapped = pool.with(o -> o.chunk(3)).mapAsync(Range.of(0, 10), gate::pass);
        gate.awaitArrivals(2);
        PoolStats stats = pool.stats();
        assertThat(stats.running()).isEqualTo(2);
        assertThat(stats.queued()).isEqualTo(8);
        assertThat(stats.workers()).isEqualTo(2);
        gate.open();
        assertThat(mapped.join()).hasSize(10);
        assertBalanced(pool, 10, 0, 0);
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldCountWhatWasCancelled() {
        Gate gate = gate();
        Pool pool = openWith(1);
        CompletableFuture<Integer> running = pool.submit(() -> gate.pass(1));
        CompletableFuture<Integer> pending = pool.submit(() -> 2);
        gate.awaitArrivals(1);
        pending.cancel(false);
        gate.open();
        running.join();
        try (Stream<Integer> closed = pool.with(o -> o.ahead(3)).imap(new Inputs.Counter(), Inputs::square)) {
            assertThat(closed.limit(2)).containsExactly(0, 1);
        }
        Waits.eventually(
                "nothing is left", () -> pool.stats().queued() + pool.stats().running() == 0);
        assertThat(pool.stats().cancelled()).isBetween(1L, 4L);
        assertThat(pool.stats().done()).isBetween(3L, 6L);
    }

    @Test
    void shouldMeasureHowLongTasksRun() {
        Gate gate = gate();
        Pool pool = openWith(1, c -> c.name("measured"));
        Duration time = Duration.ofMillis(30);
        assertThat(pool.with(o -> o.name("slow call")).map(List.of("a", "b"), item -> gate.passAfter(time, item)))
                .hasSize(2);
        assertThat(pool.submit(() -> gate.passAfter(time, 1)).join()).isEqualTo(1);
        Waits.eventually("all three are reported", () -> pool.stats().slowest().size() == 3);
        PoolStats stats = pool.stats();
        assertThat(stats.runTime().count()).isEqualTo(3);
        assertThat(stats.runTime().max()).isGreaterThanOrEqualTo(time);
        assertThat(stats.runTime().p50()).isBetween(time, stats.runTime().max());
        assertThat(stats.slowest())
                .hasSize(3)
                .isSortedAccordingTo((x, y) -> y.time().compareTo(x.time()));
        assertThat(stats.slowest())
                .filteredOn(slow -> slow.call().equals("slow call"))
                .hasSize(2)
                .allSatisfy(slow -> assertThat(slow.item()).isIn("a", "b", "\"a\"", "\"b\""));
        assertThat(stats.slowest()).filteredOn(slow -> slow.index() == -1).hasSize(1);
    }

    @Test
    void shouldKeepTheFiveSlowest() {
        Gate gate = gate();
        Pool pool = openWith(2);
        long millis = sharesMemory() ? 60 : 900; // the first item in a new process is slow as well
        pool.forEach(Range.of(0, 8), n -> gate.passAfter(Duration.ofMillis(n == 3 ? millis : 5), n));
        Waits.eventually(
                "the slowest is reported", () -> pool.stats().slowest().stream().anyMatch(slow -> slow.index() == 3));
        List<PoolStats.Slow> slowest = pool.stats().slowest();
        assertThat(slowest).hasSize(5);
        assertThat(slowest.getFirst().index()).isEqualTo(3);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldMeasureHowLongJobsWait() {
        Pool pool = openWith(2);
        for (int i = 0; i < 10; i++) {
            assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        }
        PoolStats.Percentiles wait = pool.stats().waitTime();
        assertThat(wait.count()).isBetween(1L, 10L);
        assertThat(wait.p50()).isLessThanOrEqualTo(wait.p90());
        assertThat(wait.p90()).isLessThanOrEqualTo(wait.p99());
        assertThat(wait.p99()).isLessThanOrEqualTo(wait.max());
    }

    @Test
    void shouldStayTrueAfterTheEnd() {
        Pool pool = openWith(2);
        assertThat(pool.map(Range.of(0, 20), Inputs::square)).hasSize(20);
        pool.close();
        assertBalanced(pool, 20, 0, 0);
        assertThat(pool.stats().workers()).isZero();
    }

    private static void assertBalanced(Pool pool, long done, long failed, long cancelled) {
        Waits.eventually("nothing runs", () -> pool.stats().running() == 0);
        PoolStats stats = pool.stats();
        assertThat(stats.done()).as("done").isEqualTo(done);
        assertThat(stats.failed()).as("failed").isEqualTo(failed);
        assertThat(stats.cancelled()).as("cancelled").isEqualTo(cancelled);
        assertThat(stats.queued()).as("queued").isZero();
        assertThat(stats.running()).as("running").isZero();
    }

    private static long total(PoolStats stats) {
        return stats.done() + stats.failed() + stats.cancelled();
    }
}
