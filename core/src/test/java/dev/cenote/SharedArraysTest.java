// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What arrays and counters in shared memory do, within one process.
@Timeout(60)
class SharedArraysTest {

    private static final Path MEMORY = Path.of("/dev/shm");

    static Stream<SharedArray> ofThree() {
        return Stream.of(SharedBytes.of(3), SharedInts.of(3), SharedLongs.of(3), SharedDoubles.of(3));
    }

    // ---- elements

    @Test
    void elements_areZeroAtFirstAndKeepWhatIsSet() {
        try (SharedBytes bytes = SharedBytes.of(3);
                SharedInts ints = SharedInts.of(3);
                SharedLongs longs = SharedLongs.of(3);
                SharedDoubles doubles = SharedDoubles.of(3)) {
            assertThat(bytes.toArray()).containsExactly(0, 0, 0);
            assertThat(ints.toArray()).containsExactly(0, 0, 0);
            assertThat(longs.toArray()).containsExactly(0, 0, 0);
            assertThat(doubles.toArray()).containsExactly(0, 0, 0);
            bytes.set(1, (byte) -7);
            ints.set(1, Integer.MIN_VALUE);
            longs.set(1, Long.MIN_VALUE);
            doubles.set(1, Double.NaN);
            bytes.setVolatile(2, (byte) 8);
            ints.setVolatile(2, 8);
            longs.setVolatile(2, 8);
            doubles.setVolatile(2, 8);
            assertThat(bytes.get(1)).isEqualTo((byte) -7);
            assertThat(ints.get(1)).isEqualTo(Integer.MIN_VALUE);
            assertThat(longs.get(1)).isEqualTo(Long.MIN_VALUE);
            assertThat(doubles.get(1)).isNaN();
            assertThat(bytes.getVolatile(2)).isEqualTo((byte) 8);
            assertThat(ints.getVolatile(2)).isEqualTo(8);
            assertThat(longs.getVolatile(2)).isEqualTo(8);
            assertThat(doubles.getVolatile(2)).isEqualTo(8);
            assertThat(bytes.get(0)).isZero();
        }
    }

    @Test
    void getAndAdd_returnsWhatWasThereAndWrapsAround() {
        try (SharedBytes bytes = SharedBytes.copyOf(new byte[] {1, 2, Byte.MAX_VALUE, 4, 5});
                SharedInts ints = SharedInts.copyOf(new int[] {1, Integer.MAX_VALUE});
                SharedLongs longs = SharedLongs.copyOf(new long[] {1, Long.MAX_VALUE});
                SharedDoubles doubles = SharedDoubles.copyOf(new double[] {1, 2})) {
            assertThat(bytes.getAndAdd(2, (byte) 1)).isEqualTo(Byte.MAX_VALUE);
            assertThat(bytes.getAndAdd(4, (byte) -6)).isEqualTo((byte) 5);
            assertThat(bytes.toArray()).containsExactly(1, 2, Byte.MIN_VALUE, 4, -1);
            assertThat(ints.getAndAdd(1, 1)).isEqualTo(Integer.MAX_VALUE);
            assertThat(ints.toArray()).containsExactly(1, Integer.MIN_VALUE);
            assertThat(longs.getAndAdd(1, 1)).isEqualTo(Long.MAX_VALUE);
            assertThat(longs.toArray()).containsExactly(1, Long.MIN_VALUE);
            assertThat(doubles.getAndAdd(1, 0.5)).isEqualTo(2);
            assertThat(doubles.toArray()).containsExactly(1, 2.5);
        }
    }

    @Test
    void compareAndSet_setsOnlyWhatIsExpected() {
        try (SharedBytes bytes = SharedBytes.copyOf(new byte[] {1, -2, 3, 4, 5});
                SharedInts ints = SharedInts.copyOf(new int[] {1, 2});
                SharedLongs longs = SharedLongs.copyOf(new long[] {1, 2});
                SharedDoubles doubles = SharedDoubles.copyOf(new double[] {0.0, Double.NaN})) {
            assertThat(bytes.compareAndSet(1, (byte) 2, (byte) 9)).isFalse();
            assertThat(bytes.compareAndSet(1, (byte) -2, (byte) -9)).isTrue();
            assertThat(bytes.toArray()).containsExactly(1, -9, 3, 4, 5);
            assertThat(ints.compareAndSet(1, 1, 9)).isFalse();
            assertThat(ints.compareAndSet(1, 2, 9)).isTrue();
            assertThat(longs.compareAndSet(1, 1, 9)).isFalse();
            assertThat(longs.compareAndSet(1, 2, 9)).isTrue();
            assertThat(doubles.compareAndSet(0, -0.0, 9)).isFalse();
            assertThat(doubles.compareAndSet(0, 0.0, 9)).isTrue();
            assertThat(doubles.compareAndSet(1, Double.NaN, 9)).isTrue();
        }
    }

    @Test
    void copies_takeAPartOfEitherSide() {
        try (SharedBytes bytes = SharedBytes.of(4);
                SharedInts ints = SharedInts.of(4);
                SharedLongs longs = SharedLongs.of(4);
                SharedDoubles doubles = SharedDoubles.of(4)) {
            bytes.set(1, new byte[] {7, 8, 9}, 1, 2);
            ints.set(1, new int[] {7, 8, 9}, 1, 2);
            longs.set(1, new long[] {7, 8, 9}, 1, 2);
            doubles.set(1, new double[] {7, 8, 9}, 1, 2);
            assertThat(bytes.toArray()).containsExactly(0, 8, 9, 0);
            assertThat(ints.toArray()).containsExactly(0, 8, 9, 0);
            assertThat(longs.toArray()).containsExactly(0, 8, 9, 0);
            assertThat(doubles.toArray()).containsExactly(0, 8, 9, 0);
            long[] target = new long[3];
            longs.get(2, target, 1, 2);
            assertThat(target).containsExactly(0, 9, 0);
            assertThatThrownBy(() -> longs.get(3, target, 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> longs.get(0, target, 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> longs.set(0, target, 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void fillAndStream_reachAllElements() {
        try (SharedBytes bytes = SharedBytes.of(100);
                SharedInts ints = SharedInts.of(100);
                SharedLongs longs = SharedLongs.of(100);
                SharedDoubles doubles = SharedDoubles.of(100)) {
            bytes.fill((byte) 3);
            ints.fill(3);
            longs.fill(3);
            doubles.fill(3);
            longs.set(99, 4);
            assertThat(bytes.toArray()).containsOnly(3).hasSize(100);
            assertThat(ints.stream().sum()).isEqualTo(300);
            assertThat(longs.stream().parallel().sum()).isEqualTo(301);
            assertThat(doubles.stream().average()).hasValue(3);
        }
    }

    @Test
    void memory_isThatOfTheArray() {
        try (SharedInts ints = SharedInts.of(5)) {
            ints.memory().setAtIndex(ValueLayout.JAVA_INT, 4, 42);
            assertThat(ints.get(4)).isEqualTo(42);
            assertThat(ints.memory().byteSize()).isEqualTo(20);
        }
    }

    @Test
    void neighbours_areNotTouchedByAtomicBytes() {
        try (SharedBytes bytes = SharedBytes.of(7);
                Pool pool = Pool.threads(4)) {
            pool.forEach(Range.of(0, 7), i -> {
                for (int k = 0; k < 10_000; k++) {
                    bytes.getAndAdd(i, (byte) 1);
                }
            });
            assertThat(bytes.toArray()).containsOnly((byte) 10_000).hasSize(7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual"})
    void arrays_areTheSameObjectOnPoolsOfThreads(String engine) {
        try (SharedDoubles doubles = SharedDoubles.of(4);
                Pool pool = Pool.of(engine)) {
            pool.forEach(Range.of(0, 400), i -> doubles.getAndAdd(i % 4, 1));
            assertThat(doubles.toArray()).containsOnly(100);
            assertThat(pool.map(List.of(doubles), d -> d).getFirst()).isSameAs(doubles);
        }
    }

    // ---- lengths

    @Test
    void emptyArray_hasNoElements() {
        try (SharedLongs none = SharedLongs.of(0);
                SharedBytes bytes = SharedBytes.copyOf(new byte[0])) {
            assertThat(none.length()).isZero();
            assertThat(none.toArray()).isEmpty();
            assertThat(none.stream()).isEmpty();
            assertThat(none.memory().byteSize()).isZero();
            assertThat(bytes.toArray()).isEmpty();
            assertThatThrownBy(() -> none.get(0))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("Index 0 out of bounds for length 0");
        }
    }

    @Test
    void arrayOfMoreThanAnArrayOfJavaHolds_works() throws Exception {
        assumeThat(Files.isDirectory(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > 6L << 30)
                .as("room for 2 GiB")
                .isTrue();
        long length = (1L << 31) + 10;
        try (SharedBytes bytes = SharedBytes.of(length)) {
            bytes.set(length - 1, (byte) 5);
            assertThat(bytes.get(length - 1)).isEqualTo((byte) 5);
            assertThat(bytes.getAndAdd(length - 1, (byte) 1)).isEqualTo((byte) 5);
            assertThat(bytes.memory().byteSize()).isEqualTo(length);
            assertThatThrownBy(bytes::toArray)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("SharedBytes[length=2147483658] does not fit into an array");
            assertThatThrownBy(() -> bytes.get(length))
                    .hasMessage("Index 2147483658 out of bounds for length 2147483658");
        }
    }

    @Test
    void badLengths_areRefusedWithTheirValues() {
        assertThatThrownBy(() -> SharedInts.of(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("length must be from 0 to 18014398509481984: -1");
        assertThatThrownBy(() -> SharedDoubles.of(Long.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedDoubles.of(1L << 45))
                .isInstanceOf(java.io.UncheckedIOException.class)
                .hasMessageContainingAll("SharedDoubles[length=35184372088832]", "free of");
        assertThatThrownBy(() -> SharedInts.copyOf(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("values");
    }

    @Test
    void badIndexes_areRefusedWithTheLength() {
        try (SharedBytes bytes = SharedBytes.of(3);
                SharedDoubles doubles = SharedDoubles.of(3)) {
            assertThatThrownBy(() -> bytes.set(3, (byte) 1)).hasMessage("Index 3 out of bounds for length 3");
            assertThatThrownBy(() -> bytes.compareAndSet(3, (byte) 0, (byte) 1))
                    .hasMessage("Index 3 out of bounds for length 3");
            assertThatThrownBy(() -> doubles.getAndAdd(-1, 1)).hasMessage("Index -1 out of bounds for length 3");
        }
    }

    // ---- life

    @ParameterizedTest
    @MethodSource("ofThree")
    void closedArray_saysSo(SharedArray array) {
        assertThat(array.isClosed()).isFalse();
        assertThat(array.length()).isEqualTo(3);
        String name = array.toString();
        array.close();
        array.close();
        assertThat(array.isClosed()).isTrue();
        assertThat(array.length()).isEqualTo(3);
        assertThat(array).hasToString(name + ", closed");
        assertThatThrownBy(() -> use(array))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(name + " was closed");
        assertThatThrownBy(array::memory)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(name + " was closed");
    }

    private static void use(SharedArray array) {
        switch (array) {
            case SharedBytes bytes -> bytes.fill((byte) 1);
            case SharedInts ints -> ints.getAndAdd(0, 1);
            case SharedLongs longs -> longs.toArray();
            case SharedDoubles doubles -> doubles.get(0);
        }
    }

    @Test
    void counter_countsUpAndDown() {
        SharedCounter counter = SharedCounter.of(5);
        assertThat(counter.increment()).isEqualTo(6);
        assertThat(counter.decrement()).isEqualTo(5);
        assertThat(counter.add(-10)).isEqualTo(-5);
        assertThat(counter.compareAndSet(5, 1)).isFalse();
        assertThat(counter.compareAndSet(-5, Long.MAX_VALUE)).isTrue();
        assertThat(counter.increment()).isEqualTo(Long.MIN_VALUE);
        counter.set(3);
        assertThat(counter.get()).isEqualTo(3);
        counter.close();
        assertThat(counter.isClosed()).isTrue();
        assertThatThrownBy(counter::increment)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("SharedCounter was closed");
    }

    // ---- broadcasts within this process

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual"})
    void broadcast_isTheObjectItself(String engine) {
        int[] value = {1, 2, 3};
        Pool pool = Pool.of(engine);
        Broadcast<int[]> broadcast = pool.broadcast(value);
        assertThat(pool.map(Range.of(0, 10), i -> broadcast.value() == value)).containsOnly(true);
        pool.close();
        assertThatThrownBy(broadcast::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a broadcast of pool \"" + pool.name() + "\" was closed");
        assertThatThrownBy(() -> pool.broadcast("late"))
                .isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
    }

    @Test
    void closedBroadcast_saysSo() {
        try (Pool pool = Pool.threads(c -> c.name("p"))) {
            Broadcast<String> broadcast = pool.broadcast("x");
            assertThat(broadcast.value()).isEqualTo("x");
            broadcast.close();
            broadcast.close();
            assertThatThrownBy(broadcast::value)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a broadcast of pool \"p\" was closed");
        }
    }
}
