// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void defaults_areQuiet() {
        assertThat(Options.DEFAULT).isEqualTo(new Options("map", null, null, 0, null, 0, 0, true, null));
    }

    @Test
    void badNumbers_areRefusedWithTheirValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.DEFAULT.chunk(0))
                .withMessageContaining("chunk=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.DEFAULT.ahead(-1))
                .withMessageContaining("ahead=-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.DEFAULT.retries(-2))
                .withMessageContaining("retries=-2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.DEFAULT.timeout(Duration.ZERO))
                .withMessageContaining("timeout");
        assertThatIllegalArgumentException().isThrownBy(() -> Options.DEFAULT.timeout(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.DEFAULT.stall(Duration.ZERO))
                .withMessageContaining("stall");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.DEFAULT.backoff(Duration.ZERO, Duration.ofSeconds(1)))
                .withMessageContaining("0 ns");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.DEFAULT.backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .withMessageContaining("first=2 s, limit=1 s");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PoolConfig.DEFAULT.workers(0))
                .withMessageContaining("workers=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pool.serial(c -> c.workers(2)))
                .withMessageContaining("workers=2");
    }

    @Test
    void nulls_areRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> Options.DEFAULT.timeout(null))
                .withMessage("limit");
        assertThatNullPointerException()
                .isThrownBy(() -> Options.DEFAULT.progress((String) null))
                .withMessage("label");
        assertThatNullPointerException()
                .isThrownBy(() -> PoolConfig.DEFAULT.initializer(null))
                .withMessage("job");
    }

    @Test
    void unknownEngine_isRefusedWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pool.of("thread"))
                .withMessage("no engine is named \"thread\"; there are serial, threads, virtual," + " processes");
    }
}
