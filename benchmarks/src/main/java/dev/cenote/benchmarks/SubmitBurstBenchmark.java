// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import dev.cenote.Pool;
import dev.cenote.benchmarks.Bar.Ratio;
import dev.cenote.benchmarks.Bar.Series;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

/// How many jobs can be submitted, one call each, and waited for?
///
/// One or two threads submit a million jobs between them, and then get every result.
///
/// ```
/// java -jar benchmarks/target/benchmarks.jar SubmitBurstBenchmark
/// ```
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 6)
@Measurement(iterations = 10)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms3g", "-Xmx3g"})
public class SubmitBurstBenchmark {

    static final Question QUESTION = new Question(
            SubmitBurstBenchmark.class,
            "How many jobs can be submitted, one call each, and waited for?",
            "fixedPool",
            List.of(
                    new Ratio(
                            "a million jobs from one thread take no longer than with a fixed pool",
                            new Series("cenote", Map.of("submitters", "1")),
                            "fixedPool",
                            1.0),
                    new Ratio(
                            "a million jobs from two threads take no longer than with a fixed pool",
                            new Series("cenote", Map.of("submitters", "2")),
                            "fixedPool",
                            1.0)));

    private static final int WORKERS = 2;

    /// How many jobs.
    @Param("1000000")
    public int items;

    /// How many threads submit them.
    @Param({"1", "2"})
    public int submitters;

    private final Pool pool = Pool.threads(WORKERS);
    private final ExecutorService fixed = Executors.newFixedThreadPool(WORKERS);

    /// Empties the heap, so that no shot pays for the garbage of another.
    @Setup(Level.Iteration)
    public void collect() {
        System.gc();
    }

    /// Ends the threads.
    @TearDown
    public void close() {
        pool.close();
        fixed.close();
    }

    /// {@return the sum of all results}
    ///
    /// @throws Exception never
    @Benchmark
    public long cenote() throws Exception {
        return burst(() -> pool.submit(() -> 42));
    }

    /// {@return the sum of all results}
    ///
    /// @throws Exception never
    @Benchmark
    public long fixedPool() throws Exception {
        return burst(() -> fixed.submit(() -> 42));
    }

    /// {@return the sum of all results}
    ///
    /// @throws Exception never
    @Benchmark
    public long supplyAsync() throws Exception {
        return burst(() -> CompletableFuture.supplyAsync(() -> 42, fixed));
    }

    private long burst(Supplier<Future<Integer>> submit) throws ExecutionException, InterruptedException {
        Future<?>[] futures = new Future<?>[items];
        int first = items / submitters;
        Thread[] helpers = new Thread[submitters - 1];
        for (int i = 0; i < helpers.length; i++) {
            int from = first + (items - first) / helpers.length * i;
            int to = i == helpers.length - 1 ? items : from + (items - first) / helpers.length;
            helpers[i] = Thread.ofPlatform().start(() -> submit(futures, from, to, submit));
        }
        submit(futures, 0, first, submit);
        for (Thread helper : helpers) {
            helper.join();
        }
        long sum = 0;
        for (Future<?> future : futures) {
            sum += (Integer) future.get();
        }
        return sum;
    }

    private static void submit(Future<?>[] futures, int from, int to, Supplier<Future<Integer>> submit) {
        for (int i = from; i < to; i++) {
            futures[i] = submit.get();
        }
    }
}
