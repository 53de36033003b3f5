// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import java.io.FileNotFoundException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FuturesTourTest {

    static List<Pool> pools() {
        return List.of(Pool.threads(3), Pool.virtual());
    }

    static List<Pool> allPools() {
        return List.of(Pool.threads(3), Pool.virtual(), Pool.processes(3));
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void asCompleted_givesEachResultOnce(Pool pool) {
        try (pool) {
            assertThat(FuturesTour.asCompleted(pool, Duration.ofMillis(1)))
                    .containsExactlyInAnyOrder("quick", "middling", "slow");
        }
    }

    @ParameterizedTest
    @MethodSource("allPools")
    void error_isTheExceptionOfTheJob(Pool pool) throws InterruptedException {
        try (pool) {
            assertThat(FuturesTour.causeOfFailure(pool))
                    .isExactlyInstanceOf(FileNotFoundException.class)
                    .hasMessage("no such file");
            assertThat(FuturesTour.recovered(pool)).isEqualTo("a default instead of \"no such file\"");
        }
    }

    @ParameterizedTest
    @MethodSource("pools")
    void await_returnsWhenTheFirstIsDone(Pool pool) throws InterruptedException {
        try (pool) {
            assertThat(FuturesTour.firstOfTwo(pool)).isEqualTo("[one is done], 1 not yet; later two is done");
        }
    }

    @ParameterizedTest
    @MethodSource("pools")
    void cancel_interruptsARunningJob(Pool pool) throws InterruptedException {
        try (pool) {
            assertThat(FuturesTour.cancelRunning(pool)).isTrue();
        }
    }

    @Test
    void cancel_keepsAWaitingJobFromStarting() {
        assertThat(FuturesTour.cancelWaiting()).isTrue();
    }

    @Test
    void cancel_killsAWorkerProcess() throws InterruptedException {
        assertThat(FuturesTour.cancelByKilling()).isEqualTo("endless job cancelled: true; the next job runs");
    }

    @Test
    void program_printsEachStop() throws Exception {
        List<String> lines = Program.run(FuturesTour.class, "5");
        assertThat(lines).hasSize(10);
        assertThat(lines.getFirst()).startsWith("as completed: [").contains("quick", "middling", "slow");
        assertThat(lines.subList(1, 6))
                .containsExactly(
                        "an error:     java.io.FileNotFoundException: no such file",
                        "in a chain:   a default instead of \"no such file\"",
                        "the first:    [one is done], 1 not yet; later two is done",
                        "cancelled:    running job interrupted: true",
                        "cancelled:    waiting job never started: true");
        assertThat(lines.get(6)).startsWith("processes:    [").contains("quick", "middling", "slow");
        assertThat(lines.subList(7, 10))
                .containsExactly(
                        "processes:    java.io.FileNotFoundException: no such file",
                        "processes:    a default instead of \"no such file\"",
                        "processes:    endless job cancelled: true; the next job runs");
    }
}
