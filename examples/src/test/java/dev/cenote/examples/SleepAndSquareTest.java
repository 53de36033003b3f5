// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Pool;
import dev.cenote.examples.SleepAndSquare.Timed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SleepAndSquareTest {

    private static final List<Integer> SQUARES = List.of(0, 1, 4, 9, 16, 25, 36, 49, 64, 81);

    @Test
    void loop_squares() throws Exception {
        assertThat(SleepAndSquare.loop(Duration.ofMillis(1))).isEqualTo(SQUARES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual", "processes"})
    void onPool_squaresInOrder(String engine) {
        try (Pool pool = Pool.of(engine)) {
            assertThat(SleepAndSquare.onPool(pool, Duration.ofMillis(1))).isEqualTo(SQUARES);
        }
    }

    @Test
    void timeit_repeatsAndKeepsTheLastValue() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Timed<Integer> timed = Timed.timeit(5, runs::incrementAndGet);
        assertThat(timed.value()).isEqualTo(5);
        assertThat(timed.median()).isPositive();
    }

    @Test
    void timeit_needsOneRepeat() {
        assertThatThrownBy(() -> Timed.timeit(0, () -> 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("repeats must be 1 or more: repeats=0");
    }

    @Test
    void timeit_throwsWhatTheWorkThrows() {
        assertThatThrownBy(() -> Timed.timeit(3, () -> {
                    throw new ArithmeticException("too big");
                }))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void median_isTheMiddleOfTheSortedTimes() {
        assertThat(median(7)).hasMillis(7);
        assertThat(median(900, 1, 3)).hasMillis(3);
        assertThat(median(4, 900, 1, 2)).hasMillis(3);
    }

    @Test
    void program_printsARowForEachEngine() throws Exception {
        List<String> lines = Program.run(SleepAndSquare.class, "5", "2");
        assertThat(lines).hasSize(8);
        assertThat(lines.getFirst()).isEqualTo("sleep 5 ms and square, 10 numbers, median of 2");
        assertThat(lines.subList(2, 8)).allMatch(line -> line.endsWith(SQUARES.toString()));
        assertThat(lines.subList(2, 8))
                .extracting(line -> line.substring(0, 12).strip())
                .containsExactly("plain loop", "serial", "threads(2)", "threads(10)", "processes(2)", "virtual");
    }

    private static Duration median(long... millis) {
        return Timed.median(LongStream.of(millis).mapToObj(Duration::ofMillis).toList());
    }
}
