// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import dev.cenote.Mapper;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
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

/// What does an item of a lazy call cost when the function costs nothing?
///
/// The JDK's own answer is {@link Gatherers#mapConcurrent}, which starts a virtual thread for each item. It may
/// run as many at a time as a lazy call of two workers looks ahead. `map` is there to show what laziness costs.
///
/// ```
/// java -jar benchmarks/target/benchmarks.jar LazyBenchmark
/// ```
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class LazyBenchmark {

    static final Question QUESTION = new Question(
            LazyBenchmark.class,
            "What does an item of a lazy call cost when the function costs nothing?",
            "mapConcurrent",
            List.of());

    private static final int AHEAD = 64;

    /// How many items.
    @Param("100000")
    public int items;

    private List<Long> numbers = List.of();

    /// The pool, apart from the input so that the JDK's answer is not measured once for each engine.
    @State(Scope.Benchmark)
    public static class Engine {

        /// The word for the engine.
        @Param({"threads", "virtual"})
        public String engine = "threads";

        @SuppressWarnings("NullAway.Init") // set by open(), which JMH calls first
        private Pool pool;

        /// Makes the pool.
        @Setup
        public void open() {
            pool = Pool.of(engine, config -> engine.equals("threads") ? config.workers(2) : config);
        }

        /// Ends the threads.
        @TearDown
        public void close() {
            pool.close();
        }

        Mapper mapper() {
            return pool.with(options -> options.ahead(AHEAD));
        }
    }

    /// Makes the input.
    @Setup
    public void prepare() {
        numbers = Arrays.asList(Range.of(0L, items).toArray(Long[]::new));
    }

    static Long function(Long number) {
        return number + 1;
    }

    /// {@return the results}
    @Benchmark
    public List<Long> mapConcurrent() {
        return numbers.stream()
                .gather(Gatherers.mapConcurrent(AHEAD, LazyBenchmark::function))
                .toList();
    }

    /// {@return the results}
    ///
    /// @param engine the pool
    @Benchmark
    public List<Long> map(Engine engine) {
        return engine.mapper().map(numbers, LazyBenchmark::function);
    }

    /// {@return the results}
    ///
    /// @param engine the pool
    @Benchmark
    public List<Long> imap(Engine engine) {
        try (Stream<Long> results = engine.mapper().imap(numbers, LazyBenchmark::function)) {
            return results.toList();
        }
    }

    /// {@return the results}
    ///
    /// @param engine the pool
    @Benchmark
    public List<Long> imapUnordered(Engine engine) {
        try (Stream<Long> results = engine.mapper().imapUnordered(numbers, LazyBenchmark::function)) {
            return results.toList();
        }
    }

    /// {@return the outcomes}
    ///
    /// @param engine the pool
    @Benchmark
    public List<Outcome<Long, Long>> outcomes(Engine engine) {
        try (Stream<Outcome<Long, Long>> outcomes = engine.mapper().outcomes(numbers, LazyBenchmark::function)) {
            return outcomes.toList();
        }
    }

    /// {@return the results}
    ///
    /// @param engine the pool
    @Benchmark
    public List<Long> mapping(Engine engine) {
        return numbers.stream()
                .gather(engine.mapper().<Long, Long>mapping(LazyBenchmark::function))
                .toList();
    }
}
