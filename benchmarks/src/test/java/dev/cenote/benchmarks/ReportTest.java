// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class ReportTest {

    private static final LocalDate DAY = LocalDate.of(2026, 2, 3);

    @Test
    void table_hasTimesAndRatios() {
        String report = report(
                submit("cenote", 5.5, "0.25"),
                submit("fixedPool", 5.0, "\"NaN\""),
                submit("supplyAsync", 12_345.6, "1"));

        assertThat(report)
                .startsWith("# Benchmarks, 2026-02-03\n\n3 CPUs. ")
                .contains("## SubmitBenchmark\n")
                .contains("| `cenote` |  | 5.50 us | 0.25 us |  | 1.10 |  |\n")
                .contains("| `fixedPool` |  | 5.00 us |  |  | 1.00 |  |\n")
                .contains("| `supplyAsync` |  | 12,346 us | 1.00 us |  | 2,469 |  |\n")
                .doesNotContain("LazyBenchmark");
    }

    @Test
    void baseline_hasTheSameParameters() {
        String report = report(
                burst("cenote", 1, 300),
                burst("cenote", 2, 500),
                burst("fixedPool", 2, 1_000),
                burst("fixedPool", 1, 200));

        assertThat(report)
                .contains("| `cenote` | items=1000000, submitters=1 | 300 ms |  | 300 ns | 1.50 |  |\n")
                .contains("| `cenote` | items=1000000, submitters=2 | 500 ms |  | 500 ns | 0.50 |  |\n")
                .contains("| a million jobs from one thread take no longer than with a fixed pool"
                        + " | 1.50 x | ≤ 1.00 x | **no** |\n")
                .contains("| a million jobs from two threads take no longer than with a fixed pool"
                        + " | 0.50 x | ≤ 1.00 x | yes |\n");
    }

    @Test
    void bar_withoutResult_isNotMeasured() {
        assertThat(report(submit("cenote", 5.5, "0.25")))
                .contains("| `submit(...).join()` takes at most 1.2 x a fixed pool's"
                        + " | not measured | ≤ 1.20 x |  |\n");
    }

    @Test
    void bar_ofSecondsAndAmounts() {
        String report = report(result(
                VirtualSleepersBenchmark.class,
                "cenote",
                "\"items\" : \"100000\"",
                1_234,
                "\"NaN\"",
                "ms/op",
                "\"peakHeapMegabytes\" : { \"score\" : 1003, \"rawData\" : [ [ 390.6, 612.4 ] ] }"));

        assertThat(report)
                .contains("| 100,000 sleepers of 100 ms take less than 1.5 s | 1.23 s | ≤ 1.50 s | yes |\n")
                .contains("| they need less than 600 MB of heap | 612 | ≤ 600 | **no** |\n")
                .contains("peakHeapMegabytes 612");
    }

    @Test
    void bar_ofExtraTimePerItem() {
        Bar bar = new Bar.Extra("little", Bar.Series.of("map"), "loop", 100);
        List<Measurement> results = List.of(
                new Measurement("B", "map", Map.of("items", "1000"), 130, 1, "us/op", Map.of()),
                new Measurement("B", "loop", Map.of("items", "1000"), 5, 1, "us/op", Map.of()));

        assertThat(Verdict.of(bar, results).measured()).isEqualTo("125 ns");
        assertThat(Verdict.of(bar, results).holds()).contains(false);
    }

    @Test
    void bar_ofSeveralResults_isJudgedByTheWorst() {
        Bar bar = new Bar.Seconds("quick", Bar.Series.of("map"), 2);
        List<Measurement> results = List.of(
                new Measurement("B", "map", Map.of("engine", "a"), 1, 0, "s/op", Map.of()),
                new Measurement("B", "map", Map.of("engine", "b"), 3, 0, "s/op", Map.of()));

        assertThat(Verdict.of(bar, results).holds()).contains(false);
    }

    @Test
    void main_keepsResultsWithoutPaths(@TempDir Path directory) throws IOException {
        Path input = Files.writeString(directory.resolve("in.json"), "[" + submit("cenote", 5.5, "0.25") + "]");
        Path output = directory.resolve("results");

        Report.main(new String[] {input.toString(), output.toString()});

        try (Stream<Path> files = Files.list(output)) {
            Map<String, String> texts = files.collect(
                    Collectors.toMap(file -> file.toString().replaceFirst(".*\\.", ""), ReportTest::read));
            assertThat(texts).containsOnlyKeys("json", "md");
            assertThat(texts.get("json")).contains("\"jvm\" : \"java\"").doesNotContain("/opt/jdk");
            assertThat(texts.get("md")).contains("| `cenote` |  | 5.50 us |");
        }
    }

    @Test
    void main_withoutArguments_saysWhatItWants() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Report.main(new String[0]))
                .withMessageContaining("result file");
    }

    @Test
    void everyBenchmark_isAQuestion() {
        List<String> classes = BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
                .stream()
                .map(BenchmarkListEntry::getUserClassQName)
                .distinct()
                .toList();

        assertThat(Question.all().stream().map(question -> question.benchmark().getName()))
                .containsExactlyInAnyOrderElementsOf(classes);
    }

    @Test
    void everyBarAndBaseline_namesABenchmark() {
        for (Question question : Question.all()) {
            List<String> methods = Arrays.stream(question.benchmark().getMethods())
                    .filter(method -> method.isAnnotationPresent(Benchmark.class))
                    .map(method -> method.getName())
                    .toList();
            assertThat(methods).contains(question.baseline());
            question.bars().forEach(bar -> {
                assertThat(methods).contains(bar.subject().method());
                switch (bar) {
                    case Bar.Ratio ratio -> assertThat(methods).contains(ratio.baseline());
                    case Bar.Extra extra -> assertThat(methods).contains(extra.baseline());
                    case Bar.Seconds _, Bar.Amount _ -> {}
                }
            });
        }
    }

    @Test
    void json_escapesAndErrors() {
        assertThat(Json.parse(" { \"a\\n\\u0041\" : [ 1, -2.5e3, true, false, null, {}, [] ] } "))
                .hasToString("{a\nA=[1.0, -2500.0, true, false, null, {}, []]}");
        for (String bad : List.of("", "{", "[1 2]", "[1]x", "{\"a\" 1}", "nul", "\"a", "?")) {
            assertThatIllegalArgumentException()
                    .as(bad)
                    .isThrownBy(() -> Json.parse(bad))
                    .withMessageContaining("position");
        }
    }

    private static String report(String... results) {
        return Report.markdown("[" + String.join(",", results) + "]", DAY, "3 CPUs");
    }

    private static String submit(String method, double score, String error) {
        return result(SubmitBenchmark.class, method, "", score, error, "us/op", "");
    }

    private static String burst(String method, int submitters, double millis) {
        String params = "\"items\" : \"1000000\", \"submitters\" : \"" + submitters + "\"";
        return result(SubmitBurstBenchmark.class, method, params, millis, "\"NaN\"", "ms/op", "");
    }

    private static String result(
            Class<?> benchmark,
            String method,
            String params,
            double score,
            String error,
            String unit,
            String secondary) {
        return """
            {
                "benchmark" : "%s.%s",
                "jvm" : "/opt/jdk/bin/java",
                "params" : { %s },
                "primaryMetric" : { "score" : %s, "scoreError" : %s, "scoreUnit" : "%s", "rawData" : [ [ 1 ] ] },
                "secondaryMetrics" : { %s }
            }
            """.formatted(benchmark.getName(), method, params, score, error, unit, secondary);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
