// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Worker;
import dev.cenote.WorkerDiedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// What a pool tells of the end of a worker.
@Timeout(60)
class DeathReportTest {

    private static Pool open() {
        return Pool.processes(
                c -> c.workers(1).name("p").output((worker, line) -> {}).jvmArgs("-XX:-CreateCoredumpOnCrash"));
    }

    private static WorkerDiedException deathOf(Outcome<?, ?> outcome) {
        return (WorkerDiedException) ((Outcome.Failure<?, ?>) outcome).error();
    }

    private static void send(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, Long.toString(ProcessHandle.current().pid()))
                .start()
                .waitFor();
        Thread.sleep(10_000); // subject: a task that is killed
    }

    @Test
    void exit_isToldWithItemUptimeAdviceAndLastOutput() {
        try (Pool pool = open()) {
            List<Outcome<Integer, Integer>> outcomes = pool.with(o -> o.name("parsing"))
                    .<Integer, Integer>outcomes(List.of(0, 1, 2), n -> {
                        if (n == 1) {
                            System.out.println("last words");
                            System.exit(7);
                        }
                        return n;
                    })
                    .toList();

            WorkerDiedException death = deathOf(outcomes.get(1));
            assertThat(death.getMessage()).matches(Pattern.compile("""
                    worker p-1 \\(pid \\d+\\) ended by itself with exit code 7 \\(something in it called System.exit or \
                    Runtime.halt\\)
                      it was running item 1 of "parsing"
                      it was up for [0-9.]+ m?s
                      what to do: let tasks return or throw instead; what must exit runs as a ChildProcess
                      last output:
                        last words"""));
            assertThat(death.reason()).isEqualTo("EXIT");
            assertThat(death.exitCode()).isEqualTo(7);
            assertThat(death.worker()).isEqualTo("p-1");
            assertThat(death.pid()).isPositive();
            assertThat(death.uptime()).isBetween(Duration.ofMillis(1), Duration.ofMinutes(1));
            assertThat(death.lastOutput()).containsExactly("last words");
        }
    }

    @Test
    void attempt_isToldFromTheSecondOn() {
        try (Pool pool = open()) {
            Outcome<Integer, Integer> outcome = pool.with(o -> o.retries(1))
                    .<Integer, Integer>outcomes(List.of(0), n -> {
                        Runtime.getRuntime().halt(Worker.current().attempt());
                        return n;
                    })
                    .toList()
                    .getFirst();

            assertThat(deathOf(outcome)).hasMessageContaining("it was running item 0 of \"map\", attempt 2\n");
            assertThat(deathOf(outcome).getSuppressed()[0]).hasMessageContaining("it was running item 0 of \"map\"\n");
        }
    }

    @Test
    void job_isToldAsSuch() {
        try (Pool pool = open()) {
            Throwable thrown = pool.submit(() -> {
                        Runtime.getRuntime().halt(3);
                        return 1;
                    })
                    .handle((value, error) -> error instanceof CompletionException e ? e.getCause() : error)
                    .join();

            assertThat(thrown).isInstanceOf(WorkerDiedException.class).hasMessageContaining("running a submitted job");
        }
    }

    /// Items that are known to be short are sent in one message, and told of in another place.
    @Test
    void shortItem_isToldToo() {
        try (Pool pool = open()) {
            for (int round = 0; round < 3; round++) {
                List<Outcome<Integer, Integer>> outcomes = pool.<Integer, Integer>outcomes(
                                dev.cenote.Range.of(0, 2_000), n -> {
                                    if (n == 1_500) {
                                        Runtime.getRuntime().halt(3);
                                    }
                                    return n;
                                })
                        .toList();
                assertThat(deathOf(outcomes.get(1_500))).hasMessageContaining("it was running item 1500 of \"map\"\n");
                assertThat(outcomes).filteredOn(Outcome::succeeded).hasSize(1_999);
            }
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void signal_isToldByItsName() {
        try (Pool pool = open()) {
            Outcome<Integer, Integer> outcome = pool.<Integer, Integer>outcomes(List.of(0), n -> {
                        send("-KILL");
                        return n;
                    })
                    .toList()
                    .getFirst();

            assertThat(deathOf(outcome).reason()).isEqualTo("SIGNAL");
            assertThat(deathOf(outcome).exitCode()).isEqualTo(137);
            assertThat(deathOf(outcome)).hasMessageContaining("signal 9 (SIGKILL)");
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void crash_isToldWithTheHeadOfItsReport() throws IOException {
        try (Pool pool = open()) {
            Outcome<Integer, Integer> outcome = pool.<Integer, Integer>outcomes(List.of(0), n -> {
                        send("-SEGV");
                        return n;
                    })
                    .toList()
                    .getFirst();

            WorkerDiedException death = deathOf(outcome);
            assertThat(death.reason()).isEqualTo("CRASH");
            assertThat(death.getMessage())
                    .contains("crashed: SIGSEGV", "crash report:", "Problematic frame", "it was running item 0");
            Matcher kept = Pattern.compile("the crash report is (\\S+)").matcher(death.getMessage());
            if (kept.find()) {
                Files.delete(Path.of(kept.group(1)));
            }
        }
    }
}
