// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.cenote.ChildProcess;
import dev.cenote.NotShippableException;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedArray;
import dev.cenote.SharedBytes;
import dev.cenote.SharedCounter;
import dev.cenote.SharedDoubles;
import dev.cenote.SharedFiles;
import dev.cenote.SharedInts;
import dev.cenote.SharedLongs;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.supervisor.Meeting;
import java.io.IOException;
import java.io.Serializable;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Arrays and counters that worker processes have mapped.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedMemoryTest {

    private Pool pool = Pool.serial();

    @BeforeAll
    void open() {
        pool.close();
        pool = Pool.processes(2);
    }

    @AfterAll
    void close() {
        pool.close();
    }

    /// Something that travels by `java.io`, with a reference to itself.
    private static final class Node implements Serializable {

        private static final long serialVersionUID = 1L;

        private final transient SharedLongs unused = SharedLongs.of(0);
        private final Box box;
        private final Node self = this;

        Node(Box box) {
            this.box = box;
            unused.close();
        }
    }

    private record Box(String name, SharedLongs array, List<SharedLongs> more) {}

    // ---- ways

    @Test
    void capturedArray_isTheSameMemoryInWorkers() {
        try (SharedBytes bytes = SharedBytes.of(4);
                SharedInts ints = SharedInts.of(4);
                SharedLongs longs = SharedLongs.of(4);
                SharedDoubles doubles = SharedDoubles.of(4)) {
            pool.forEach(Range.of(0, 4), i -> {
                bytes.set(i, (byte) (i + 1));
                ints.set(i, 10 * i);
                longs.set(i, 100L * i);
                doubles.memory().setAtIndex(ValueLayout.JAVA_DOUBLE, i, i / 2.0);
            });
            assertThat(bytes.toArray()).containsExactly(1, 2, 3, 4);
            assertThat(ints.toArray()).containsExactly(0, 10, 20, 30);
            assertThat(longs.toArray()).containsExactly(0, 100, 200, 300);
            assertThat(doubles.toArray()).containsExactly(0, 0.5, 1, 1.5);
            ints.fill(7);
            assertThat(pool.call(() -> ints.stream().sum())).isEqualTo(28);
        }
    }

    @Test
    void childThatComputesInPlace_isSeenByItsParent() throws Exception {
        try (SharedLongs sums = SharedLongs.copyOf(new long[] {680, 626, 934, 821, 150, 233, 548, 982, 714, 831})) {
            ChildProcess<?> child = ChildProcess.start(() -> {
                for (int i = 1; i < sums.length(); i++) {
                    sums.set(i, sums.get(i) + sums.get(i - 1));
                }
            });
            child.join();
            assertThat(sums.toArray()).containsExactly(680, 1306, 2240, 3061, 3211, 3444, 3992, 4974, 5688, 6519);
        }
    }

    @Test
    void arraysInItemsAndResults_areTheSameMemory() {
        try (SharedLongs first = SharedLongs.of(1);
                SharedLongs second = SharedLongs.of(1)) {
            List<SharedLongs> back = pool.map(List.of(first, second, first), array -> {
                array.getAndAdd(0, 5);
                return array;
            });
            assertThat(back).containsExactly(first, second, first);
            assertThat(first.get(0)).isEqualTo(10);
            assertThat(second.get(0)).isEqualTo(5);
        }
    }

    @Test
    void arraysDeepInValues_travelByEveryForm() {
        try (SharedLongs array = SharedLongs.of(2)) {
            Box box = new Box("b", array, List.of(array, array));
            Box back = pool.map(List.of(box), b -> {
                        b.array().set(0, 1);
                        b.more().get(1).set(1, b.array() == b.more().get(0) ? 2 : 3);
                        return b;
                    })
                    .getFirst();
            assertThat(back.array()).isSameAs(array);
            assertThat(array.toArray()).containsExactly(1, 2);
            Node node = new Node(box);
            Node returned = pool.call(() -> {
                node.box.array.getAndAdd(0, 10);
                return node.self;
            });
            assertThat(returned.box.array).isSameAs(array);
            assertThat(array.get(0)).isEqualTo(11);
            Map<String, SharedArray> map = pool.call(() -> Map.of("a", array));
            assertThat(map).containsValue(array);
        }
    }

    @Test
    void arrayMadeByAWorker_isOwnedByTheProcessThatGetsIt() {
        SharedDoubles made = pool.call(() -> SharedDoubles.copyOf(new double[] {1, 2, 3}));
        try (made) {
            assertThat(made.toArray()).containsExactly(1, 2, 3);
            pool.forEach(Range.of(0, 30), i -> made.getAndAdd(i % 3, 1)); // also by the other worker
            assertThat(made.toArray()).containsExactly(11, 12, 13);
        }
        assertThatThrownBy(() -> pool.call(made::length))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContaining("SharedDoubles[length=3] cannot be sent to another process: it was closed");
    }

    @Test
    void arraysMadeByWorkers_surviveThem() {
        try (Pool brief = Pool.processes(c -> c.workers(2).maxTasksPerWorker(1))) {
            List<SharedInts> made = brief.map(Range.of(0, 4), i -> SharedInts.copyOf(new int[] {i, 2 * i}));
            for (int i = 0; i < made.size(); i++) {
                assertThat(made.get(i).toArray()).containsExactly(i, 2 * i);
            }
            assertThat(brief.map(made, array -> array.get(1))).containsExactly(0, 2, 4, 6);
            made.forEach(SharedInts::close);
        }
    }

    @Test
    void arrayThatAChildProcessReturns_isThereWhenTheChildHasEnded() throws Exception {
        for (int i = 0; i < 3; i++) {
            int value = i;
            ChildProcess<SharedInts> child = ChildProcess.start(() -> SharedInts.copyOf(new int[] {value, 7}));
            try (SharedInts made = child.result().get(30, TimeUnit.SECONDS)) {
                child.join();
                assertThat(made.toArray()).containsExactly(i, 7);
            }
        }
    }

    @Test
    void arrayOfAWorker_reachesTheWorkersOfItsOwnPool() {
        try (SharedLongs array = SharedLongs.of(3)) {
            SharedLongs made = pool.call(() -> {
                try (Pool inner = Pool.processes(1)) {
                    return inner.call(() -> {
                        array.set(1, 7);
                        return SharedLongs.copyOf(new long[] {array.get(1)});
                    });
                }
            });
            assertThat(array.get(1)).isEqualTo(7);
            assertThat(made.toArray()).containsExactly(7);
            made.close();
        }
    }

    // ---- counting

    @Test
    void incrementsOfTwoWorkers_areExact(@TempDir Path folder) throws IOException {
        try (SharedCounter counter = SharedCounter.of(0);
                SharedLongs longs = SharedLongs.of(1);
                SharedDoubles doubles = SharedDoubles.of(1);
                SharedBytes bytes = SharedBytes.of(2)) {
            Set<Long> both = Meeting.of(pool, 2, folder);
            assertThat(both).hasSize(2);
            pool.with(o -> o.chunk(1)).forEach(Range.of(0, 20), i -> {
                for (int k = 0; k < 50_000; k++) {
                    counter.increment();
                    longs.getAndAdd(0, 2);
                    doubles.getAndAdd(0, 0.5);
                    bytes.getAndAdd(i % 2, (byte) 1);
                }
            });
            assertThat(counter.get()).isEqualTo(1_000_000);
            assertThat(longs.get(0)).isEqualTo(2_000_000);
            assertThat(doubles.get(0)).isEqualTo(500_000);
            assertThat(bytes.toArray()).containsOnly((byte) 500_000);
        }
    }

    // ---- life

    @Test
    void arrayThatOnlyATaskHas_livesUntilItHasRun() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        try (Pool one = Pool.processes(1)) {
            List<CompletableFuture<Long>> results = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                results.add(submitWithArray(one, i));
                System.gc();
            }
            free.countDown();
            for (int i = 0; i < 20; i++) {
                assertThat(results.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i);
            }
        }
    }

    private static CompletableFuture<Long> submitWithArray(Pool to, long value) {
        SharedLongs array = SharedLongs.copyOf(new long[] {value});
        return to.submit(() -> array.get(0));
    }

    @Test
    void arraysThatOnlyItemsHave_liveUntilTheyHaveRun() {
        List<Long> results = pool.imap(
                        () -> Stream.iterate(0L, n -> n + 1)
                                .limit(200)
                                .map(n -> {
                                    if (n % 20 == 0) {
                                        System.gc();
                                    }
                                    return SharedLongs.copyOf(new long[] {n});
                                })
                                .iterator(),
                        array -> array.get(0))
                .toList();
        assertThat(results).isEqualTo(Stream.iterate(0L, n -> n + 1).limit(200).toList());
    }

    @Test
    void arrayOfAChildProcess_livesUntilItHasRun() throws Exception {
        ChildProcess<Long> child = childWithArray(42);
        System.gc();
        assertThat(child.result().get(30, TimeUnit.SECONDS)).isEqualTo(42);
        child.join();
    }

    private static ChildProcess<Long> childWithArray(long value) {
        SharedLongs array = SharedLongs.copyOf(new long[] {value});
        return ChildProcess.start(() -> array.get(0));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void closedArrays_areLetGoByWorkers() {
        try (Pool one = Pool.processes(1)) {
            long most = 0;
            for (int i = 0; i < 50; i++) {
                try (SharedLongs array = SharedLongs.of(1_000)) {
                    most = Math.max(most, one.call(() -> {
                        array.set(0, 1);
                        return SharedFiles.mapped();
                    }));
                    one.forEach(List.of(array), a -> a.set(1, 1));
                }
            }
            assertThat(most).isBetween(1L, 5L);
            assertThat(one.call(SharedFiles::opened)).isBetween(0L, 5L);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void arraysMadeByAWorkerAndClosedHere_areLetGoByIt() {
        try (Pool one = Pool.processes(1)) {
            long most = 0;
            for (int i = 0; i < 50; i++) {
                Made made = one.call(() -> new Made(SharedLongs.of(1_000), SharedFiles.mapped()));
                most = Math.max(most, made.mapped());
                made.array().close();
            }
            assertThat(most).isBetween(1L, 10L);
        }
    }

    private record Made(SharedLongs array, long mapped) {}

    @Test
    void arrayClosedByItsOwner_isRefusedInATaskThatHasItStill() throws Exception {
        SharedLongs array = SharedLongs.of(1);
        SharedCounter looks = SharedCounter.of(0);
        try (looks) {
            CompletableFuture<String> end = pool.submit(() -> {
                looks.increment();
                long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (looks.get() < 2 && System.nanoTime() - limit < 0) {
                    Thread.onSpinWait();
                }
                for (int i = 0; i < 100; i++) {
                    SharedLongs.of(1).close(); // looks now and then what was closed
                }
                return catchThrowable(() -> array.get(0)) + "";
            });
            await().until(() -> looks.get() == 1);
            array.close();
            looks.increment();
            assertThat(end.get(30, TimeUnit.SECONDS))
                    .isEqualTo("java.lang.IllegalStateException: SharedLongs[length=1] was closed");
        }
    }

    @Test
    void workerThatClosesAnArray_letsGoOfItAlone() {
        try (SharedLongs array = SharedLongs.of(1)) {
            pool.forEach(Range.of(0, 4), i -> {
                array.getAndAdd(0, 1);
            });
            pool.forEach(List.of(array, array), SharedLongs::close);
            array.getAndAdd(0, 1);
            assertThat(pool.call(() -> array.get(0))).isEqualTo(5);
        }
    }

    // ---- deaths

    private static void killThisProcess() throws Exception {
        String pid = Long.toString(ProcessHandle.current().pid());
        new ProcessBuilder("kill", "-9", pid).start().waitFor();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a worker sends itself a signal")
    void killedWorkers_leaveTheMemoryAsItWas() throws IOException {
        try (SharedCounter counter = SharedCounter.of(0);
                Pool two = Pool.processes(2)) {
            long open = SharedFiles.opened();
            Random random = new Random(7);
            Set<Integer> killed = Set.copyOf(random.ints(0, 30).limit(6).boxed().toList());
            List<Outcome<Integer, Long>> outcomes = two.outcomes(Range.of(0, 30), i -> {
                        for (int k = 0; k < 1_000; k++) {
                            counter.increment();
                        }
                        if (killed.contains(i)) {
                            killThisProcess();
                        }
                        return counter.get();
                    })
                    .toList();
            assertThat(outcomes.stream().filter(Outcome::succeeded)).hasSize(30 - killed.size());
            assertThat(outcomes.stream()
                            .filter(outcome -> !outcome.succeeded())
                            .map(outcome -> ((Outcome.Failure<?, ?>) outcome).error()))
                    .allSatisfy(error -> assertThat(error).isInstanceOf(WorkerDiedException.class));
            assertThat(counter.get()).isEqualTo(30_000);
            assertThat(SharedFiles.opened()).isEqualTo(open);
        }
    }

    @Test
    void arrayWhoseMakerWasKilledAfterItWasReturned_isUsedOn(@TempDir Path folder) throws Exception {
        try (Pool one = Pool.processes(1)) {
            SharedLongs made = one.call(() -> SharedLongs.copyOf(new long[] {1, 2}));
            long pid = Meeting.of(one, 1, folder).iterator().next();
            ProcessHandle maker = ProcessHandle.of(pid).orElseThrow();
            maker.destroyForcibly();
            maker.onExit().get(20, TimeUnit.SECONDS);
            assertThat(made.toArray()).containsExactly(1, 2);
            assertThat(one.call(() -> made.getAndAdd(1, 5))).isEqualTo(2);
            assertThat(made.get(1)).isEqualTo(7);
            made.close();
        }
    }
}
