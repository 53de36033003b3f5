// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.WorkerDiedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Items that end their workers, with and without retries.
@Timeout(60)
class PoisonTest {

    private static Integer poisonousAt3(Integer n) {
        if (n == 3) {
            Runtime.getRuntime().halt(7);
        }
        return n;
    }

    @Test
    void poison_isGivenUpAfterItsAttempts_withEachDeath_andHarmsNoOther() {
        try (Pool pool = Pool.processes(2)) {
            List<Outcome<Integer, Integer>> outcomes = pool.with(
                            o -> o.retries(2).backoff(Duration.ofMillis(1), Duration.ofMillis(2)))
                    .<Integer, Integer>outcomes(Range.of(0, 8), PoisonTest::poisonousAt3)
                    .toList();

            assertThat(outcomes).filteredOn(Outcome::succeeded).hasSize(7);
            Outcome.Failure<Integer, Integer> poison = (Outcome.Failure<Integer, Integer>) outcomes.get(3);
            assertThat(poison.attempts()).isEqualTo(3);
            List<Throwable> deaths = Arrays.asList(poison.error().getSuppressed());
            assertThat(deaths).hasSize(2).hasOnlyElementsOfType(WorkerDiedException.class);
            assertThat(((WorkerDiedException) deaths.get(0)).pid())
                    .isNotEqualTo(((WorkerDiedException) deaths.get(1)).pid());
            assertThat(pool.stats().retried()).isEqualTo(2);
        }
    }

    @Test
    void deadlyItem_isNotBegunAgainWithoutBeingAsked() {
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Integer, Integer>> outcomes = pool.<Integer, Integer>outcomes(
                            Range.of(0, 8), PoisonTest::poisonousAt3)
                    .toList();

            assertThat(outcomes.get(3).attempts()).isEqualTo(1);
            assertThat(outcomes).filteredOn(Outcome::succeeded).hasSize(7);
        }
    }
}
