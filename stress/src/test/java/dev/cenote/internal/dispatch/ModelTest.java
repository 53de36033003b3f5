// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The model tests would pass just as well if the scheduler tried nothing: it must find an error that is there.
@NullMarked
class ModelTest {

    @Test
    void lostUpdate_isFound() {
        assertThatThrownBy(() -> Model.check(200, () -> {
                    Chunk chunk = Model.shared(new Chunk(0, 0, List.of(), 0, null));
                    Model.inParallel(() -> chunk.end++, () -> chunk.end++);
                    Model.require(chunk.end == 2, "an update was lost");
                }))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("an update was lost");
    }
}
