// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import com.pivovarit.collectors.ParallelCollectors;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.benchmarks.Bar.Ratio;
import dev.cenote.benchmarks.Bar.Series;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What does it save to take many items at a time?
///
/// Against one future for each item, which is what parallel-collectors does unless told otherwise. Few items,
/// because ten million of those take minutes.
///
/// ```
/// java -jar benchmarks/target/benchmarks.jar FuturePerItemBenchmark
/// ```
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class FuturePerItemBenchmark {

    static final Question QUESTION = new Question(
            FuturePerItemBenchmark.class,
            "What does it save to take many items at a time? (`map` on two threads)",
            "parallelCollectors",
            List.of(new Ratio(
                    "`map` is faster than parallel-collectors", Series.of("cenote"), "parallelCollectors", 1.0)));

    private static final int WORKERS = 2;

    /// How many calls.
    @Param("100000")
    public int items;

    private final Pool pool = Pool.threads(WORKERS);
    private final ExecutorService executor = Executors.newFixedThreadPool(WORKERS);
    private List<Long> numbers = List.of();

    /// Makes the input.
    @Setup
    public void prepare() {
        numbers = Arrays.asList(Range.of(0L, items).toArray(Long[]::new));
    }

    /// Ends the threads.
    @TearDown
    public void close() {
        pool.close();
        executor.close();
    }

    static Long function(Long number) {
        return number + 1;
    }

    /// {@return the results of `map`}
    @Benchmark
    public List<Long> cenote() {
        return pool.map(numbers, FuturePerItemBenchmark::function);
    }

    /// {@return the results of parallel-collectors}
    @Benchmark
    public List<Long> parallelCollectors() {
        return numbers.stream()
                .collect(ParallelCollectors.parallel(
                        FuturePerItemBenchmark::function, Collectors.toList(), executor, WORKERS))
                .join();
    }
}
