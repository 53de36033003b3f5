// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MemoryRaceTest {

    @ParameterizedTest
    @ValueSource(strings = {"threads", "virtual", "processes"})
    void race_losesOneAppendEachTime(String engine) {
        try (Pool pool = Pool.of(engine, c -> c.workers(2))) {
            for (int round = 0; round < 5; round++) {
                assertThat(MemoryRace.race(pool)).isIn("a", "b");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual", "processes"})
    void repair_losesNothing(String engine) {
        try (Pool pool = Pool.of(engine)) {
            assertThat(MemoryRace.repaired(pool, 2_000)).isEqualTo("a".repeat(2_000));
        }
    }

    @Test
    void program_printsTheLossAndTheRepair() throws Exception {
        List<String> lines = Program.run(MemoryRace.class, "100");
        assertThat(lines).hasSize(6);
        for (int i = 0; i < 6; i += 2) {
            assertThat(lines.get(i)).matches("\\w+ +race: {3}2 appends, text \"[ab]\": one is lost");
            assertThat(lines.get(i + 1)).matches("\\w+ +places: 100 appends, 100 letters");
        }
    }
}
