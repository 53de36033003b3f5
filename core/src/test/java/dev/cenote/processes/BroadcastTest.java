// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Broadcast;
import dev.cenote.Codec;
import dev.cenote.NotShippableException;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedLongs;
import dev.cenote.internal.supervisor.Meeting;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Values that each worker process gets once.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BroadcastTest {

    private Pool pool = Pool.serial();

    @BeforeAll
    void open() {
        pool.close();
        pool = Pool.processes(c -> c.workers(2).name("p"));
    }

    @AfterAll
    void close() {
        pool.close();
    }

    /// Counts how often it was read in this process.
    private static final class Counted implements Serializable {

        private static final long serialVersionUID = 1L;
        private static final AtomicInteger READ = new AtomicInteger();

        private final double[] large = new double[100_000];
        private final List<String> small = new ArrayList<>(List.of("a", "b"));

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            READ.incrementAndGet();
        }
    }

    private record Seen(long pid, int reads, int identity) {}

    @Test
    void value_comesOnceIntoEachWorker(@TempDir Path folder) throws IOException {
        Set<Long> workers = Meeting.of(pool, 2, folder);
        Counted value = new Counted();
        value.large[99_999] = 3;
        try (Broadcast<Counted> broadcast = pool.broadcast(value)) {
            assertThat(broadcast.value()).isSameAs(value);
            Set<Seen> seen = new HashSet<>();
            for (int round = 0; round < 5; round++) {
                seen.addAll(pool.with(o -> o.chunk(1)).map(Range.of(0, 40), i -> {
                    Counted mine = broadcast.value();
                    if (mine.large[99_999] != 3 || !mine.small.equals(List.of("a", "b"))) {
                        throw new IllegalStateException("another value");
                    }
                    return new Seen(ProcessHandle.current().pid(), Counted.READ.get(), System.identityHashCode(mine));
                }));
            }
            assertThat(seen).hasSizeBetween(1, workers.size()).allMatch(each -> each.reads() == 1);
        }
    }

    @Test
    void workerThatTakesThePlaceOfAnother_getsItAgain() {
        try (Pool brief = Pool.processes(c -> c.workers(1).maxTasksPerWorker(2));
                Broadcast<int[]> broadcast = brief.broadcast(new int[] {4, 5, 6})) {
            assertThat(brief.map(Range.of(0, 9), i -> broadcast.value()[i % 3]))
                    .containsExactly(4, 5, 6, 4, 5, 6, 4, 5, 6);
            assertThatThrownBy(() -> brief.call(() -> {
                        Runtime.getRuntime().halt(broadcast.value()[0]);
                        return null;
                    }))
                    .hasMessageContaining("exit");
            assertThat(brief.call(() -> broadcast.value()[2])).isEqualTo(6);
        }
    }

    @Test
    void arraysAndTexts_ofAllSizesArrive() {
        for (int size : new int[] {0, 1, 1_000, 300_000}) {
            long[] longs = new long[size];
            byte[] bytes = new byte[size];
            Arrays.setAll(longs, i -> i);
            Arrays.fill(bytes, (byte) 7);
            String text = "x".repeat(size);
            Map<String, Object> all = new HashMap<>(Map.of("longs", longs, "bytes", bytes, "text", text));
            try (Broadcast<long[]> array = pool.broadcast(longs);
                    Broadcast<Map<String, Object>> map = pool.broadcast(all)) {
                assertThat(pool.call(() -> Arrays.stream(array.value()).sum()))
                        .isEqualTo(Arrays.stream(longs).sum());
                assertThat(pool.call(() -> {
                            byte[] found = (byte[]) map.value().get("bytes");
                            int sum = ((String) map.value().get("text")).length();
                            for (byte each : found) {
                                sum += each;
                            }
                            return sum;
                        }))
                        .isEqualTo(8 * size);
            }
        }
    }

    @Test
    void nothing_canBeBroadcast() {
        try (Broadcast<@Nullable String> none = pool.broadcast(null)) {
            assertThat(none.value()).isNull();
            assertThat(pool.call(() -> none.value() == null)).isTrue();
        }
    }

    @Test
    void memorySegment_isMappedForReading() {
        double[] numbers = {1.5, 2.5, 3.5};
        try (Broadcast<MemorySegment> broadcast = pool.broadcast(MemorySegment.ofArray(numbers))) {
            numbers[1] = 0; // too late for workers
            assertThat(pool.map(Range.of(0, 3), i -> broadcast.value().getAtIndex(ValueLayout.JAVA_DOUBLE, i)))
                    .containsExactly(1.5, 2.5, 3.5);
            assertThat(pool.call(() -> broadcast.value().isReadOnly() + " "
                            + broadcast.value().byteSize()))
                    .isEqualTo("true 24");
        }
    }

    @Test
    void sharedArrayInABroadcast_isTheSameMemoryAndStays() {
        SharedLongs array = SharedLongs.of(2);
        try (array;
                Broadcast<List<SharedLongs>> broadcast = pool.broadcast(List.of(array))) {
            System.gc();
            pool.forEach(Range.of(0, 10), i -> broadcast.value().getFirst().getAndAdd(i % 2, 1));
            assertThat(array.toArray()).containsExactly(5, 5);
        }
    }

    @Test
    void valueAsItWas_isWhatWorkersGet() {
        List<String> value = new ArrayList<>(List.of("a"));
        try (Broadcast<List<String>> broadcast = pool.broadcast(value)) {
            value.add("b");
            assertThat(pool.call(() -> broadcast.value().size())).isEqualTo(1);
        }
    }

    @Test
    void broadcastInAnItem_arrives() {
        try (Broadcast<int[]> broadcast = pool.broadcast(new int[] {8})) {
            assertThat(pool.map(List.of(broadcast, broadcast), b -> b.value()[0]))
                    .containsExactly(8, 8);
        }
    }

    @Test
    void broadcastThatOnlyATaskHas_livesUntilItHasRun() throws Exception {
        CompletableFuture<Integer> result = submitWithBroadcast();
        System.gc();
        assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(12);
    }

    private CompletableFuture<Integer> submitWithBroadcast() {
        Broadcast<int[]> broadcast = pool.broadcast(new int[] {12});
        return pool.submit(() -> broadcast.value()[0]);
    }

    // ---- what is refused

    @Test
    void closedBroadcast_isRefused() {
        Broadcast<int[]> broadcast = pool.broadcast(new int[] {1});
        assertThat(pool.call(() -> broadcast.value()[0])).isEqualTo(1);
        broadcast.close();
        broadcast.close();
        assertThatThrownBy(broadcast::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a broadcast of pool \"p\" was closed");
        assertThatThrownBy(() -> pool.call(() -> broadcast.value()[0]))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContaining("a broadcast of pool \"p\" cannot be sent to another process: it was closed");
    }

    @Test
    void broadcast_endsWithItsPool() {
        Pool brief = Pool.processes(c -> c.workers(1).name("brief"));
        Broadcast<int[]> broadcast = brief.broadcast(new int[] {1});
        CompletableFuture<Integer> accepted = brief.submit(() -> broadcast.value()[0]);
        brief.close();
        assertThat(accepted).isCompletedWithValue(1);
        assertThatThrownBy(broadcast::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a broadcast of pool \"brief\" was closed");
    }

    @Test
    void broadcastOfAnotherPool_isRefusedAtTheCall() {
        try (Pool other = Pool.processes(1);
                Pool threads = Pool.threads(c -> c.workers(1).name("t"));
                Broadcast<int[]> ofOther = other.broadcast(new int[] {1});
                Broadcast<int[]> ofThreads = threads.broadcast(new int[] {1})) {
            assertThatThrownBy(() -> pool.call(() -> ofOther.value()[0]))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageContaining("workers of another pool");
            assertThatThrownBy(() -> pool.map(List.of(ofOther), b -> b.value()[0]))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageContaining("workers of another pool");
            assertThatThrownBy(() -> pool.call(() -> ofThreads.value()[0]))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageContaining("a broadcast of pool \"t\", whose workers are in this process");
            assertThat(threads.call(() -> ofOther.value()[0])).isEqualTo(1);
        }
    }

    @Test
    void valueThatCannotTravel_isRefusedAtTheCall() {
        assertThatThrownBy(() -> pool.broadcast(Map.of("thread", Thread.currentThread())))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContainingAll("the broadcast value", "Thread");
    }

    @Test
    void valueThatIsTooLargeForTheHeapOfAWorker_saysSo() {
        try (Pool small = Pool.processes(c -> c.workers(1).heap("32m"));
                Broadcast<byte[]> broadcast = small.broadcast(new byte[100 << 20])) {
            assertThatThrownBy(() -> small.call(() -> broadcast.value().length))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageContainingAll("a broadcast cannot come into", "heap");
        }
    }

    private static final class Loud implements Codec {

        private static final long serialVersionUID = 1L;

        @Override
        public byte[] encode(@Nullable Object value) {
            return (value + "!").getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    @Test
    void codecOfThePool_encodesTheValue() {
        try (Pool loud = Pool.processes(c -> c.workers(1).codec(new Loud()));
                Broadcast<String> broadcast = loud.broadcast("hello")) {
            assertThat(loud.call(() -> broadcast.value())).isEqualTo("hello!!"); // once more as the result
        }
    }
}
