// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.NotShippableException;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.TaskTimeoutException;
import dev.cenote.WorkerDiedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Items are sent to worker processes ahead of their answers: what becomes of those in the air.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FlightsTest {

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

    @Test
    void callsOfAllSizes_giveEveryResultInItsPlace() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            int items = 1 + random.nextInt(round % 10 == 0 ? 50_000 : 2_000);
            int chunk = 1 + random.nextInt(50);
            List<Integer> results = switch (round % 3) {
                case 0 -> pool.with(o -> o.chunk(chunk)).map(Range.of(0, items), n -> n + 1);
                case 1 -> pool.imap(Range.of(0, items), n -> n + 1).toList();
                default -> pool.map(Range.of(0, items), n -> n + 1);
            };
            assertThat(results)
                    .as("round " + round + ", seed " + seed)
                    .isEqualTo(IntStream.rangeClosed(1, items).boxed().toList());
        }
    }

    @Test
    void crashInAChunkOf100_costsOneItem(@TempDir Path folder) throws IOException {
        String log = folder.resolve("log").toString();
        for (int warm = 0; warm < 2; warm++) { // the second time items are known to be short
            Files.deleteIfExists(Path.of(log));
            List<Outcome<Integer, Integer>> outcomes = pool.with(o -> o.chunk(100))
                    .outcomes(Range.of(0, 100), n -> {
                        note(log, n);
                        if (n == 50) {
                            Runtime.getRuntime().halt(7);
                        }
                        return n;
                    })
                    .toList();
            assertThat(outcomes).filteredOn(Outcome::succeeded).hasSize(99);
            assertThat(outcomes.get(50))
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.error())
                                    .isInstanceOfSatisfying(
                                            WorkerDiedException.class,
                                            died -> assertThat(died.exitCode()).isEqualTo(7)));
            assertThat(Files.readAllLines(Path.of(log)))
                    .as("each item has begun once")
                    .doesNotHaveDuplicates()
                    .hasSize(100);
        }
    }

    @Test
    void crashAmongVeryShortItems_losesNoResult() {
        pool.map(Range.of(0, 20_000), n -> n);
        List<Outcome<Integer, Integer>> outcomes = pool.outcomes(Range.of(0, 20_000), n -> {
                    if (n == 15_000) {
                        Runtime.getRuntime().halt(7);
                    }
                    return n;
                })
                .toList();
        assertThat(outcomes).hasSize(20_000);
        assertThat(outcomes.stream().filter(outcome -> !outcome.succeeded())).hasSize(1);
        assertThat(outcomes.get(15_000).succeeded()).isFalse();
    }

    @Test
    void timeoutInAChunk_costsOneItem(@TempDir Path folder) throws IOException {
        String log = folder.resolve("log").toString();
        List<Outcome<Integer, Integer>> outcomes = pool.with(o -> o.chunk(20).timeout(Duration.ofMillis(500)))
                .outcomes(Range.of(0, 40), n -> {
                    note(log, n);
                    while (n == 10) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    return n;
                })
                .toList();
        assertThat(outcomes).filteredOn(Outcome::succeeded).hasSize(39);
        assertThat(outcomes.get(10))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.error()).isInstanceOf(TaskTimeoutException.class));
        assertThat(Files.readAllLines(Path.of(log))).doesNotHaveDuplicates().hasSize(40);
    }

    @Test
    void retries_areOfTheItemThatFailed(@TempDir Path folder) throws IOException {
        String log = folder.resolve("log").toString();
        List<Integer> results = pool.with(o -> o.chunk(10).retries(2)).map(Range.of(0, 30), n -> {
            long before = note(log, n);
            if (n % 10 == 5 && before < 2) {
                throw new IllegalStateException("not yet");
            }
            return n;
        });
        assertThat(results).isEqualTo(IntStream.range(0, 30).boxed().toList());
        assertThat(Files.readAllLines(Path.of(log))).hasSize(30 + 3 * 2);
    }

    @Test
    void failedMapAndClosedStream_keepTheWorkers() {
        long before = pool.stats().restarts();
        assertThatThrownBy(() -> pool.map(Range.of(0, 10_000), n -> 10 / (n - 77)))
                .isInstanceOf(ArithmeticException.class);
        assertThat(pool.imap(Range.of(0, Integer.MAX_VALUE), n -> -n).limit(5)).containsExactly(0, -1, -2, -3, -4);
        assertThat(pool.map(List.of(1), n -> n)).containsExactly(1);
        assertThat(pool.stats().restarts())
                .as("workers that had to be replaced")
                .isEqualTo(before);
    }

    @Test
    void shortItemsWithResultsOfAllKinds_giveEachInItsPlace() {
        for (int round = 0; round < 3; round++) {
            assertThat(pool.map(Range.of(0, 20_000), FlightsTest::ofManyKinds))
                    .isEqualTo(IntStream.range(0, 20_000)
                            .mapToObj(FlightsTest::ofManyKinds)
                            .toList());
            assertThat(pool.imap(Range.of(0, 20_000), FlightsTest::ofManyKinds))
                    .containsExactlyElementsOf(IntStream.range(0, 20_000)
                            .mapToObj(FlightsTest::ofManyKinds)
                            .toList());
            List<Outcome<Long, Object>> outcomes = pool.outcomes(Range.of(5L, 20_005L), n -> {
                        if (n % 1_000 == 7) {
                            throw new IllegalArgumentException("no " + n);
                        }
                        return ofManyKinds((int) (long) n);
                    })
                    .toList();
            for (int i = 0; i < 20_000; i++) {
                Outcome<Long, Object> outcome = outcomes.get(i);
                assertThat(outcome.item()).isEqualTo(i + 5L);
                if ((i + 5) % 1_000 == 7) {
                    assertThat(outcome)
                            .isInstanceOfSatisfying(
                                    Outcome.Failure.class,
                                    failure -> assertThat(failure.error()).hasMessage("no " + outcome.item()));
                } else {
                    assertThat(outcome)
                            .isInstanceOfSatisfying(
                                    Outcome.Success.class,
                                    success -> assertThat(success.value())
                                            .isEqualTo(ofManyKinds((int) (long) outcome.item())));
                }
            }
        }
    }

    @Test
    void shortItemsOfAllKinds_arriveAsTheyWere() {
        List<List<@Nullable Object>> inputs = List.of(
                list(n -> n - 10_000),
                list(n -> (n - 10_000) * 4_000_000_000L),
                list(n -> n % 3 == 0 ? Double.NaN : n % 3 == 1 ? -0.0 : n * 0.5),
                list(n -> n < 11_111 ? (Object) n : n < 15_000 ? (Object) (long) n : null),
                list(FlightsTest::ofManyKinds),
                new ArrayList<>(Range.of(-5, 19_995)),
                new ArrayList<>(Range.of(Integer.MAX_VALUE - 5L, Integer.MAX_VALUE + 19_995L)));
        for (List<@Nullable Object> input : inputs) {
            assertThat(pool.map(input, item -> item)).isEqualTo(input);
            assertThat(pool.map(
                            input,
                            item -> item == null ? "null" : item.getClass().getName()))
                    .isEqualTo(input.stream()
                            .map(item -> item == null ? "null" : item.getClass().getName())
                            .toList());
        }
        assertThat(pool.map(Range.of(-5, 19_995), n -> n)).isEqualTo(Range.of(-5, 19_995));
        long from = Integer.MAX_VALUE - 5L;
        assertThat(pool.map(Range.of(from, from + 20_000), n -> n)).isEqualTo(Range.of(from, from + 20_000));
    }

    private static List<@Nullable Object> list(IntFunction<@Nullable Object> make) {
        List<@Nullable Object> made = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            made.add(make.apply(i));
        }
        return made;
    }

    private static @Nullable Object ofManyKinds(int n) {
        return switch (n % 7) {
            case 0 -> n;
            case 1 -> "text " + n;
            case 2 -> null;
            case 3 -> List.of(n, n + 1L);
            case 4 -> n * 0.5;
            case 5 -> new Pair(n, "b");
            default -> n == 6 ? "x".repeat(70_000) : (long) n;
        };
    }

    private record Pair(int a, String b) {}

    @Test
    void slowItemsAmongVeryShortOnes_areSharedByTheWorkers() {
        pool.map(Range.of(0, 50_000), n -> n);
        List<Long> pids = pool.map(Range.of(0, 50_000), n -> {
            if (n >= 10_000 && n < 10_064) {
                LockSupport.parkNanos(20_000_000); // subject: an item that is slow
            }
            return ProcessHandle.current().pid();
        });
        assertThat(pids.subList(10_000, 10_064).stream()
                        .collect(Collectors.groupingBy(pid -> pid, Collectors.counting()))
                        .values())
                .as("how many of 64 slow items each worker has run")
                .hasSize(2)
                .allSatisfy(count -> assertThat(count).isGreaterThan(10));
    }

    @Test
    void itemThatCannotTravel_failsAloneAmongShortOnes() {
        List<Object> items = new ArrayList<>(IntStream.range(0, 5_000).boxed().toList());
        items.set(2_500, new Object());
        pool.map(Range.of(0, 20_000), n -> n);
        List<Outcome<Object, String>> outcomes =
                pool.outcomes(items, Object::toString).toList();
        assertThat(outcomes.stream().filter(outcome -> !outcome.succeeded())).hasSize(1);
        assertThat(outcomes.get(2_500))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.error()).isInstanceOf(NotShippableException.class));
    }

    /// Writes down that an item has begun.
    ///
    /// @return how often it had before
    private static long note(String log, int item) throws IOException {
        Path file = Path.of(log);
        long before = 0;
        if (Files.exists(file)) {
            before = Files.readAllLines(file).stream()
                    .filter(Integer.toString(item)::equals)
                    .count();
        }
        Files.writeString(file, item + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return before;
    }
}
