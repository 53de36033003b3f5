// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Time limits of items: whom they hit, from when they count, and what they leave of the pool.
public abstract class TimeoutContract extends EngineContract {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final String SERIAL_WAITS = "a serial pool has no other thread: its caller waits for the task";

    /// {@return a limit that hits only items that wait: the first in a new process is slow}
    private Duration enough() {
        return sharesMemory() ? SHORT : Duration.ofSeconds(2);
    }

    @Test
    @Case(54)
    void shouldInterruptAnItemThatRunsTooLong() {
        Gate gate = gate();
        Pool pool = openWith(2);
        List<Outcome<Integer, Integer>> outcomes = pool.with(
                        o -> o.timeout(enough()).chunk(1))
                .outcomes(Range.of(0, 4), n -> n == 1 ? gate.pass(n) : Integer.valueOf(n))
                .toList();
        assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, false, true, true);
        assertTimedOut(outcomes.get(1), pool);
        gate.awaitStops(1);
        assertThat(pool.stats().timedOut()).isEqualTo(1);
        assertThat(pool.stats().failed()).isEqualTo(1);
        assertThat(pool.stats().done()).isEqualTo(3);
    }

    @Test
    @Case(54)
    void shouldThrowATimeoutFromMap() {
        Gate gate = gate();
        Pool pool = openWith(2);
        assertThatThrownBy(() -> pool.with(o -> o.timeout(SHORT)).map(List.of("slow"), gate::pass))
                .isInstanceOf(TaskTimeoutException.class)
                .hasMessageContainingAll("\"" + pool.name() + "\"", "item 0", "50 ms", pool.name() + "-")
                .extracting(e -> ((TaskTimeoutException) e).limit())
                .isEqualTo(SHORT);
    }

    @Test
    void shouldGiveUpAnItemThatReportsNoProgress() {
        Gate gate = gate();
        Pool pool = openWith(2);
        List<Outcome<Integer, Integer>> outcomes = pool.with(
                        o -> o.stall(enough()).chunk(1))
                .outcomes(Range.of(0, 4), n -> n == 1 ? gate.pass(n) : Integer.valueOf(n))
                .toList();
        assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, false, true, true);
        assertThatThrownBy(outcomes.get(1)::get)
                .isInstanceOf(TaskTimeoutException.class)
                .hasMessageContainingAll("item 1", "reported no progress", pool.name() + "-");
        gate.awaitStops(1);
        assertThat(pool.stats().timedOut()).isEqualTo(1);
    }

    @Test
    void shouldLetAnItemRunAsLongAsItReportsProgress() {
        Pool pool = openWith(2);
        Duration limit = sharesMemory() ? Duration.ofMillis(500) : enough();
        Duration longer = limit.plusMillis(300);
        assertThat(pool.with(o -> o.stall(limit)).map(Range.of(0, 2), n -> report(n, longer)))
                .containsExactly(0, 1);
        assertThat(pool.stats().timedOut()).isZero();
    }

    private static int report(int n, Duration howLong) {
        long end = System.nanoTime() + howLong.toNanos();
        while (System.nanoTime() - end < 0) {
            Worker.current().progress(0);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        return n;
    }

    @Test
    void shouldCostOneItemOfAChunk() {
        Gate gate = gate();
        Pool pool = openWith(2);
        List<Outcome<Integer, Integer>> outcomes = pool.with(
                        o -> o.timeout(enough()).chunk(100))
                .outcomes(Range.of(0, 100), n -> n == 50 ? gate.pass(n) : Integer.valueOf(n))
                .toList();
        assertThat(outcomes).hasSize(100);
        assertThat(outcomes).filteredOn(outcome -> !outcome.succeeded()).hasSize(1);
        assertTimedOut(outcomes.get(50), pool);
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = SERIAL_WAITS)
    void shouldGiveUpATaskThatIgnoresTheInterrupt() {
        Gate gate = gate();
        Pool pool = openWith(2);
        List<Outcome<Integer, Integer>> outcomes = pool.with(
                        o -> o.timeout(enough()).chunk(2))
                .outcomes(Range.of(0, 6), n -> n == 2 ? gate.passStubbornly(n) : Integer.valueOf(n))
                .toList();
        assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, true, false, true, true, true);
        assertTimedOut(outcomes.get(2), pool);
        if (sharesMemory()) {
            assertThat(pool.stats().abandoned()).isEqualTo(1);
        } else {
            gate.awaitStops(1);
        }
        assertThat(pool.stats().restarts()).isEqualTo(1);
        gate.open();
        Waits.eventually("the abandoned thread has ended", () -> pool.stats().abandoned() == 0);
        assertThat(pool.stats().done()).as("the late answer does not count").isEqualTo(5);
        assertThat(pool.stats().failed()).isEqualTo(1);
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = SERIAL_WAITS)
    void shouldKeepItsFullStrength() {
        Gate stuck = gate();
        Gate busy = gate();
        Pool pool = openWith(3);
        List<Outcome<Integer, Integer>> outcomes = pool.with(
                        o -> o.timeout(SHORT).chunk(1))
                .outcomes(Range.of(0, 6), stuck::passStubbornly)
                .toList();
        assertThat(outcomes).hasSize(6).noneMatch(Outcome::succeeded);
        if (sharesMemory()) {
            assertThat(pool.stats().abandoned()).isEqualTo(6);
        }
        var futures = IntStream.range(0, 3)
                .mapToObj(n -> pool.submit(() -> busy.pass(n)))
                .toList();
        busy.awaitArrivals(3);
        busy.open();
        assertThat(futures).extracting(f -> f.join()).containsExactly(0, 1, 2);
        pool.close();
        if (sharesMemory()) {
            assertThat(stuck.departures())
                    .as("close does not wait for abandoned threads")
                    .isZero();
        } else {
            assertThat(stuck.departures()).isEqualTo(stuck.stops()).isEqualTo(stuck.arrivals());
        }
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = SERIAL_WAITS)
    void shouldNeverUseAGivenUpThreadAgain() {
        Gate gate = gate();
        Notes givenUp = notes();
        Pool pool = openWith(1);
        assertThatThrownBy(() -> pool.with(o -> o.timeout(enough())).map(List.of(1), n -> {
                    givenUp.add(Inputs.here());
                    givenUp.add(Worker.current().id());
                    return gate.passStubbornly(n);
                }))
                .isInstanceOf(TaskTimeoutException.class);
        gate.open();
        List<String> later = pool.map(
                Range.of(0, 100),
                n -> n % 2 == 0
                        ? Inputs.here()
                        : Integer.toString(Worker.current().id()));
        assertThat(givenUp.all()).hasSize(2);
        assertThat(later).doesNotContainAnyElementsOf(givenUp.all());
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.SHARED_MEMORY})
    void shouldTellATaskThatItWasGivenUp() {
        Gate gate = gate();
        AtomicReference<@Nullable Boolean> before = new AtomicReference<>();
        AtomicReference<@Nullable Boolean> after = new AtomicReference<>();
        assertThatThrownBy(() -> openWith(1).with(o -> o.timeout(SHORT)).map(List.of(1), n -> {
                    Worker worker = Worker.current();
                    before.set(worker.cancelled());
                    gate.passStubbornly(n);
                    after.set(worker.cancelled());
                    return n;
                }))
                .isInstanceOf(TaskTimeoutException.class);
        gate.open();
        Waits.eventually("the task has asked", () -> after.get() != null);
        assertThat(before).hasValue(false);
        assertThat(after).hasValue(true);
    }

    @Test
    void shouldCountFromTheItemsOwnStart() {
        Gate gate = gate();
        Pool pool = openWith(1);
        Duration each = Duration.ofMillis(80);
        assertThat(pool.submit(() -> gate.passAfter(Duration.ZERO, 1)).join()).isEqualTo(1);
        assertThat(pool.with(o -> o.timeout(Duration.ofMillis(350)).chunk(3))
                        .map(Range.of(0, 6), n -> gate.passAfter(each, n)))
                .as("6 x 80 ms in one worker, with 350 ms each")
                .hasSize(6);
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = SERIAL_WAITS)
    void shouldRetryAfterATimeout() {
        Gate gate = gate();
        Pool pool = openWith(1);
        List<Outcome<String, Integer>> outcomes = pool.with(
                        o -> o.timeout(enough()).retries(2))
                .outcomes(List.of("a"), _ -> {
                    int attempt = Worker.current().attempt();
                    return attempt < 3 ? gate.passStubbornly(attempt) : Integer.valueOf(attempt);
                })
                .toList();
        assertThat(outcomes).containsExactly(new Outcome.Success<>(0, "a", 3, 3));
        assertThat(pool.stats().timedOut())
                .as("an item counts when its outcome is final")
                .isZero();
        assertThat(pool.stats().retried()).isEqualTo(2);
        if (sharesMemory()) {
            assertThat(pool.stats().abandoned()).isEqualTo(2);
        } else {
            gate.awaitStops(2);
        }
    }

    @Test
    void shouldGoOnReadingAfterATimeout() {
        Gate gate = gate();
        try (Results<Integer> results = openWith(2)
                .with(o -> o.timeout(enough()).ahead(2))
                .iterate(Range.of(0, 10), n -> n % 4 == 1 ? gate.pass(n) : Integer.valueOf(n))) {
            for (int i = 0; i < 10; i++) {
                if (i % 4 == 1) {
                    assertThatThrownBy(results::next).isInstanceOf(TaskTimeoutException.class);
                } else {
                    assertThat(results.next()).isEqualTo(i);
                }
            }
            assertThat(results.hasNext()).isFalse();
        }
    }

    @Test
    void shouldNotLeaveAnInterruptBehind() {
        Gate gate = gate();
        Pool pool = openWith(2);
        List<Outcome<Integer, Boolean>> outcomes = pool.with(
                        o -> o.timeout(enough()).chunk(1))
                .outcomes(Range.of(0, sharesMemory() ? 20 : 8), n -> {
                    boolean interrupted = Thread.interrupted();
                    return n % 4 == 0 ? gate.pass(interrupted) : Boolean.valueOf(interrupted);
                })
                .toList();
        assertThat(outcomes).filteredOn(Outcome::succeeded).isNotEmpty().noneMatch(Outcome::get);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void shouldDecideEachRaceOfResultAndTimeoutOnce() {
        Gate gate = gate();
        Pool pool = openWith(4);
        int items = sharesMemory() ? 200 : 20; // each that is late costs a process
        var seen = ConcurrentHashMap.<Long>newKeySet();
        List<Outcome<Integer, Integer>> outcomes = pool.with(
                        o -> o.timeout(Duration.ofMillis(2)).chunk(1))
                .outcomes(Range.of(0, items), n -> gate.passAfter(Duration.ofMillis(2), n))
                .toList();
        assertThat(outcomes).hasSize(items).allMatch(outcome -> seen.add(outcome.index()));
        Waits.eventually("nothing runs", () -> pool.stats().running() == 0);
        assertThat(pool.stats().done() + pool.stats().failed()).isEqualTo(items);
        assertThat(pool.stats().failed()).isEqualTo(pool.stats().timedOut());
    }

    private static void assertTimedOut(Outcome<Integer, Integer> outcome, Pool pool) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.error())
                                .isInstanceOf(TaskTimeoutException.class)
                                .hasMessageContaining(pool.name()));
    }
}
