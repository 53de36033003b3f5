// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Func;
import dev.cenote.NotShippableException;
import dev.cenote.Options;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.TaskException;
import dev.cenote.TaskTimeoutException;
import dev.cenote.WorkerDiedException;
import dev.cenote.testkit.Faults;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Waits;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Each of {@link Faults} in the middle of a call: one outcome for each item, the others right, all workers there
/// afterwards, and an end.
public abstract class FaultContract extends EngineContract {

    private static final int ITEMS = 20;
    private static final int GUILTY = 7;
    private static final Duration LIMIT = Duration.ofSeconds(1);

    // ---- tasks that never end

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatSpins() {
        assertTimedOut(_ -> Faults.spin());
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatIgnoresInterrupts() {
        assertTimedOut(_ -> Faults.ignoreInterrupts());
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveAProcessThatIsStopped() {
        assertTimedOut(n -> {
            Faults.stopSelf();
            return n;
        });
    }

    private void assertTimedOut(Func<Integer, Object> fault) {
        Pool pool = openWith(2);
        assertThat(errorOf(strike(pool, o -> o.timeout(LIMIT), fault))).isInstanceOf(TaskTimeoutException.class);
    }

    // ---- tasks that use up what there is

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatAllocatesToDeath() {
        assertThat(errorOf(strike(openWith(2, c -> c.heap("32m")), o -> o, _ -> Faults.allocateToDeath())))
                .satisfiesAnyOf(
                        error -> assertThat(error)
                                .isInstanceOf(TaskException.class)
                                .hasCauseInstanceOf(OutOfMemoryError.class),
                        error -> assertThat(error).isInstanceOf(OutOfMemoryError.class),
                        error -> assertDied(error, "OUT_OF_MEMORY"));
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatOverflowsItsStack() {
        assertThat(errorOf(strike(openWith(2), o -> o, _ -> Faults.overflowStack())))
                .satisfiesAnyOf(
                        error -> assertThat(error).isInstanceOf(StackOverflowError.class),
                        error -> assertThat(error).hasCauseInstanceOf(StackOverflowError.class));
    }

    // ---- tasks that end their process

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatExits() {
        Pool pool = openWith(2);
        for (int code : new int[] {0, 3}) {
            Throwable error = errorOf(strike(pool, o -> o, _ -> Faults.exit(code)));
            assertDied(error, "EXIT");
            assertThat(((WorkerDiedException) error).exitCode()).isEqualTo(code);
        }
        assertDied(errorOf(strike(pool, o -> o, _ -> Faults.halt(0))), "EXIT");
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatCrashesNatively() {
        assertDied(errorOf(strike(openWith(2, c -> c.output((_, _) -> {})), o -> o, _ -> Faults.crash())), "CRASH");
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatKillsItself() {
        assertDied(errorOf(strike(openWith(2), o -> o, _ -> Faults.killSelf())), "SIGNAL");
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatExitsBehindAStuckHook() {
        Throwable error = errorOf(strike(openWith(2), o -> o, _ -> {
            Faults.stickAtExit();
            return Faults.exit(5);
        }));
        assertThat(error).isInstanceOf(WorkerDiedException.class);
    }

    private static void assertDied(Throwable error, String reason) {
        assertThat(error)
                .isInstanceOfSatisfying(
                        WorkerDiedException.class,
                        died -> assertThat(died.reason()).isEqualTo(reason));
    }

    // ---- output

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatPrintsWithoutEnd() {
        Pool pool = openWith(2, c -> c.output((_, _) -> {}));
        assertRight(strike(pool, o -> o, n -> {
            Faults.print(100_000_000);
            return n;
        }));
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatPrintsGarbage() {
        Pool pool = openWith(2, c -> c.output((_, _) -> {}));
        assertRight(strike(pool, o -> o, n -> {
            Faults.printGarbage(10_000_000);
            return n;
        }));
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatClosesItsOutput() {
        assertRight(strike(openWith(2), o -> o, n -> {
            Faults.closeOutput();
            return n;
        }));
    }

    // ---- what is left behind

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatLeaksThreads() {
        Pool pool = openWith(2);
        assertRight(strike(pool, o -> o, n -> {
            Faults.leakThreads(100);
            return n;
        }));
        assertThat(pool.close(Waits.LONG)).isTrue();
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveAShutdownHookThatIsStuck() {
        Pool pool = openWith(2);
        assertRight(strike(pool, o -> o, n -> {
            Faults.stickAtExit();
            return n;
        }));
        assertThat(pool.close(Waits.LONG)).isTrue();
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldLeaveNoProcessesOfATask() {
        Pool pool = openWith(1);
        List<Long> survivors = pool.submit(() -> Faults.forkChildren(3)).join();
        assertThat(survivors)
                .allMatch(pid ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent());
        pool.close();
        awaitDead(survivors);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldLeaveNoProcessesOfATaskThatIsKilled() {
        Pool pool = openWith(1);
        Gate gate = gate();
        CompletableFuture<List<Long>> pids = pool.submit(() -> Faults.forkChildren(3));
        List<Long> survivors = pids.join();
        CompletableFuture<Integer> stuck = pool.submit(() -> gate.passStubbornly(1));
        gate.awaitArrivals(1);
        assertThat(stuck.cancel(true)).isTrue();
        awaitDead(survivors);
        assertThat(pool.submit(() -> 5).join()).isEqualTo(5);
    }

    private static void awaitDead(List<Long> pids) {
        for (long pid : pids) {
            Waits.eventually(
                    "it is dead",
                    () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        }
    }

    // ---- results

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveAResultThatCannotBeWritten() {
        Pool pool = openWith(2);
        assertThat(errorOf(strike(pool, o -> o, _ -> new Object()))).isInstanceOf(NotShippableException.class);
        assertThat(errorOf(strike(pool, o -> o, _ -> new Faults.Unwritable()))).hasMessageContaining("never written");
        assertDied(errorOf(strike(pool, o -> o, _ -> new Faults.EndsWriter(false))), "EXIT");
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveAResultThatCannotBeRead() {
        assertThat(errorOf(strike(openWith(2), o -> o, _ -> new Faults.Unreadable())))
                .hasMessageContaining("never read");
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveAResultThatIsReadForEver() {
        assertThat(errorOf(strike(openWith(2), o -> o.timeout(LIMIT), _ -> new Faults.Endless())))
                .isInstanceOf(TaskTimeoutException.class);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveResultsThatAreNestedTooDeeply() {
        Pool pool = openWith(2);
        for (int depth = 100; depth <= 1_000_000; depth *= 10) {
            int many = depth;
            Outcome<Integer, Object> outcome = strike(pool, o -> o, _ -> Faults.nested(many));
            assertThat(outcome.succeeded() || errorOf(outcome) instanceof NotShippableException)
                    .as("%s", outcome)
                    .isTrue();
        }
        assertThat(pool.stats().restarts()).isZero();
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveArgumentsThatAreNestedTooDeeply() {
        Pool pool = openWith(2);
        for (int depth = 100; depth <= 1_000_000; depth *= 10) {
            List<Serializable> items = List.of(1, Faults.nested(depth), 3);
            List<Outcome<Serializable, Integer>> outcomes =
                    pool.outcomes(items, _ -> 7).toList();
            assertThat(outcomes).extracting(Outcome::index).containsExactly(0L, 1L, 2L);
            assertThat(outcomes.getFirst().get()).isEqualTo(7);
            assertThat(outcomes.getLast().get()).isEqualTo(7);
            assertThat(outcomes.get(1).succeeded() || errorOf(outcomes.get(1)) instanceof NotShippableException)
                    .as("%d deep", depth)
                    .isTrue();
        }
        assertThat(pool.stats().restarts()).isZero();
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveAResultThatIsTooLarge() {
        Pool pool = openWith(2, c -> c.heap("48m"));
        Outcome<Integer, Object> outcome = strike(pool, o -> o, _ -> Faults.huge(30 << 20));
        assertThat(outcome.succeeded() ? ((byte[]) outcome.get()).length : 30 << 20)
                .isEqualTo(30 << 20);
    }

    // ---- exceptions

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveExceptionsThatDoNotTravel() {
        Pool pool = openWith(2);
        assertThat(errorOf(strike(pool, o -> o, _ -> {
                    throw new Faults.UnwritableException();
                })))
                .hasMessageContaining("cannot be written");
        assertThat(errorOf(strike(pool, o -> o, _ -> {
                    throw new Faults.UnreadableException();
                })))
                .hasMessageContaining("cannot be read");
        assertThat(errorOf(strike(pool, o -> o, _ -> {
                    throw new Faults.TwoPartException("of two parts", 17);
                })))
                .satisfiesAnyOf(
                        error -> assertThat(error).hasMessageContaining("of two parts"),
                        error -> assertThat(error).cause().hasMessageContaining("of two parts"));
        assertThat(pool.stats().restarts()).isZero();
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveAnExceptionThatEndsItsWriter() {
        assertDied(
                errorOf(strike(openWith(2), o -> o, _ -> {
                    throw new Faults.FatalException();
                })),
                "EXIT");
    }

    // ---- what all have in common

    /// Lets one item of twenty do something else than the others.
    ///
    /// @return its outcome
    private Outcome<Integer, Object> strike(Pool pool, UnaryOperator<Options> change, Func<Integer, Object> fault) {
        long before = pool.stats().done() + pool.stats().failed();
        List<Outcome<Integer, Object>> outcomes = pool.with(o -> change.apply(o.chunk(5)))
                .<Integer, Object>outcomes(Range.of(0, ITEMS), n -> n == GUILTY ? fault.apply(n) : Inputs.square(n))
                .toList();
        assertThat(outcomes).extracting(Outcome::item).isEqualTo(Range.of(0, ITEMS));
        for (Outcome<Integer, Object> outcome : outcomes) {
            if (outcome.item() != GUILTY) {
                assertThat(outcome.get()).isEqualTo(Inputs.square(outcome.item()));
            }
        }
        assertThat(pool.stats().done() + pool.stats().failed() - before).isEqualTo(ITEMS);
        assertFullStrength(pool);
        return outcomes.get(GUILTY);
    }

    private void assertFullStrength(Pool pool) {
        int workers = pool.workers();
        Gate gate = gate();
        CompletableFuture<List<Long>> pids =
                pool.with(o -> o.chunk(1)).mapAsync(Range.of(0, workers), _ -> gate.passStubbornly(Inputs.pid()));
        gate.awaitArrivals(workers);
        gate.open();
        assertThat(pids.join()).doesNotHaveDuplicates().hasSize(workers);
    }

    private static void assertRight(Outcome<Integer, Object> outcome) {
        assertThat(outcome.get()).isEqualTo(GUILTY);
    }

    private static Throwable errorOf(Outcome<?, ?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failure.class);
        return ((Outcome.Failure<?, ?>) outcome).error();
    }
}
