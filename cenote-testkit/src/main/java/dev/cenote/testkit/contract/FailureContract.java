// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.TaskException;
import dev.cenote.Worker;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Notes;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the caller sees of a failure, what becomes of the other items, and how often a failed item runs again.
public abstract class FailureContract extends EngineContract {

    @Test
    void shouldStopAtTheFirstFailure() {
        Gate gate = gate();
        Pool pool = openWith(1);
        Notes started = notes();
        IllegalStateException failure = new IllegalStateException("item 3");
        assertThatThrownBy(() -> pool.with(o -> o.chunk(1)).map(Range.of(0, 1_000), n -> {
                    started.add(n);
                    return n == 3 ? Failing.run(failure) : n > 3 ? gate.pass(n) : Integer.valueOf(n);
                }))
                .is(theSame(failure));
        int soFar = started.count();
        if (engine().has(Trait.LIMITED) || !engine().has(Trait.CONCURRENT)) {
            assertThat(soFar).isEqualTo(4);
        }
        assertThat(pool.map(List.of(2), Inputs::square)).containsExactly(4);
        assertThat(started.count()).isEqualTo(soFar);
    }

    @Test
    void shouldNotRunTheRestOfAChunkAfterAFailure() {
        Notes started = notes();
        IllegalStateException failure = new IllegalStateException("item 3");
        assertThatThrownBy(() -> openWith(1).with(o -> o.chunk(1_000)).map(Range.of(0, 1_000), n -> {
                    started.add(n);
                    return n == 3 ? Failing.run(failure) : Integer.valueOf(n);
                }))
                .is(theSame(failure));
        assertThat(started.all()).containsExactly("0", "1", "2", "3");
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldInterruptWhatRunsAndWaitForIt() {
        Gate gate = gate();
        Pool pool = openWith(3);
        IllegalStateException failure = new IllegalStateException("item 0");
        assertThatThrownBy(() -> pool.with(o -> o.chunk(1)).map(Range.of(0, 3), n -> {
                    if (n == 0) {
                        gate.awaitArrivals(2);
                        throw failure;
                    }
                    return gate.pass(n);
                }))
                .is(theSame(failure));
        gate.awaitStops(2);
        assertThat(gate.departures()).isEqualTo(2);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldNotWaitLongForATaskThatIgnoresInterrupts() {
        Gate gate = gate();
        IllegalStateException failure = new IllegalStateException("item 0");
        long start = System.nanoTime();
        assertThatThrownBy(() -> openWith(2).with(o -> o.chunk(1)).map(Range.of(0, 2), n -> {
                    if (n == 0) {
                        gate.awaitArrivals(1);
                        throw failure;
                    }
                    return gate.passStubbornly(n);
                }))
                .is(theSame(failure));
        if (sharesMemory()) {
            assertThat(gate.departures()).isZero();
        } else {
            gate.awaitStops(1);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldThrowOneFailureAndSuppressOnlyThoseBehindItInTheInput() {
        Pool pool = openWith(2);
        for (int round = 0; round < rounds(20); round++) {
            Gate both = gate();
            IllegalStateException thrown = catchThrowableOfType(
                    IllegalStateException.class,
                    () -> pool.with(o -> o.chunk(1)).map(Range.of(0, 2), n -> {
                        both.passAfter(Duration.ZERO, n);
                        both.awaitArrivals(2);
                        throw new IllegalStateException("item " + n);
                    }));
            // the other one may have been stopped before it had failed
            assertThat(thrown.getMessage()).isIn("item 0", "item 1");
            assertThat(thrown.getSuppressed())
                    .filteredOn(IllegalStateException.class::isInstance)
                    .extracting(Throwable::getMessage)
                    .isIn(List.of(), List.of("item 1"));
            assertThat(thrown.getSuppressed()).doesNotContain(thrown);
        }
    }

    @Test
    void shouldWrapACheckedExceptionAndSayWhereItComesFrom() {
        Pool pool = openWith(2);
        IOException failure = new IOException("no such page");
        TaskException thrown = catchThrowableOfType(
                TaskException.class,
                () -> pool.map(List.of("a", "b"), item -> item.equals("b") ? Failing.run(failure) : item));
        assertThat(thrown).hasMessageContaining("\"b\"").hasMessageContaining("no such page");
        assertThat(thrown.getCause()).is(theSame(failure));
        assertThat(thrown.index()).isEqualTo(1);
        assertThat(thrown.item()).isEqualTo("b");
        assertThat(thrown.attempts()).isEqualTo(1);
        assertThat(thrown.worker()).startsWith(pool.name());
    }

    @Test
    void shouldSayWhereAnUncheckedExceptionComesFrom() {
        Pool pool = openWith(2);
        IllegalStateException thrown = catchThrowableOfType(
                IllegalStateException.class,
                () -> pool.map(
                        List.of("a", "b"), item -> item.equals("b") ? Failing.run(new IllegalStateException()) : item));
        assertThat(thrown.getSuppressed()).hasSize(1);
        assertThat(thrown.getSuppressed()[0]).isInstanceOfSatisfying(TaskException.class, where -> {
            assertThat(where.index()).isEqualTo(1);
            assertThat(where.item()).isEqualTo("b");
            assertThat(where.worker()).startsWith(pool.name());
            assertThat(where).hasNoCause();
            assertThat(where.getStackTrace())
                    .as("the stack of the caller")
                    .anyMatch(frame -> frame.getClassName().startsWith(FailureContract.class.getName()));
        });
    }

    @Test
    void shouldWrapAVirtualMachineError() {
        Pool pool = openWith(2);
        StackOverflowError error = new StackOverflowError();
        assertThatThrownBy(() -> pool.map(List.of(1), _ -> Failing.run(error)))
                .isInstanceOf(TaskException.class)
                .cause()
                .is(theSame(error));
        assertThatThrownBy(() -> pool.map(List.of(1), n -> deep(n)))
                .isInstanceOf(TaskException.class)
                .hasCauseInstanceOf(StackOverflowError.class);
        assertThatThrownBy(() -> pool.map(List.of(1), _ -> Failing.run(new AssertionError("itself"))))
                .isInstanceOf(AssertionError.class)
                .hasMessage("itself");
    }

    @Test
    void shouldGiveOneOutcomeForEachItem() {
        Pool pool = openWith(3);
        IOException failure = new IOException("odd");
        List<Outcome<Integer, Integer>> outcomes = pool.outcomes(
                        Range.of(0, 100), n -> n % 10 == 3 ? Failing.<Integer>run(failure) : Integer.valueOf(-n))
                .toList();
        assertThat(outcomes).hasSize(100);
        for (int i = 0; i < 100; i++) {
            Outcome<Integer, Integer> outcome = outcomes.get(i);
            assertThat(outcome.index()).isEqualTo(i);
            assertThat(outcome.item()).isEqualTo(i);
            assertThat(outcome.attempts()).isEqualTo(1);
            assertThat(outcome.succeeded()).isEqualTo(i % 10 != 3);
            if (outcome instanceof Outcome.Failure<Integer, Integer> failed) {
                assertThat(failed.error()).is(theSame(failure));
                assertThatThrownBy(failed::get)
                        .isInstanceOf(TaskException.class)
                        .cause()
                        .isSameAs(failed.error());
            } else {
                assertThat(outcome.get()).isEqualTo(-i);
            }
        }
    }

    @Test
    void shouldGiveOneOutcomeForEachItemUnordered() {
        assertThat(openWith(4).with(o -> o.unordered()).outcomes(Range.of(0, 1_000), n -> 10 / (n % 7)))
                .hasSize(1_000)
                .extracting(Outcome::index)
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldThrowOnlyForTheInputFromOutcomes() {
        IllegalStateException failure = new IllegalStateException("no more input");
        assertThatThrownBy(() -> openWith(2)
                        .outcomes(Inputs.failingAt(3, failure), n -> 1 / n)
                        .toList())
                .isSameAs(failure);
    }

    @Test
    void shouldRetry() {
        Pool pool = openWith(2);
        Notes calls = notes();
        List<Outcome<String, Integer>> outcomes = pool.with(o -> o.retries(2))
                .outcomes(List.of("a"), _ -> {
                    int call = calls.add("call");
                    assertThat(Worker.current().attempt()).isEqualTo(call);
                    return call < 3 ? Failing.run(new IOException("attempt " + call)) : Integer.valueOf(call);
                })
                .toList();
        assertThat(outcomes).containsExactly(new Outcome.Success<>(0, "a", 3, 3));
        assertThat(pool.stats().retried()).isEqualTo(2);
        assertThat(pool.stats().failed()).isZero();
        assertThat(pool.stats().done()).isEqualTo(1);
    }

    @Test
    void shouldRetryNoMoreThanAllowed() {
        Pool pool = openWith(2);
        Notes calls = notes();
        TaskException thrown = catchThrowableOfType(
                TaskException.class,
                () -> pool.with(o -> o.retries(2).chunk(5)).map(List.of(0, 1, 2), n -> {
                    if (n == 1) {
                        throw new IOException("attempt " + calls.add("call"));
                    }
                    return n;
                }));
        assertThat(thrown.attempts()).isEqualTo(3);
        assertThat(thrown).hasCauseInstanceOf(IOException.class).hasRootCauseMessage("attempt 3");
        assertThat(calls.count()).isEqualTo(3);
    }

    @Test
    void shouldTellTheFailuresOfTheEarlierAttempts() {
        Pool pool = openWith(2);
        Outcome<Integer, Integer> outcome = pool.with(
                        o -> o.retries(2).backoff(Duration.ofMillis(1), Duration.ofMillis(2)))
                .outcomes(
                        List.of(1),
                        _ -> Failing.<Integer>run(
                                new IOException("attempt " + Worker.current().attempt())))
                .toList()
                .getFirst();
        assertThat(outcome.attempts()).isEqualTo(3);
        assertThatThrownBy(outcome::get)
                .cause()
                .hasMessage("attempt 3")
                .satisfies(last -> assertThat(last.getSuppressed())
                        .filteredOn(IOException.class::isInstance)
                        .extracting(Throwable::getMessage)
                        .containsExactly("attempt 1", "attempt 2"));
        assertThat(pool.stats().retried()).isEqualTo(2);
    }

    @Test
    void shouldRunOtherItemsWhileOneWaitsForItsNextAttempt() {
        Pool pool = openWith(1);
        List<Integer> results = pool.with(o -> o.retries(1).backoff(Duration.ofMillis(20), Duration.ofMillis(20)))
                .map(Range.of(0, 50), n -> {
                    if (n % 10 == 0 && Worker.current().attempt() == 1) {
                        throw new IOException("once");
                    }
                    return Inputs.square(n);
                });
        assertThat(results).isEqualTo(Inputs.squares(50));
        assertThat(pool.stats().retried()).isEqualTo(5);
    }

    @Test
    void shouldNeverRetryAnError() {
        Notes calls = notes();
        assertThatThrownBy(() -> openWith(2).with(o -> o.retries(5)).map(List.of(1), _ -> {
                    calls.add("call");
                    throw new AssertionError("an error");
                }))
                .isInstanceOf(AssertionError.class);
        assertThat(calls.count()).isEqualTo(1);
    }

    @Test
    void shouldRetryAmongManyItemsInOrder() {
        Notes calls = notes();
        Pool pool = openWith(4);
        assertThat(pool.with(o -> o.retries(1)).map(Range.of(0, 500), n -> {
                    calls.add(n);
                    return n % 5 == 0 && Worker.current().attempt() == 1
                            ? Failing.<Integer>run(new IOException("once"))
                            : Inputs.square(n);
                }))
                .isEqualTo(Inputs.squares(500));
        assertThat(calls.count()).isEqualTo(600);
        assertThat(pool.stats().retried()).isEqualTo(100);
        assertThat(pool.stats().done()).isEqualTo(500);
    }

    @Test
    void shouldNotConfuseAnItemThatIsNull() {
        List<Outcome<String, String>> outcomes = openWith(2)
                .outcomes(Arrays.asList("a", null), item -> item.toUpperCase(java.util.Locale.ROOT))
                .toList();
        assertThat(outcomes.get(1).item()).isNull();
        assertThatThrownBy(outcomes.get(1)::get).isInstanceOf(NullPointerException.class);
    }

    private static int deep(int n) {
        return n < 0 ? n : deep(n) + 1;
    }
}
