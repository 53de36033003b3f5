// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowTest {

    private static final int MOST = 10_000;

    private static void pass(Window window, int items, long bytes) {
        for (int i = 0; i < items; i++) {
            window.take();
            window.giveBack(bytes);
        }
    }

    @Test
    void limit_growsWhileItemsAreSmall() {
        Window window = new Window(4, MOST, 1 << 30);
        pass(window, 64 * 10, 10);

        assertThat(window.room()).isEqualTo(MOST);
    }

    @Test
    void limit_shrinksToWhatFits() {
        Window window = new Window(4, MOST, 10_000_000);
        pass(window, 64 * 10, 10);
        pass(window, 64, 1_000_000);

        assertThat(window.room()).isBetween(4L, 10L);
    }

    @Test
    void limit_isNeverLessThanWorkersNeed() {
        Window window = new Window(50, MOST, 1);
        pass(window, 640, 1_000_000);

        assertThat(window.room()).isEqualTo(50);
    }

    @Test
    void take_endsWhenClosedOrInterrupted() {
        Window window = new Window(1, 1, 1);
        assertThat(window.take()).isTrue();
        Thread.currentThread().interrupt();
        assertThat(window.take()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        window.close();
        assertThat(window.take()).isFalse();
    }
}
