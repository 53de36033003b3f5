// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.NotShippableException;
import dev.cenote.Pool;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AppendRaceTest {

    @RepeatedTest(20)
    void race_losesOneAppendEachTime() {
        try (Pool pool = Pool.threads(2)) {
            assertThat(AppendRace.race(pool)).isIn("a", "b");
        }
    }

    @Test
    void race_onVirtualThreadsToo() {
        try (Pool pool = Pool.virtual()) {
            assertThat(AppendRace.race(pool)).isIn("a", "b");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual"})
    void repairs_loseNothing(String engine) {
        String expected = "a".repeat(2_000);
        try (Pool pool = Pool.of(engine)) {
            assertThat(AppendRace.withLock(pool, 2_000)).isEqualTo(expected);
            assertThat(AppendRace.withAtomic(pool, 2_000)).isEqualTo(expected);
            assertThat(AppendRace.withResults(pool, 2_000)).isEqualTo(expected);
        }
    }

    @Test
    void copies_onProcesses_leaveTheTextHereAsItWas() {
        try (Pool pool = Pool.processes(2)) {
            assertThat(AppendRace.onCopies(pool)).isEmpty();
            assertThat(AppendRace.withResults(pool, 2_000)).isEqualTo("a".repeat(2_000));
        }
    }

    @Test
    void race_onProcesses_cannotBeSent() {
        try (Pool pool = Pool.processes(2)) {
            assertThatThrownBy(() -> AppendRace.race(pool))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageContaining("AppendRace$RacyText is not Serializable");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"threads", "virtual", "processes"})
    void shared_onEveryEngine_losesOneAppendWithoutALock(String engine) {
        try (Pool pool = Pool.of(engine, c -> c.workers(2))) {
            assertThat(AppendRace.sharedRace(pool)).isIn("a", "b");
            assertThat(AppendRace.withSharedLock(pool, 50)).isEqualTo("a".repeat(50));
        }
    }

    @Test
    void program_printsTheLossAndTheRepairs() throws Exception {
        List<String> lines = Program.run(AppendRace.class, "100");
        assertThat(lines).hasSize(12);
        assertThat(lines.getFirst()).matches("race: +2 appends, text \"[ab]\": one is lost");
        assertThat(lines.subList(1, 6))
                .containsExactly(
                        "lock:    100 appends, 100 letters: 0 lost",
                        "atomic:  100 appends, 100 letters: 0 lost",
                        "results: 100 appends, 100 letters: 0 lost",
                        "copies:  2 appends on processes, text \"\": each was made to a copy",
                        "results: 100 appends, 100 letters: 0 lost");
        assertThat(lines.get(10)).matches("shared on processes: 2 appends, text \"[ab]\": one is lost");
        assertThat(lines.get(11)).isEqualTo("shared lock: 100 appends, 100 letters: 0 lost");
    }
}
