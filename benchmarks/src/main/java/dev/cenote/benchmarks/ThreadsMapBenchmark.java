// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import com.pivovarit.collectors.ParallelCollectors;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.benchmarks.Bar.Ratio;
import dev.cenote.benchmarks.Bar.Series;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What does the pool itself cost when the function costs nothing?
///
/// Ten million calls of a trivial boxed function on two threads. The yardstick is what one would write by hand for
/// just this: two threads, started and joined for each call, that fill the halves of an array. The stream's common
/// pool has one thread because the caller is the second; the pool and the executors have two because their caller
/// only waits.
///
/// ```
/// java -jar benchmarks/target/benchmarks.jar ThreadsMapBenchmark
/// ```
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 6)
@Measurement(iterations = 10)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms5g", "-Xmx5g"})
public class ThreadsMapBenchmark {

    static final Question QUESTION = new Question(
            ThreadsMapBenchmark.class,
            "What does the pool itself cost when the function costs nothing? (`map` on two threads)",
            "handwritten",
            List.of(
                    new Ratio(
                            "`map` takes at most 1.15 x the hand-written loop",
                            new Series("cenote", Map.of("input", "list")),
                            "handwritten",
                            1.15),
                    new Ratio(
                            "`map` is faster than a parallel stream",
                            new Series("cenote", Map.of("input", "list")),
                            "parallelStream",
                            1.0),
                    new Ratio(
                            "`map` is faster than batching parallel-collectors",
                            new Series("cenote", Map.of("input", "list")),
                            "parallelCollectorsBatching",
                            1.0)));

    private static final int WORKERS = 2;

    /// How many calls.
    @Param("10000000")
    public int items;

    /// A list of objects that exist already, or numbers that are made as they are read.
    @Param({"list", "range"})
    public String input = "list";

    private final Pool pool = Pool.threads(WORKERS);
    private final ExecutorService executor = Executors.newFixedThreadPool(WORKERS);
    private List<Long> numbers = List.of();

    /// Makes the input.
    @Setup
    public void prepare() {
        List<Long> range = Range.of(0L, items);
        numbers = input.equals("list") ? Arrays.asList(range.toArray(Long[]::new)) : range;
    }

    /// Empties the heap, so that no shot pays for the garbage of another.
    @Setup(Level.Iteration)
    public void collect() {
        System.gc();
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
        return pool.map(numbers, ThreadsMapBenchmark::function);
    }

    /// {@return the results of two threads that share an array}
    ///
    /// @throws InterruptedException never
    @Benchmark
    public Long[] handwritten() throws InterruptedException {
        Long[] results = new Long[items];
        Thread[] threads = new Thread[WORKERS];
        for (int i = 0; i < WORKERS; i++) {
            int from = (int) ((long) items * i / WORKERS);
            int to = (int) ((long) items * (i + 1) / WORKERS);
            threads[i] = Thread.ofPlatform().start(() -> fill(results, from, to, ThreadsMapBenchmark::function));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return results;
    }

    private void fill(Long[] results, int from, int to, Function<Long, Long> fn) {
        List<Long> list = numbers;
        for (int i = from; i < to; i++) {
            results[i] = fn.apply(list.get(i));
        }
    }

    /// {@return the results of a parallel stream of two threads}
    @Benchmark
    @Fork(
            value = 2,
            jvmArgsAppend = {"-Xms5g", "-Xmx5g", "-Djava.util.concurrent.ForkJoinPool.common.parallelism=1"})
    public List<Long> parallelStream() {
        return numbers.parallelStream().map(ThreadsMapBenchmark::function).toList();
    }

    /// {@return the results of parallel-collectors with one batch for each thread}
    @Benchmark
    public List<Long> parallelCollectorsBatching() {
        return numbers.stream()
                .collect(ParallelCollectors.Batching.parallel(
                        ThreadsMapBenchmark::function, Collectors.toList(), executor, WORKERS))
                .join();
    }
}
