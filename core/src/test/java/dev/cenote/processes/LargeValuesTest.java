// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.TaskTimeoutException;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.channel.ChannelOptions;
import dev.cenote.internal.wire.Attachments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Values that are larger than the channel, to a worker and back.
@Timeout(60)
class LargeValuesTest {

    private static final int LARGE = 8 << 20;

    @AfterEach
    void anyChannel() {
        System.clearProperty(ChannelOptions.PROPERTY);
    }

    private static byte[] bytes(int count, int seed) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + seed + (i >>> 12));
        }
        return bytes;
    }

    private static <T> T same(T value) {
        return value;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "socket", "socket,tcp"})
    void largeItemsAndResults_comeAsTheyAre_overEachChannel(String channel) {
        System.setProperty(ChannelOptions.PROPERTY, channel);
        long[] numbers = new long[LARGE / 8];
        Arrays.setAll(numbers, i -> i * 0x9e3779b97f4a7c15L);
        List<Object> items = List.of(bytes(LARGE, 1), numbers, "text".repeat(LARGE / 4), 17, List.of(numbers, "x"));
        try (Pool pool = Pool.processes(2)) {
            List<Object> results = pool.map(items, LargeValuesTest::same);
            assertThat(results.get(0)).isEqualTo(items.get(0));
            assertThat(results.get(1)).isEqualTo(numbers);
            assertThat(results.get(2)).isEqualTo(items.get(2));
            assertThat(results.get(3)).isEqualTo(17);
            assertThat((List<?>) results.get(4)).first().isEqualTo(numbers);
        }
    }

    @Test
    void capturedArray_isAsItWasWhenTheTaskWasSubmitted() {
        byte[] large = bytes(LARGE, 1);
        byte[] before = large.clone();
        try (Pool pool = Pool.processes(1)) {
            CompletableFuture<Integer> first = pool.submit(() -> 1);
            CompletableFuture<byte[]> second = pool.submit(() -> large);
            Arrays.fill(large, (byte) 0);
            assertThat(first.join()).isEqualTo(1);
            assertThat(second.join()).isEqualTo(before);
        }
    }

    private static byte[] grown(byte[] item) {
        return Arrays.copyOf(item, LARGE + item.length);
    }

    @Test
    void largeItemBehindASmallOne_waitsForItsAnswer_insteadOfBothSidesForEachOther() {
        List<byte[]> items = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            items.add(bytes(i % 3 == 2 ? LARGE : 1_000, i));
        }
        try (Pool pool = Pool.processes(1)) {
            List<byte[]> warm = pool.map(Collections.nCopies(1_000, new byte[1]), LargeValuesTest::same);
            assertThat(warm).hasSize(1_000);

            List<byte[]> results = pool.with(o -> o.chunk(12)).map(items, LargeValuesTest::grown);

            for (int i = 0; i < 12; i++) {
                assertThat(results.get(i)).isEqualTo(grown(items.get(i)));
            }
        }
    }

    /// Ends the process that makes it, unless that is the one that made the first.
    record Mine(long pid) {

        Mine {
            if (pid != ProcessHandle.current().pid()) {
                Runtime.getRuntime().halt(7);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record DeadlyLoad(byte[] before, Object mine, byte[] behind) {}

    @ParameterizedTest
    @ValueSource(strings = {"", "socket"})
    void deathAsAnItemIsMade_costsThatItem(String channel) {
        System.setProperty(ChannelOptions.PROPERTY, channel);
        List<Object> items = new ArrayList<>(Collections.nCopies(6, bytes(LARGE, 1)));
        items.set(
                3,
                new DeadlyLoad(bytes(LARGE, 1), new Mine(ProcessHandle.current().pid()), bytes(4 * LARGE, 2)));
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Object, Integer>> outcomes =
                    pool.<Object, Integer>outcomes(items, item -> 1).toList();

            assertThat(outcomes).filteredOn(Outcome::succeeded).hasSize(5);
            Throwable error = ((Outcome.Failure<Object, Integer>) outcomes.get(3)).error();
            assertThat(error).isInstanceOf(WorkerDiedException.class);
            assertThat(((WorkerDiedException) error).exitCode()).isEqualTo(7);
        }
    }

    /// Ends the worker as soon as it is seen to receive an array.
    private static int watch(Object item) {
        if (item.equals("watch")) {
            Thread receiver = Thread.currentThread();
            Thread watching = new Thread(() -> {
                while (true) {
                    for (StackTraceElement each : receiver.getStackTrace()) {
                        if (each.getClassName().equals(Attachments.class.getName())) {
                            Runtime.getRuntime().halt(7);
                        }
                    }
                    Thread.onSpinWait();
                }
            });
            watching.setDaemon(true);
            watching.start();
        }
        return 1;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "socket"})
    void deathWhileAnItemComes_costsThatItem(String channel) {
        System.setProperty(ChannelOptions.PROPERTY, channel);
        List<Object> items = new ArrayList<>(Collections.nCopies(13, bytes(2 * LARGE, 1)));
        items.set(0, "watch");
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Object, Integer>> outcomes = pool.<Object, Integer>outcomes(items, LargeValuesTest::watch)
                    .toList();

            assertThat(outcomes).filteredOn(Outcome::succeeded).hasSize(12);
            assertThat(outcomes)
                    .filteredOn(each -> !each.succeeded())
                    .singleElement()
                    .satisfies(each -> {
                        Throwable error = ((Outcome.Failure<Object, Integer>) each).error();
                        assertThat(error).isInstanceOf(WorkerDiedException.class);
                        assertThat(((WorkerDiedException) error).exitCode()).isEqualTo(7);
                    });
        }
    }

    /// Kills the process whose number it has, when it is made in another.
    record Killer(long pid) {

        Killer {
            if (pid != ProcessHandle.current().pid()) {
                ProcessHandle victim = ProcessHandle.of(pid).orElseThrow();
                victim.destroyForcibly();
                victim.onExit().join();
            }
        }
    }

    private static Object killed(Integer n) {
        return n == 3
                ? new DeadlyLoad(
                        bytes(LARGE, 1), new Killer(ProcessHandle.current().pid()), bytes(4 * LARGE, 2))
                : bytes(LARGE, n);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "socket"})
    void deathInTheMiddleOfAResult_costsThatResult(String channel) {
        System.setProperty(ChannelOptions.PROPERTY, channel);
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Integer, Object>> outcomes = pool.<Integer, Object>outcomes(
                            List.of(0, 1, 2, 3, 4, 5), LargeValuesTest::killed)
                    .toList();

            assertThat(outcomes).filteredOn(Outcome::succeeded).hasSize(5);
            Throwable error = ((Outcome.Failure<Integer, Object>) outcomes.get(3)).error();
            assertThat(error).isInstanceOf(WorkerDiedException.class).hasMessageContaining("signal");
        }
    }

    /// Is never made in another process than the one whose number it has.
    record Endless(long pid) {

        Endless {
            while (pid != ProcessHandle.current().pid()) {
                LockSupport.park();
            }
        }
    }

    @Test
    void itemThatHangsInTheMiddle_isEndedByItsLimit() {
        Object endless = new Endless(ProcessHandle.current().pid());
        List<Object> items = List.of(1, new DeadlyLoad(bytes(LARGE, 1), endless, bytes(4 * LARGE, 2)), bytes(LARGE, 3));
        try (Pool pool = Pool.processes(1)) {
            assertThat(pool.call(() -> 1)).isEqualTo(1);
            List<Outcome<Object, Integer>> outcomes = pool.with(o -> o.timeout(Duration.ofSeconds(1)))
                    .<Object, Integer>outcomes(items, item -> 1)
                    .toList();

            assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, false, true);
            assertThat(((Outcome.Failure<Object, Integer>) outcomes.get(1)).error())
                    .isInstanceOf(TaskTimeoutException.class);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Refusing(byte[] before, Object refusal, byte[] behind) {}

    /// Can be made by those who have it only.
    record Here(long pid) {

        Here {
            if (pid != ProcessHandle.current().pid()) {
                throw new IllegalArgumentException("not here");
            }
        }
    }

    @Test
    void valueThatCannotBeRebuilt_costsItself_notWhatIsAttachedToIt() {
        Here here = new Here(ProcessHandle.current().pid());
        List<Object> items = List.of(1, new Refusing(bytes(LARGE, 1), here, bytes(LARGE, 2)), bytes(LARGE, 3));
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Object, Object>> outcomes =
                    pool.<Object, Object>outcomes(items, LargeValuesTest::same).toList();

            assertThat(outcomes.get(0).succeeded()).isTrue();
            assertThat(outcomes.get(1).succeeded()).isFalse();
            assertThat(((Outcome.Failure<Object, Object>) outcomes.get(1)).error())
                    .hasStackTraceContaining("not here");
            assertThat(((Outcome.Success<Object, Object>) outcomes.get(2)).value())
                    .isEqualTo(bytes(LARGE, 3));
            assertThat(pool.stats().restarts()).isZero();
        }
    }

    @Test
    void itemThatDoesNotFitIntoTheHeapOfItsWorker_isToldWithTheOption_andTheWorkerGoesOn() {
        try (Pool pool = Pool.processes(c -> c.workers(1).heap("48m"))) {
            assertThatThrownBy(() -> pool.map(List.of(new long[12 << 20]), array -> array.length))
                    .hasStackTraceContaining("an array of 96 MiB does not fit into the heap")
                    .hasStackTraceContaining("PoolConfig.heap");
            assertThat(pool.map(List.of(new long[1 << 20]), array -> array.length))
                    .containsExactly(1 << 20);
            assertThat(pool.stats().restarts()).isZero();
        }
    }

    @Test
    void heapOfAWorker_doesNotGrowWithEachItem() {
        List<byte[]> items = Collections.nCopies(24, bytes(32 << 20, 1));
        try (Pool pool = Pool.processes(c -> c.workers(1).heap("2g"))) {
            List<Long> sizes = pool.map(items, item -> Runtime.getRuntime().totalMemory());

            assertThat(sizes.getLast() - sizes.getFirst()).isLessThan(300L << 20);
        }
    }
}
