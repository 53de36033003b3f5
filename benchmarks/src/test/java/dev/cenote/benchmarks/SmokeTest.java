// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Every benchmark runs: one short iteration in this JVM, on few items. The times mean nothing.
class SmokeTest {

    static Stream<Class<?>> benchmarks() {
        return Question.all().stream().map(Question::benchmark);
    }

    @ParameterizedTest
    @MethodSource("benchmarks")
    void benchmark_runs(Class<?> benchmark) throws RunnerException {
        System.setProperty("jmh.ignoreLock", "true"); // several builds on one machine may do this at the same time
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("\\." + benchmark.getSimpleName() + "\\.")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(20))
                        .param("items", "500")
                        .param("sleepMillis", "1")
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        assertThat(results).isNotEmpty();
    }
}
