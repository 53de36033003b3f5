// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import dev.cenote.Pool;
import dev.cenote.benchmarks.Bar.Ratio;
import dev.cenote.benchmarks.Bar.Series;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How long does one job take to a worker and back?
///
/// ```
/// java -jar benchmarks/target/benchmarks.jar SubmitBenchmark
/// ```
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class SubmitBenchmark {

    static final Question QUESTION = new Question(
            SubmitBenchmark.class,
            "How long does one job take to a worker and back?",
            "fixedPool",
            List.of(new Ratio(
                    "`submit(...).join()` takes at most 1.2 x a fixed pool's", Series.of("cenote"), "fixedPool", 1.2)));

    private static final int WORKERS = 2;

    private final Pool pool = Pool.threads(WORKERS);
    private final ExecutorService fixed = Executors.newFixedThreadPool(WORKERS);

    /// Ends the threads.
    @TearDown
    public void close() {
        pool.close();
        fixed.close();
    }

    /// {@return the result of one job}
    @Benchmark
    public Integer cenote() {
        return pool.submit(() -> 42).join();
    }

    /// {@return the result of one job}
    ///
    /// @throws ExecutionException never
    /// @throws InterruptedException never
    @Benchmark
    public Integer fixedPool() throws ExecutionException, InterruptedException {
        return fixed.submit(() -> 42).get();
    }

    /// {@return the result of one job}
    @Benchmark
    public Integer supplyAsync() {
        return CompletableFuture.supplyAsync(() -> 42, fixed).join();
    }
}
