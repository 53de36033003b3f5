// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RangeTest {

    @Test
    void ints_areHalfOpen() {
        assertThat(Range.of(3, 6)).containsExactly(3, 4, 5);
        assertThat(Range.of(-2, 1)).containsExactly(-2, -1, 0);
    }

    @Test
    void emptyAndReversed_areEmpty() {
        assertThat(Range.of(3, 3)).isEmpty();
        assertThat(Range.of(5, 3)).isEmpty();
        assertThat(Range.of(Long.MAX_VALUE, Long.MIN_VALUE)).isEmpty();
    }

    @Test
    void longs_mayLieFarOut() {
        List<Long> far = Range.of(Long.MAX_VALUE - 2, Long.MAX_VALUE);
        assertThat(far).containsExactly(Long.MAX_VALUE - 2, Long.MAX_VALUE - 1);
    }

    @Test
    void tooMany_areRefusedWithARemedy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Range.of(0L, 1L << 31))
                .withMessageContaining("start=0, end=2147483648")
                .withMessageContaining("imap");
        assertThatIllegalArgumentException().isThrownBy(() -> Range.of(Long.MIN_VALUE, Long.MAX_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> Range.of(Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    @Test
    void elements_cannotBeChangedNorReadOutside() {
        List<Integer> range = Range.of(0, 2);
        assertThatThrownBy(() -> range.set(0, 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> range.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
