// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Results;
import dev.cenote.benchmarks.Bar.Extra;
import dev.cenote.benchmarks.Bar.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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

/// What does a serial pool add to a loop?
///
/// ```
/// java -jar benchmarks/target/benchmarks.jar SerialOverheadBenchmark
/// ```
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class SerialOverheadBenchmark {

    static final Question QUESTION = new Question(
            SerialOverheadBenchmark.class,
            "What does a serial pool add to a loop?",
            "loop",
            List.of(new Extra("serial `map` adds less than 100 ns an item to a loop", Series.of("map"), "loop", 100)));

    /// How many items.
    @Param("1000000")
    public int items;

    private final Pool pool = Pool.serial();
    private List<Long> numbers = List.of();

    /// Makes the input.
    @Setup
    public void prepare() {
        numbers = Arrays.asList(Range.of(0L, items).toArray(Long[]::new));
    }

    /// Closes the pool.
    @TearDown
    public void close() {
        pool.close();
    }

    static Long function(Long number) {
        return number + 1;
    }

    /// {@return the results}
    @Benchmark
    public List<Long> loop() {
        return loop(SerialOverheadBenchmark::function);
    }

    private List<Long> loop(Function<Long, Long> fn) {
        List<Long> results = new ArrayList<>(numbers.size());
        for (Long number : numbers) {
            results.add(fn.apply(number));
        }
        return results;
    }

    /// {@return the results}
    @Benchmark
    public List<Long> map() {
        return pool.map(numbers, SerialOverheadBenchmark::function);
    }

    /// {@return the results}
    @Benchmark
    public List<Long> imap() {
        try (Stream<Long> results = pool.imap(numbers, SerialOverheadBenchmark::function)) {
            return results.toList();
        }
    }

    /// {@return the results}
    @Benchmark
    public List<Long> iterate() {
        try (Results<Long> results = pool.iterate(numbers, SerialOverheadBenchmark::function)) {
            List<Long> list = new ArrayList<>(numbers.size());
            results.forEachRemaining(list::add);
            return list;
        }
    }

    /// {@return the outcomes}
    @Benchmark
    public List<Outcome<Long, Long>> outcomes() {
        try (Stream<Outcome<Long, Long>> outcomes = pool.outcomes(numbers, SerialOverheadBenchmark::function)) {
            return outcomes.toList();
        }
    }
}
