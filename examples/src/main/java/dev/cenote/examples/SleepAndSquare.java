// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import dev.cenote.Pool;
import dev.cenote.Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Sleep, then square: ten tasks that mostly wait, timed in a plain loop and on each engine. A task that waits needs
/// no CPU, so the pool may have many more workers than there are CPUs; threads are much cheaper for that than
/// processes.
///
/// ```
/// java -cp core/target/classes \
///     examples/src/main/java/dev/cenote/examples/SleepAndSquare.java [sleepMillis] [repeats]
/// ```
///
/// By default 200 ms and 3 repeats.
public final class SleepAndSquare {

    private static final List<Integer> NUMBERS = Range.of(0, 10);

    private SleepAndSquare() {}

    /// A value and the median time it took to compute it.
    record Timed<R>(R value, Duration median) {

        /// Does some work several times. The median is a fair time for it: unlike the mean it does not change
        /// when one of the repeats was disturbed, or was the first and had to load classes.
        static <R> Timed<R> timeit(int repeats, Callable<R> work) throws Exception {
            if (repeats < 1) {
                throw new IllegalArgumentException("repeats must be 1 or more: repeats=" + repeats);
            }
            List<R> values = new ArrayList<>();
            List<Duration> times = new ArrayList<>();
            for (int i = 0; i < repeats; i++) {
                long start = System.nanoTime();
                values.add(work.call());
                times.add(Duration.ofNanos(System.nanoTime() - start));
            }
            return new Timed<>(values.getLast(), median(times));
        }

        /// The middle one of the times in their order; of two middle ones, the mean.
        static Duration median(List<Duration> times) {
            List<Duration> sorted = times.stream().sorted().toList();
            int middle = sorted.size() / 2;
            return sorted.size() % 2 == 1
                    ? sorted.get(middle)
                    : sorted.get(middle - 1).plus(sorted.get(middle)).dividedBy(2);
        }
    }

    public static void main(String... args) throws Exception {
        Duration sleep = Duration.ofMillis(args.length > 0 ? Integer.parseInt(args[0]) : 200);
        int repeats = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        System.out.printf("sleep %d ms and square, 10 numbers, median of %d%n", sleep.toMillis(), repeats);
        System.out.printf("%-12s %8s  %s%n", "", "seconds", "squares");
        row("plain loop", Timed.timeit(repeats, () -> loop(sleep)));
        row("serial", timedOn(Pool.serial(), sleep, repeats));
        row("threads(2)", timedOn(Pool.threads(2), sleep, repeats));
        row("threads(10)", timedOn(Pool.threads(10), sleep, repeats));
        row("processes(2)", timedOn(Pool.processes(2), sleep, repeats));
        row("virtual", timedOn(Pool.virtual(), sleep, repeats));
    }

    static int sleepAndSquare(int number, Duration sleep) throws InterruptedException {
        Thread.sleep(sleep);
        return number * number;
    }

    static List<Integer> loop(Duration sleep) throws InterruptedException {
        List<Integer> squares = new ArrayList<>();
        for (int number : NUMBERS) {
            squares.add(sleepAndSquare(number, sleep));
        }
        return squares;
    }

    static List<Integer> onPool(Pool pool, Duration sleep) {
        return pool.map(NUMBERS, number -> sleepAndSquare(number, sleep));
    }

    private static Timed<List<Integer>> timedOn(Pool pool, Duration sleep, int repeats) throws Exception {
        try (pool) {
            return Timed.timeit(repeats, () -> onPool(pool, sleep));
        }
    }

    private static void row(String how, Timed<List<Integer>> timed) {
        System.out.printf("%-12s %8.3f  %s%n", how, timed.median().toNanos() / 1e9, timed.value());
    }
}
