// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class FactorialsTest {

    static final List<String> ENGINES = Factorials.ENGINES;

    private static final String FACTORIALS = "[1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880]";

    @ParameterizedTest
    @FieldSource("ENGINES")
    void factorials_onEachEngine(String engine) {
        try (Pool pool = Pool.of(engine)) {
            assertThat(Factorials.factorials(pool)).hasToString(FACTORIALS);
        }
    }

    @Test
    void factorial_beyondLong() {
        assertThat(Factorials.factorial(25)).isEqualTo(new BigInteger("15511210043330985984000000"));
    }

    @Test
    void program_printsOneLineForEachEngine() throws Exception {
        assertThat(Program.run(Factorials.class)).containsExactlyElementsOf(expectedLines());
    }

    @Test
    void program_runsFromItsClass() throws Exception {
        assertThat(Program.runCompiled(Factorials.class)).containsExactlyElementsOf(expectedLines());
    }

    private static List<String> expectedLines() {
        return Stream.of("serial    ", "threads   ", "virtual   ", "processes ")
                .map(engine -> engine + FACTORIALS)
                .toList();
    }
}
