// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import dev.cenote.SharedDoubles;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SharedSumTest {

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual", "processes"})
    void sum_isThatOfAllParts(String engine) {
        for (int length : new int[] {0, 3, 1_001}) {
            double[] weights = {1, 10};
            double expected = 0;
            for (int i = 0; i < length; i++) {
                expected += i % 10 * weights[i % 2];
            }
            try (Pool pool = Pool.of(engine, c -> engine.equals("serial") ? c : c.workers(2));
                    SharedDoubles array = SharedDoubles.of(length)) {
                SharedSum.fill(pool, array);
                assertThat(SharedSum.sum(pool, array, weights)).isEqualTo(expected);
            }
        }
    }

    @Test
    void program_printsTheSameSumForEachEngine() throws Exception {
        List<String> lines = Program.run(SharedSum.class, "3000");
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith("serial    15750.0 in ");
        assertThat(lines.get(1)).startsWith("threads   15750.0 in ");
        assertThat(lines.get(2)).startsWith("virtual   15750.0 in ");
        assertThat(lines.get(3)).startsWith("processes 15750.0 in ");
    }
}
