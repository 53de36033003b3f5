// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.BrokenPoolException;
import dev.cenote.Func;
import dev.cenote.Job;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.TaskException;
import dev.cenote.Worker;
import dev.cenote.WorkerDiedException;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Faults;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Notes;
import dev.cenote.testkit.internal.Waits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The death of a worker process at every stage: it costs what the worker had begun, and nothing hangs.
public abstract class CrashContract extends EngineContract {

    // ---- in the middle of a task

    @Test
    @Needs(Trait.ISOLATED)
    void shouldCostOneItemOfAChunk() {
        Pool pool = openWith(1); // with two, the other may have taken the rest before the death
        List<Outcome<Integer, Integer>> outcomes = pool.with(o -> o.chunk(100))
                .outcomes(Range.of(0, 100), n -> n == 50 ? Faults.halt(3) : Inputs.square(n))
                .toList();
        assertThat(outcomes).extracting(Outcome::index).isEqualTo(Range.of(0L, 100L));
        for (Outcome<Integer, Integer> outcome : outcomes) {
            if (outcome.index() == 50) {
                assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Outcome.Failure.class,
                                failure -> assertThat(failure.error()).isInstanceOf(WorkerDiedException.class));
            } else {
                assertThat(outcome.get()).isEqualTo(Inputs.square(outcome.item()));
            }
        }
        assertThat(pool.stats().restarts()).isEqualTo(1);
        assertThat(pool.stats().failed()).isEqualTo(1);
        assertThat(pool.stats().done()).isEqualTo(99);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldCostOneItemEachWhenMany() {
        Pool pool = openWith(2);
        assertThat(pool.with(o -> o.unordered())
                        .outcomes(Range.of(0, 200), n -> n % 50 == 49 ? Faults.halt(3) : Inputs.square(n))
                        .filter(outcome -> !outcome.succeeded())
                        .map(Outcome::item))
                .containsExactlyInAnyOrder(49, 99, 149, 199);
        assertThat(pool.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
    }

    @Test
    @Case(73)
    @Needs(Trait.ISOLATED)
    void shouldFailTheTaskOfAKilledWorkerAndNoOther() {
        Gate gate = gate();
        Notes pids = notes();
        Pool pool = openWith(2);
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 4)
                .mapToObj(n -> pool.submit(() -> {
                    pids.add(n + ":" + Inputs.pid());
                    return gate.pass(n);
                }))
                .toList();
        gate.awaitArrivals(2);
        String note = pids.all().getFirst();
        long victim = Long.parseLong(note.substring(note.indexOf(':') + 1));
        kill(victim);
        CompletableFuture<Integer> dead = futures.get(Integer.parseInt(note.substring(0, note.indexOf(':'))));
        assertThatThrownBy(() -> dead.orTimeout(10, TimeUnit.SECONDS).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(WorkerDiedException.class, died -> {
                    assertThat(died.pid()).isEqualTo(victim);
                    assertThat(died.reason()).isEqualTo("SIGNAL");
                    assertThat(died.exitCode()).isEqualTo(128 + 9);
                    assertThat(died.worker()).startsWith(pool.name());
                });
        gate.open();
        for (CompletableFuture<Integer> future : futures) {
            if (future != dead) {
                assertThat(future.join()).isBetween(0, 3);
            }
        }
        assertThat(pool.submit(() -> 5).join()).isEqualTo(5);
    }

    @Test
    @Case(74)
    @Needs(Trait.ISOLATED)
    void shouldGiveEachTaskAnExceptionOfItsOwn() {
        Gate gate = gate();
        Notes pids = notes();
        Pool pool = openWith(2);
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 2)
                .mapToObj(n -> pool.submit(() -> {
                    pids.add(Inputs.pid());
                    return gate.pass(n);
                }))
                .toList();
        gate.awaitArrivals(2);
        pids.all().forEach(pid -> kill(Long.parseLong(pid)));
        List<Throwable> errors = new ArrayList<>();
        for (CompletableFuture<Integer> future : futures) {
            Waits.eventually("it ends", future::isDone);
            errors.add(future.exceptionNow());
            int frames = future.exceptionNow().getStackTrace().length;
            assertThatThrownBy(future::join).hasCause(errors.getLast());
            assertThat(future.exceptionNow().getStackTrace()).hasSize(frames);
        }
        assertThat(errors).hasOnlyElementsOfType(WorkerDiedException.class).doesNotHaveDuplicates();
        assertThat(errors.getFirst()).isNotSameAs(errors.getLast());
    }

    @Test
    @Case({77, 98})
    @Needs(Trait.ISOLATED)
    void shouldTellHowATaskHasEndedItsProcess() {
        Pool pool = openWith(1);
        List<Job<Integer>> ends = List.of(() -> Faults.halt(99), () -> {
            System.exit(99);
            return 0;
        });
        for (Job<Integer> end : ends) {
            WorkerDiedException died = deathOf(pool.submit(end));
            assertThat(died.exitCode()).isEqualTo(99);
            assertThat(died.reason()).isEqualTo("EXIT");
            assertThat(died).hasMessageContaining("99").hasMessageContaining(pool.name());
            assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        }
    }

    @Test
    @Case(97)
    @Needs(Trait.ISOLATED)
    void shouldSurviveACrashOfNativeCode() {
        Pool pool = openWith(2, c -> c.output((_, _) -> {}));
        assertThatThrownBy(() -> pool.map(List.of("item"), _ -> Faults.crash()))
                .isInstanceOfSatisfying(
                        WorkerDiedException.class,
                        died -> assertThat(died.reason()).isEqualTo("CRASH"));
        assertThat(pool.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldSurviveATaskThatUsesUpItsMemory() {
        Pool pool = openWith(1, c -> c.heap("24m"));
        long before = pool.submit(Inputs::pid).join();
        assertThatThrownBy(() -> pool.map(List.of(1 << 20), n -> {
                    List<long[]> hoard = new ArrayList<>();
                    while (hoard.size() < n) {
                        hoard.add(new long[n]);
                    }
                    return hoard.size();
                }))
                .satisfiesAnyOf(
                        thrown -> assertThat(thrown)
                                .isInstanceOf(TaskException.class)
                                .hasCauseInstanceOf(OutOfMemoryError.class),
                        thrown -> assertThat(thrown)
                                .isInstanceOfSatisfying(
                                        WorkerDiedException.class,
                                        died -> assertThat(died.reason()).isEqualTo("OUT_OF_MEMORY")));
        assertThat(pool.submit(Inputs::pid).join())
                .as("nothing in the old process can be relied on")
                .isNotEqualTo(before);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldQuoteTheLastWordsOfAWorker() {
        Pool pool = openWith(1, c -> c.output((_, _) -> {}));
        WorkerDiedException died = deathOf(pool.submit(() -> {
            System.err.println("the end is near");
            return Faults.halt(4);
        }));
        assertThat(died.lastOutput()).contains("the end is near");
        assertThat(died).hasMessageContaining("the end is near");
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldRetryAnItemWhoseWorkerDied() {
        Pool pool = openWith(1);
        List<Outcome<String, Integer>> outcomes = pool.with(o -> o.retries(1))
                .outcomes(
                        List.of("a", "b"),
                        item -> item.equals("a") && Worker.current().attempt() == 1 ? Faults.halt(3) : 1)
                .toList();
        assertThat(outcomes).containsExactly(new Outcome.Success<>(0, "a", 2, 1), new Outcome.Success<>(1, "b", 1, 1));
        assertThat(pool.stats().retried()).isEqualTo(1);
        assertThat(pool.stats().failed()).isZero();
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldReplaceAWorkerThatDiedWhileItWasIdle() {
        Pool pool = openWith(1);
        long pid = pool.submit(Inputs::pid).join();
        kill(pid);
        Waits.eventually(
                "it is dead",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(pool.submit(Inputs::pid).join()).isNotEqualTo(pid);
        assertThat(pool.stats().restarts()).isEqualTo(1);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldCloseAlthoughItsWorkersAreDead() {
        Pool pool = openWith(2);
        pool.with(o -> o.chunk(1)).map(Range.of(0, 4), _ -> Inputs.pid()).forEach(CrashContract::kill);
        pool.close();
        assertThat(pool.isTerminated()).isTrue();
    }

    // ---- on the way

    @Test
    @Case({94, 96})
    @Needs(Trait.ISOLATED)
    void shouldSurviveAnArgumentThatEndsTheWorkerThatReadsIt() {
        for (boolean natively : new boolean[] {false, true}) {
            Pool pool = openWith(1, c -> c.output((_, _) -> {}));
            Faults.EndsReader bad = new Faults.EndsReader(natively);
            assertThatThrownBy(() -> pool.submit(() -> bad.hashCode()).join())
                    .hasCauseInstanceOf(WorkerDiedException.class);
            assertThat(pool.<Object, Integer>outcomes(List.of(1, bad, 2), _ -> 1)
                            .map(Outcome::succeeded))
                    .containsExactly(true, false, true);
        }
    }

    @Test
    @Case({100, 101})
    @Needs(Trait.ISOLATED)
    void shouldSurviveAResultThatEndsTheWorkerThatWritesIt() {
        for (boolean natively : new boolean[] {false, true}) {
            Pool pool = openWith(1, c -> c.output((_, _) -> {}));
            assertThatThrownBy(() ->
                            pool.submit(() -> new Faults.EndsWriter(natively)).join())
                    .hasCauseInstanceOf(WorkerDiedException.class);
            assertThat(pool.outcomes(Range.of(0, 3), n -> n == 1 ? new Faults.EndsWriter(natively) : n)
                            .map(Outcome::succeeded))
                    .containsExactly(true, false, true);
        }
    }

    @Test
    @Case(105)
    @Needs(Trait.ISOLATED)
    void shouldNotHangWhenTheTaskOfABigArgumentEndsItsProcess() {
        Pool pool = openWith(2);
        List<byte[]> big =
                IntStream.range(0, 6).mapToObj(_ -> new byte[4 << 20]).toList();
        assertThatThrownBy(() -> pool.map(big, bytes -> Faults.halt(bytes.length & 7)))
                .isInstanceOf(WorkerDiedException.class);
        assertThat(pool.outcomes(big, bytes -> Faults.halt(bytes.length & 7)).map(Outcome::succeeded))
                .hasSize(6)
                .containsOnly(false);
        assertThat(pool.map(big, bytes -> bytes.length)).hasSize(6).containsOnly(4 << 20);
    }

    // ---- by force

    @Test
    @Case({90, 92})
    @Needs(Trait.ISOLATED)
    void shouldKillEveryWorkerOnShutdownNow() throws Exception {
        Notes said = notes();
        Gate gate = gate();
        Pool pool = openWith(2);
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 2)
                .mapToObj(n -> pool.submit(() -> {
                    said.add(Inputs.pid());
                    int passed = gate.passStubbornly(n);
                    said.add("finished");
                    return passed;
                }))
                .toList();
        gate.awaitArrivals(2);
        List<Runnable> _ = pool.shutdownNow();
        assertThatThrownBy(() -> pool.submit(() -> 1)).isInstanceOf(RejectedExecutionException.class);
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        gate.open();
        for (CompletableFuture<Integer> future : futures) {
            assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
        }
        assertThat(said.all()).hasSize(2).doesNotContain("finished");
        for (String pid : said.all()) {
            Waits.eventually(
                    "it is dead",
                    () -> ProcessHandle.of(Long.parseLong(pid))
                            .filter(ProcessHandle::isAlive)
                            .isEmpty());
        }
    }

    @Test
    @Case(89)
    @Needs(Trait.ISOLATED)
    void shouldEndEveryCallWhenNoProcessCanBeStarted() {
        List<Func<Pool, Object>> verbs = List.of(
                pool -> pool.map(Range.of(0, 10), Inputs::square),
                pool -> pool.mapAsync(Range.of(0, 10), Inputs::square).join(),
                pool -> pool.imap(Range.of(0, 10), Inputs::square).toList(),
                pool -> pool.submit(() -> 1).join());
        for (Func<Pool, Object> verb : verbs) {
            Pool pool = openWith(2, c -> c.java(Path.of("no", "such", "java")));
            assertThatThrownBy(() -> verb.apply(pool))
                    .satisfies(thrown -> assertThat(thrown instanceof BrokenPoolException ? thrown : thrown.getCause())
                            .isInstanceOf(BrokenPoolException.class)
                            .hasMessageContaining("java"));
            assertThatThrownBy(() -> pool.submit(() -> 1)).isInstanceOf(BrokenPoolException.class);
            pool.close();
        }
    }

    private static WorkerDiedException deathOf(CompletableFuture<?> future) {
        Waits.eventually("it ends", future::isDone);
        assertThat(future.exceptionNow()).isInstanceOf(WorkerDiedException.class);
        return (WorkerDiedException) future.exceptionNow();
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
}
