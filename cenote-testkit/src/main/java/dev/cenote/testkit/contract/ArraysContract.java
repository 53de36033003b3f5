// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Broadcast;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedArray;
import dev.cenote.SharedBytes;
import dev.cenote.SharedCounter;
import dev.cenote.SharedDoubles;
import dev.cenote.SharedInts;
import dev.cenote.SharedLongs;
import dev.cenote.testkit.Case;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Arrays and counters in shared memory, and values that each worker gets once: the same code on every engine.
public abstract class ArraysContract extends EngineContract {

    @Test
    @Case(180)
    void shouldCountExactlyInAllWorkers() {
        Pool pool = openWith(2);
        try (SharedCounter counter = SharedCounter.of(0);
                SharedDoubles sums = SharedDoubles.of(2)) {
            pool.with(o -> o.chunk(1)).forEach(Range.of(0, 8), i -> {
                for (int k = 0; k < 10_000; k++) {
                    counter.increment();
                    sums.getAndAdd(i % 2, 0.25);
                }
            });
            assertThat(counter.get()).isEqualTo(80_000);
            assertThat(sums.toArray()).containsExactly(10_000, 10_000);
        }
    }

    @Test
    @Case(181)
    void shouldComputeInPlace() {
        Pool pool = openWith(2);
        long[] start = {680, 626, 934, 821, 150, 233, 548, 982, 714, 831};
        try (SharedLongs sums = SharedLongs.copyOf(start)) {
            pool.submit(() -> {
                        for (int i = 1; i < sums.length(); i++) {
                            sums.getAndAdd(i, sums.get(i - 1));
                        }
                    })
                    .join();
            assertThat(sums.toArray()).containsExactly(680, 1306, 2240, 3061, 3211, 3444, 3992, 4974, 5688, 6519);
            long[] part = new long[2];
            sums.get(3, part, 0, 2);
            assertThat(part).containsExactly(3061, 3211);
        }
    }

    @Test
    @Case(181)
    void shouldBeZeroAtFirstEachTime() {
        Pool pool = openWith(2);
        for (int round = 0; round < 3; round++) {
            try (SharedInts ints = SharedInts.of(100)) {
                assertThat(pool.<Integer>call(() -> ints.stream().sum())).isZero();
                pool.forEach(Range.of(0, 100), i -> ints.set(i, i));
                assertThat(ints.stream().sum()).isEqualTo(4_950);
            }
        }
    }

    @Test
    @Case(189)
    void shouldRefuseWhatIsNotThere() {
        Pool pool = openWith(1);
        assertThatThrownBy(() -> SharedBytes.of(-1)).isInstanceOf(IllegalArgumentException.class);
        SharedBytes bytes = SharedBytes.of(3);
        assertThatThrownBy(() -> pool.call(() -> bytes.get(3)))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("Index 3 out of bounds for length 3");
        bytes.close();
        bytes.close();
        assertThatThrownBy(() -> bytes.get(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("SharedBytes[length=3] was closed");
    }

    @Test
    @Case(190)
    void shouldBeOneMemoryForAll() {
        Pool pool = openWith(2);
        try (SharedInts captured = SharedInts.of(4);
                SharedInts item = SharedInts.of(4)) {
            CompletableFuture<?> first = pool.submit(() -> captured.set(1, 11));
            CompletableFuture<?> second = pool.submit(() -> captured.set(2, 22));
            first.join();
            second.join();
            captured.set(3, 33);
            assertThat(pool.<Integer>call(() -> captured.stream().sum())).isEqualTo(66);
            List<SharedInts> back = pool.map(List.of(item, item), array -> {
                array.getAndAdd(0, 1);
                return array;
            });
            assertThat(back).containsExactly(item, item);
            assertThat(item.get(0)).isEqualTo(2);
        }
    }

    @Test
    @Case(190)
    void shouldRefuseATaskThatUsesClosedMemory() {
        Pool pool = openWith(1);
        SharedInts array = SharedInts.of(1);
        array.close();
        assertThatThrownBy(() -> pool.call(() -> array.get(0)))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("SharedInts[length=1]")
                .hasMessageContaining("was closed");
        assertThat(pool.<Integer>call(() -> 1)).isEqualTo(1);
    }

    @Test
    void shouldBringBackTheArrayOfATask() {
        Pool pool = openWith(2);
        List<SharedDoubles> made = pool.map(Range.of(0, 4), i -> SharedDoubles.copyOf(new double[] {i, 2 * i}));
        pool.forEach(made, array -> array.getAndAdd(1, 0.5));
        for (int i = 0; i < made.size(); i++) {
            assertThat(made.get(i).toArray()).containsExactly(i, 2 * i + 0.5);
        }
        made.forEach(SharedArray::close);
    }

    @Test
    void shouldGiveABroadcastToEachWorkerOnce() {
        Pool pool = openWith(2);
        int[] value = {1, 2, 3};
        try (Broadcast<int[]> broadcast = pool.broadcast(value)) {
            assertThat(pool.map(Range.of(0, 30), i -> broadcast.value()[i % 3]))
                    .startsWith(1, 2, 3)
                    .hasSize(30);
            Set<String> copies = pool
                    .map(
                            Range.of(0, 30),
                            i -> ProcessHandle.current().pid() + " " + System.identityHashCode(broadcast.value()))
                    .stream()
                    .collect(Collectors.toSet());
            assertThat(copies).hasSizeLessThanOrEqualTo(2);
            assertThat(broadcast.value()).isSameAs(value);
        }
    }

    @Test
    void shouldEndABroadcastWithItsPool() {
        Pool pool = openWith(1);
        Broadcast<String> closed = pool.broadcast("a");
        Broadcast<String> open = pool.broadcast("b");
        closed.close();
        assertThatThrownBy(closed::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a broadcast of pool \"" + pool.name() + "\" was closed");
        assertThat(open.value()).isEqualTo("b");
        pool.close();
        assertThatThrownBy(open::value).isInstanceOf(IllegalStateException.class);
    }
}
