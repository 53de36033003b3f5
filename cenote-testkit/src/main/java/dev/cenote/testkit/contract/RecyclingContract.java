// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Notes;
import dev.cenote.testkit.internal.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Workers that end in order before their pool does: after a number of tasks, or when there is nothing to do.
public abstract class RecyclingContract extends EngineContract {

    @Test
    @Case(37)
    @Needs(Trait.ISOLATED)
    void shouldReplaceWorkersAfterANumberOfTasks() {
        Pool pool = openWith(3, c -> c.maxTasksPerWorker(10));
        List<CompletableFuture<List<Long>>> futures = LongStream.range(0, 100)
                .mapToObj(n -> pool.submit(() -> List.of(n * n, Inputs.pid())))
                .toList();
        List<Long> pids = new ArrayList<>();
        for (int i = 0; i < futures.size(); i++) {
            List<Long> answer = futures.get(i).join();
            assertThat(answer.getFirst()).isEqualTo((long) i * i);
            pids.add(answer.getLast());
        }
        for (Long pid : new HashSet<>(pids)) {
            assertThat(pids.stream().filter(pid::equals).count()).isBetween(1L, 10L);
        }
    }

    @Test
    @Case(81)
    @Needs(Trait.ISOLATED)
    void shouldCountTheTasksOfOneWorker() {
        Pool pool = openWith(1, c -> c.maxTasksPerWorker(3));
        List<Long> pids = IntStream.range(0, 4)
                .mapToObj(_ -> pool.submit(Inputs::pid).join())
                .toList();
        assertThat(new HashSet<>(pids.subList(0, 3))).hasSize(1);
        assertThat(pids.get(3)).isNotEqualTo(pids.getFirst());
        assertThat(ProcessHandle.of(pids.getFirst()).filter(ProcessHandle::isAlive))
                .as("one at a time")
                .isEmpty();
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldCountItemsAndNotChunks() {
        Pool pool = openWith(1, c -> c.maxTasksPerWorker(10));
        List<Long> pids = pool.with(o -> o.chunk(30)).map(Range.of(0, 30), _ -> Inputs.pid());
        assertThat(new HashSet<>(pids)).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(new HashSet<>(pids.subList(i * 10, i * 10 + 10))).hasSize(1);
        }
    }

    @Test
    @Case({38, 88})
    @Needs(Trait.ISOLATED)
    void shouldReplaceWorkersWhileThePoolCloses() {
        Pool pool = openWith(3, c -> c.maxTasksPerWorker(1));
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 6)
                .mapToObj(n -> pool.submit(() -> Inputs.square(n)))
                .toList();
        pool.close();
        assertThat(futures).extracting(CompletableFuture::join).isEqualTo(Inputs.squares(6));
    }

    @Test
    @Case(84)
    @Needs(Trait.ISOLATED)
    void shouldFinishWhatWasAcceptedWithANewProcessForEachTask() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(1, c -> c.maxTasksPerWorker(1));
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 3)
                .mapToObj(n -> pool.submit(() -> gate.pass(n)))
                .toList();
        gate.awaitArrivals(1);
        pool.shutdown();
        gate.open();
        assertThat(futures).extracting(CompletableFuture::join).containsExactly(0, 1, 2);
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Case(85)
    @Needs(Trait.ISOLATED)
    void shouldFinishTheWorkOfADroppedPoolWithANewProcessForEachTask() {
        List<CompletableFuture<Integer>> futures = submitToADroppedPool();
        System.gc();
        for (int i = 0; i < futures.size(); i++) {
            assertThat(futures.get(i).orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(i);
        }
        System.gc();
    }

    private List<CompletableFuture<Integer>> submitToADroppedPool() {
        Pool pool =
                engine().factory().open(c -> c.workers(1).maxTasksPerWorker(1).name("dropped-recycling"));
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int n = i;
            Job<Integer> job = () -> {
                System.gc();
                return n;
            };
            futures.add(pool.submit(job));
        }
        return futures;
    }

    @Test
    @Case(86)
    @Needs(Trait.ISOLATED)
    void shouldStartNoProcessAfterShutdownNow() throws Exception {
        Notes begun = notes();
        Pool pool = openWith(1, c -> c.maxTasksPerWorker(1));
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 20)
                .mapToObj(_ -> pool.submit(() -> begun.add(Inputs.pid())))
                .toList();
        Waits.eventually("the first is done", () -> futures.getFirst().isDone());
        List<Runnable> _ = pool.shutdownNow();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        int soFar = begun.count();
        assertThat(futures).allMatch(Future::isDone);
        assertThat(futures).filteredOn(Future::isCancelled).hasSizeGreaterThanOrEqualTo(20 - soFar);
        assertThat(soFar).isLessThan(20);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldRunTheExitFunctionOfEachWorkerThatIsReplaced() {
        Pool pool =
                openWith(1, c -> c.maxTasksPerWorker(2).initializer(Inputs::pid).exit(Inputs::pid));
        List<Long> pids = IntStream.range(0, 6)
                .mapToObj(_ -> pool.submit(Inputs::pid).join())
                .toList();
        pool.close();
        assertThat(pool.exitResults()).containsExactlyInAnyOrderElementsOf(new HashSet<>(pids));
        assertThat(new HashSet<>(pids)).hasSize(3);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldEndAWorkerThatHasNothingToDo() {
        Pool pool = openWith(1, c -> c.idleTimeout(Duration.ofMillis(50)));
        long pid = pool.submit(Inputs::pid).join();
        Waits.eventually(
                "the idle worker has ended",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(pool.submit(Inputs::pid).join()).isNotEqualTo(pid);
    }
}
