// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Progress;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BarTest {

    private static String shown(Progress progress) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (Bar bar = new Bar(new Console(err, Terminal.NONE), () -> OptionalLong.of(4))) {
            bar.update(progress);
        }
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void bar_showsHowFarTheRunningItemsAre() {
        Progress progress = new Progress("map", 1, 1, 0.52, OptionalLong.of(4), Duration.ofSeconds(1), false);
        assertThat(shown(progress)).contains("2/4", "+0.5 under way 1 failed");
    }

    @Test
    void bar_saysNothingOfItemsThatDoNotTell() {
        Progress progress = new Progress("map", 1, 0, 0, OptionalLong.of(4), Duration.ofSeconds(1), false);
        assertThat(shown(progress)).contains("1/4").doesNotContain("under way", "failed");
    }
}
