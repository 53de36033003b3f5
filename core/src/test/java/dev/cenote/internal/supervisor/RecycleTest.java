// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.Range;
import dev.cenote.Worker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Worker processes that are replaced after so many tasks, or when they have grown too large.
@Timeout(60)
class RecycleTest {

    /// What a task holds on to, in a worker.
    private static final List<byte[]> LEAK = new ArrayList<>();

    private static PoolConfig counting(PoolConfig config) {
        return config.workers(1)
                .initializer(() -> new AtomicInteger())
                .exit(() -> Worker.current().state(AtomicInteger.class).get());
    }

    private static long count() {
        Worker.current().state(AtomicInteger.class).incrementAndGet();
        return ProcessHandle.current().pid();
    }

    private static List<Integer> runs(List<Long> pids) {
        Map<Long, Integer> runs = new LinkedHashMap<>();
        pids.forEach(pid -> runs.merge(pid, 1, Integer::sum));
        return List.copyOf(runs.values());
    }

    @Test
    void items_areCountedExactly_andStateAndExitFunctionArePerProcess() {
        Pool pool = Pool.processes(c -> counting(c).maxTasksPerWorker(3));
        try (pool) {
            assertThat(runs(pool.map(Range.of(0, 10), n -> count()))).containsExactly(3, 3, 3, 1);
            assertThat(pool.exitResults().toArray()).startsWith(3, 3, 3);
            assertThat(pool.stats().restarts()).isEqualTo(3);
        }
        assertThat(pool.exitResults().toArray()).containsExactly(3, 3, 3, 1);
    }

    @Test
    void jobsAndItemsAndFailures_allCount() {
        Pool pool = Pool.processes(c -> counting(c).maxTasksPerWorker(2));
        try (pool) {
            List<Long> pids = new ArrayList<>();
            pids.add(pool.submit(() -> count()).join());
            pids.addAll(pool.map(List.of(1), n -> count()));
            assertThatThrownBy(() -> pool.map(List.of(1), n -> {
                        throw new IllegalStateException(Long.toString(count()));
                    }))
                    .isInstanceOfSatisfying(IllegalStateException.class, e -> pids.add(Long.parseLong(e.getMessage())));
            pids.add(pool.submit(() -> count()).join());
            pids.add(pool.submit(() -> count()).join());
            assertThat(runs(pids)).containsExactly(2, 2, 1);
        }
        assertThat(pool.exitResults().toArray()).containsExactly(2, 2, 1);
    }

    @Test
    void itemThatCannotTravel_isNotCounted() {
        try (Pool pool = Pool.processes(c -> counting(c).maxTasksPerWorker(2))) {
            long pid = pool.submit(() -> count()).join();
            assertThatThrownBy(() -> pool.map(List.of(new Object()), n -> count()))
                    .hasMessageContaining("java.lang.Object");
            assertThat(pool.submit(() -> count()).join()).isEqualTo(pid);
        }
    }

    @Test
    void backlogOfSeveralWorkers_isWorkedOff() {
        try (Pool pool = Pool.processes(c -> c.workers(2).maxTasksPerWorker(2))) {
            List<CompletableFuture<Integer>> jobs = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int n = i;
                jobs.add(pool.submit(() -> n));
            }
            for (int i = 0; i < 12; i++) {
                assertThat(jobs.get(i).join()).isEqualTo(i);
            }
        }
    }

    @Test
    void usedUpWorker_doesNotWaitForTheNextTaskToEnd() {
        try (Pool pool = Pool.processes(c -> counting(c).maxTasksPerWorker(1))) {
            long pid = pool.submit(() -> count()).join();
            await().until(() -> ProcessHandle.of(pid).isEmpty());
            await().untilAsserted(() -> assertThat(pool.exitResults().toArray()).containsExactly(1));
        }
    }

    @Test
    void workerThatHasGrownTooLarge_isReplacedAfterItsAnswer() {
        try (Pool pool = Pool.processes(c -> c.workers(1).heap("512m").maxMemory("250m"))) {
            long first = pool.submit(() -> ProcessHandle.current().pid()).join();
            assertThat(pool.submit(() -> leak(10)).join()).isEqualTo(first);
            assertThat(pool.submit(() -> leak(300)).join()).isEqualTo(first);
            assertThat(pool.submit(() -> LEAK.size()).join()).isZero();
            assertThat(pool.stats().restarts()).isOne();
            List<Long> pids = pool.with(o -> o.chunk(1)).map(List.of(1, 300, 1), RecycleTest::leak);
            await().until(() -> ProcessHandle.of(pids.get(1)).isEmpty());
        }
    }

    private static long leak(int megabytes) {
        LEAK.add(new byte[megabytes << 20]);
        return ProcessHandle.current().pid();
    }

    @Test
    void limitBelowWhatAWorkerNeeds_replacesItAfterEachTask() {
        try (Pool pool = Pool.processes(c -> counting(c).maxMemory("1m"))) {
            List<Long> pids = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                pids.add(pool.submit(() -> count()).join());
            }
            assertThat(runs(pids)).containsExactly(1, 1, 1);
        }
    }

    @Test
    void limitThatIsNoSize_isRefused() {
        for (String text : List.of("", "m", "12", "0m", "-1m", "1.5g", "9999999999t", "1mb")) {
            assertThatThrownBy(() -> PoolConfig.DEFAULT.maxMemory(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("maxMemory must be a number and a unit")
                    .hasMessageEndingWith("maxMemory=" + text);
        }
        assertThat(PoolConfig.DEFAULT.maxMemory("3G").processes().maxMemory()).isEqualTo(3L << 30);
    }
}
