// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.PoolStats.Slow;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {

    @Test
    void bucket_boundsItsValuesWithinAnEighth() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong() >>> random.nextInt(2, 63);
            long bound = Histogram.upperBound(Histogram.bucket(nanos)).toNanos();
            assertThat(bound).isBetween(nanos, nanos + nanos / 8);
        }
    }

    @Test
    void percentiles_ofNothing_areZero() {
        assertThat(new Histogram().percentiles().count()).isZero();
        assertThat(new Histogram().percentiles().max()).isZero();
    }

    @Test
    void percentiles_rankAcrossStripes() {
        Histogram histogram = new Histogram();
        for (int i = 1; i <= 100; i++) {
            histogram.record(i, 1, i);
        }
        assertThat(histogram.percentiles().count()).isEqualTo(100);
        assertThat(histogram.percentiles().p50()).isBetween(Duration.ofNanos(50), Duration.ofNanos(57));
        assertThat(histogram.percentiles().p99()).isBetween(Duration.ofNanos(99), Duration.ofNanos(112));
        assertThat(histogram.percentiles().max()).isBetween(Duration.ofNanos(100), Duration.ofNanos(112));
    }

    @Test
    void negativeDurations_countAsZero() {
        Histogram histogram = new Histogram();
        histogram.record(-5, 1, 0);
        assertThat(histogram.percentiles().max()).isZero();
    }

    @Test
    void slowest_keepsTheFiveLongest_longestFirst() {
        Slowest slowest = new Slowest();
        for (int i = 1; i <= 9; i++) {
            slowest.offer("call", i, "item " + i, i * 10L);
        }
        slowest.offer("call", 0, "quick", 1);
        assertThat(slowest.list()).extracting(Slow::index).containsExactly(9L, 8L, 7L, 6L, 5L);
        assertThat(slowest.list().getFirst().item()).isEqualTo("\"item 9\"");
    }
}
