// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the end of a worker costs.
@Timeout(60)
class DyingWorkerTest {

    /// A worker tells of the error before it ends itself; items after that are for another.
    @RepeatedTest(3)
    void outOfMemory_costsTheItemThatHadIt() {
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Integer, Integer>> outcomes = pool.outcomes(Range.of(0, 6), n -> {
                        if (n % 2 == 1) {
                            throw new OutOfMemoryError("as the JVM would");
                        }
                        return n;
                    })
                    .toList();

            assertThat(outcomes)
                    .extracting(outcome -> outcome instanceof Outcome.Failure<?, ?> failure
                            ? failure.error().getClass().getSimpleName()
                            : "value")
                    .containsExactly(
                            "value", "OutOfMemoryError", "value", "OutOfMemoryError", "value", "OutOfMemoryError");
        }
    }

    @Test
    void outOfMemory_costsNoneOfThoseThatWereSentAhead() {
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Integer, Integer>> outcomes = pool.outcomes(Range.of(0, 2_000), n -> {
                        if (n == 1_000) {
                            throw new OutOfMemoryError("as the JVM would");
                        }
                        return n;
                    })
                    .toList();

            assertThat(outcomes)
                    .filteredOn(outcome -> outcome instanceof Outcome.Failure<?, ?>)
                    .singleElement()
                    .extracting(Outcome::index)
                    .isEqualTo(1_000L);
        }
    }

    @Test
    void limitOfAnItem_doesNotIncludeTheStartOfAnotherWorker() {
        try (Pool pool = Pool.processes(c -> c.workers(1).initializer(() -> {
            Thread.sleep(1_000); // subject: a start that takes longer than an item may
            return 1;
        }))) {
            List<Boolean> values = pool.with(o -> o.timeout(Duration.ofMillis(900)))
                    .outcomes(Range.of(0, 3), n -> {
                        if (n == 0) {
                            Runtime.getRuntime().halt(1);
                        }
                        return n;
                    })
                    .map(outcome -> outcome instanceof Outcome.Success<?, ?>)
                    .toList();

            assertThat(values).containsExactly(false, true, true);
        }
    }
}
