// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import dev.cenote.Options;
import dev.cenote.Pool;
import dev.cenote.Range;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
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
import org.openjdk.jmh.infra.Blackhole;

/// What does each option of `map` add to a call whose function costs nothing?
///
/// Statistics cannot be switched off, so `statsPolled` shows what reading them all the time adds.
///
/// ```
/// java -jar benchmarks/target/benchmarks.jar MapOptionsBenchmark
/// ```
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class MapOptionsBenchmark {

    static final Question QUESTION = new Question(
            MapOptionsBenchmark.class,
            "What does each option of `map` add to a call whose function costs nothing? (on two threads)",
            "plain",
            List.of());

    /// How many items.
    @Param("1000000")
    public int items;

    private final Pool pool = Pool.threads(2);
    private final AtomicLong reported = new AtomicLong();
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
    }

    static Long function(Long number) {
        return number + 1;
    }

    private List<Long> map(UnaryOperator<Options> change) {
        return pool.with(change).map(numbers, MapOptionsBenchmark::function);
    }

    /// {@return the results}
    @Benchmark
    public List<Long> plain() {
        return map(o -> o);
    }

    /// {@return the results}
    @Benchmark
    public List<Long> timeout() {
        return map(o -> o.timeout(Duration.ofSeconds(30)));
    }

    /// {@return the results}
    @Benchmark
    public List<Long> retries() {
        return map(o -> o.retries(2));
    }

    /// {@return the results}
    @Benchmark
    public List<Long> progress() {
        return map(o -> o.progress(progress -> reported.set(progress.done())));
    }

    /// {@return the results}
    @Benchmark
    public List<Long> chunk() {
        return map(o -> o.chunk(1_000));
    }

    /// {@return the results}
    @Benchmark
    public List<Long> everything() {
        return map(
                o -> o.timeout(Duration.ofSeconds(30)).retries(2).progress(progress -> reported.set(progress.done())));
    }

    /// {@return the results}
    ///
    /// @param poller reads the statistics
    @Benchmark
    public List<Long> statsPolled(Poller poller) {
        return map(o -> o);
    }

    /// A thread that takes a snapshot every millisecond.
    @State(Scope.Benchmark)
    public static class Poller {

        /// Written when the benchmark ends, read by the thread.
        private volatile boolean stopped;

        /// Starts the thread.
        ///
        /// @param benchmark has the pool
        /// @param snapshots takes what is read
        @Setup
        public void start(MapOptionsBenchmark benchmark, Blackhole snapshots) {
            Thread.ofPlatform().daemon().name("stats-poller").start(() -> poll(benchmark.pool, snapshots));
        }

        private void poll(Pool pool, Blackhole snapshots) {
            try {
                while (!stopped) {
                    snapshots.consume(pool.stats());
                    Thread.sleep(1);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /// Ends the thread.
        @TearDown
        public void stop() {
            stopped = true;
        }
    }
}
