// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowTest {

    @Test
    void ordered_givesResultsInOrder_howeverTheyCome() {
        Window window = new Window(true);
        ArrayDeque<Object> fetched = new ArrayDeque<>();
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        Random random = new Random(3);
        for (int round = 0; round < 100; round++) {
            Collections.shuffle(order, random);
            for (int position : order) {
                window.put(round * 10L + position, round * 10 + position);
                window.drainTo(fetched);
            }
        }
        assertThat(fetched).containsExactlyElementsOf(Range.of(0, 1_000));
        assertThat(window.ready()).isFalse();
    }

    @Test
    void ordered_growsToWhatIsInFlight() {
        Window window = new Window(true);
        for (int position = 999; position >= 0; position--) {
            window.put(position, position);
        }
        ArrayDeque<Object> fetched = new ArrayDeque<>();
        window.drainTo(fetched);
        assertThat(fetched).containsExactlyElementsOf(Range.of(0, 1_000));
    }

    @Test
    void unordered_givesResultsAsTheyCome_nullsIncluded() {
        Window window = new Window(false);
        window.put(5, null);
        window.put(2, "b");
        assertThat(window.ready()).isTrue();
        ArrayDeque<Object> fetched = new ArrayDeque<>();
        window.drainTo(fetched);
        assertThat(fetched).extracting(Window::unmask).containsExactly(null, "b");
    }

    private static Sizer sizer(int fixed, boolean outside) {
        return new Sizer(fixed, 2, outside, new Experience());
    }

    @Test
    void sizer_growsWithShortItems_andShrinksAtOnce() {
        Sizer sizer = sizer(0, false);
        assertThat(sizer.size(1_000_000)).isEqualTo(1);
        sizer.learn(1, 100);
        assertThat(sizer.size(1_000_000)).isEqualTo(8);
        sizer.learn(8, 800);
        assertThat(sizer.size(1_000_000)).isEqualTo(64);
        assertThat(sizer.size(40)).as("a fair half of what is left").isEqualTo(10);
        assertThat(sizer.isShort()).isTrue();
        sizer.learn(64, 64_000_000);
        assertThat(sizer.size(1_000_000)).isEqualTo(1);
        assertThat(sizer.isShort()).isFalse();
        assertThat(sizer(16, false).size(3)).isEqualTo(16);
    }

    @Test
    void sizer_outside_makesLongerChunks_andSharesWhatIsLeft() {
        Sizer sizer = sizer(0, true);
        sizer.learn(8, 8 * 10_000);
        assertThat(sizer.size(1_000_000))
                .as("of 64 items in a millisecond, 8 times the last")
                .isEqualTo(64);
        sizer.learn(64, 64 * 10_000);
        assertThat(sizer.size(1_000_000)).isEqualTo(100);
        assertThat(sizer.size(200)).isEqualTo(50);
        assertThat(sizer.size(4)).as("the last take a tenth of a millisecond").isEqualTo(10);
        sizer.learn(1, 10_000_000);
        assertThat(sizer.size(4)).as("each of the last alone").isEqualTo(1);
    }

    @Test
    void sizer_beginsWithWhatTheLastCallHasFoundOut() {
        Experience experience = new Experience();
        Sizer first = new Sizer(0, 2, true, experience);
        assertThat(first.size(1_000)).isEqualTo(1);
        first.learn(1, 5_000);
        Sizer second = new Sizer(0, 2, true, experience);
        assertThat(second.isShort()).isTrue();
        assertThat(second.size(1_000)).isEqualTo(200);
        second.learn(200, 200_000_000);
        assertThat(second.size(1_000)).as("it was another time").isEqualTo(1);
        assertThat(new Sizer(0, 2, true, experience).isShort()).isFalse();
    }

    @Test
    void sizer_forgetsTheFirstItemsOfEachWorker_whichRunColdCode() {
        Sizer sizer = sizer(0, true);
        sizer.learn(1, 5_000_000);
        sizer.learn(1, 5_000_000);
        assertThat(sizer.isShort()).isFalse();
        sizer.learn(1, 4_000);
        assertThat(sizer.isShort()).isTrue();
        assertThat(sizer.expectedNanos()).isEqualTo(4_000);
        sizer.learn(1, 4_000);
        sizer.learn(1, 8_000);
        assertThat(sizer.expectedNanos()).as("from here on it is a mean").isEqualTo(6_000);
    }

    @Test
    void sizer_outside_doesNotRunSmallChunksTogether_thatTheCallerWants() {
        Sizer one = sizer(1, true);
        one.learn(1, 500);
        assertThat(one.isShort()).isFalse();
        Sizer many = sizer(1_000, true);
        many.learn(1_000, 500_000);
        assertThat(many.isShort()).isTrue();
        Sizer here = sizer(1, false);
        here.learn(1, 500);
        assertThat(here.isShort()).isTrue();
    }

    @Test
    void sizer_doesNotShrink_becauseTheLastChunkWasARest() {
        Sizer sizer = sizer(0, false);
        sizer.learn(1_000, 100_000);
        sizer.learn(1, 100);
        assertThat(sizer.size(1_000_000)).isEqualTo(2_500);
    }
}
