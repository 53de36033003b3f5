// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SumUpToTest {

    @Test
    void sumUpTo_equalsTheFormula() {
        assertThat(SumUpTo.sumUpTo(0)).isZero();
        assertThat(SumUpTo.sumUpTo(100)).isEqualTo(5_050);
        assertThat(SumUpTo.sumUpTo(1_000_000)).isEqualTo(500_000_500_000L);
    }

    @Test
    void numbers_becomeSmaller() {
        assertThat(SumUpTo.numbers(1_000)).containsExactly(1_000L, 900L, 800L, 700L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual", "processes"})
    void sums_inTheOrderOfTheNumbers(String engine) {
        assertThat(SumUpTo.sums(Pool.of(engine), SumUpTo.numbers(1_000)))
                .containsExactly(500_500L, 405_450L, 320_400L, 245_350L);
    }

    @Test
    void program_printsTheSameSumsForEachEngine() throws Exception {
        List<String> lines = Program.run(SumUpTo.class, "1000");
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).matches("sums up to \\[1000, 900, 800, 700] on \\d+ CPUs");
        assertThat(lines.get(1)).startsWith("serial ").endsWith("[500500, 405450, 320400, 245350]");
        assertThat(lines.get(2)).startsWith("threads ").endsWith("[500500, 405450, 320400, 245350]");
        assertThat(lines.get(3)).startsWith("processes ").endsWith("[500500, 405450, 320400, 245350]");
        assertThat(lines.get(4)).matches("speed-up: .* on threads, .* on processes");
    }
}
