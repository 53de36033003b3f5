// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberRangeTest {

    private static List<Long> numbers(String text) {
        List<Long> numbers = new ArrayList<>();
        NumberRange.parse(text).orElseThrow().iterator().forEachRemaining((Long n) -> numbers.add(n));
        return numbers;
    }

    @Test
    void range_isHalfOpenOrClosed() {
        assertThat(numbers("0..3")).containsExactly(0L, 1L, 2L);
        assertThat(numbers("0..=3")).containsExactly(0L, 1L, 2L, 3L);
        assertThat(numbers("-2..1")).containsExactly(-2L, -1L, 0L);
        assertThat(numbers("-2..-2")).isEmpty();
        assertThat(numbers("3..0")).isEmpty();
        assertThat(numbers("9_223_372_036_854_775_806..=9223372036854775807")).hasSize(2);
        assertThat(numbers("-9223372036854775808..-9223372036854775808")).isEmpty();
    }

    @Test
    void size_isKnownUnlessItDoesNotFit() {
        assertThat(NumberRange.parse("0..5_000_000_000").orElseThrow().size()).isEqualTo(5_000_000_000L);
        assertThat(NumberRange.parse("3..0").orElseThrow().size()).isZero();
        assertThat(NumberRange.parse("-9223372036854775808..=9223372036854775807")
                        .orElseThrow()
                        .size())
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"words.txt", "1", "..", "0..", "..3", "a..b", "0...3", "0.5..2", "./0..3", "_1..2"})
    void otherText_isNoRange(String text) {
        assertThat(NumberRange.parse(text)).isEmpty();
    }

    @Test
    void boundThatDoesNotFit_isRefused() {
        assertThatThrownBy(() -> NumberRange.parse("0..9223372036854775808"))
                .hasMessage("a bound of the range 0..9223372036854775808 does not fit into 64 bits");
    }
}
