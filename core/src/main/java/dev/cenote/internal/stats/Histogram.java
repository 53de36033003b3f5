// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.stats;

import dev.cenote.PoolStats.Percentiles;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/// A distribution of durations in buckets that double, each cut into eight: a value is reported at most an eighth
/// too high. Writers are spread over stripes, so that workers seldom meet on one counter.
public final class Histogram {

    private static final int SUB_BITS = 3;
    private static final int SUBS = 1 << SUB_BITS;
    private static final int BUCKETS = 64 * SUBS;
    private static final int STRIPES = 4;

    private final AtomicLongArray[] stripes = new AtomicLongArray[STRIPES];

    /// Creates an empty histogram.
    public Histogram() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new AtomicLongArray(BUCKETS);
        }
    }

    /// Counts durations.
    ///
    /// @param nanos the duration in nanoseconds
    /// @param count how many of it
    /// @param stripe any number that differs between concurrent writers
    public void record(long nanos, long count, int stripe) {
        stripes[stripe & STRIPES - 1].getAndAdd(bucket(Math.max(0, nanos)), count);
    }

    /// {@return the distribution so far}
    public Percentiles percentiles() {
        long[] counts = new long[BUCKETS];
        long total = 0;
        int last = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            for (AtomicLongArray stripe : stripes) {
                counts[bucket] += stripe.get(bucket);
            }
            total += counts[bucket];
            last = counts[bucket] > 0 ? bucket : last;
        }
        return new Percentiles(
                total,
                upperBound(rank(counts, total, 50)),
                upperBound(rank(counts, total, 90)),
                upperBound(rank(counts, total, 99)),
                total == 0 ? Duration.ZERO : upperBound(last));
    }

    private static int rank(long[] counts, long total, int percent) {
        long wanted = Math.max(1, (total * percent + 99) / 100);
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += counts[bucket];
            if (seen >= wanted) {
                return bucket;
            }
        }
        return 0;
    }

    static int bucket(long nanos) {
        if (nanos < SUBS) {
            return (int) nanos;
        }
        int exponent = 63 - Long.numberOfLeadingZeros(nanos);
        int sub = (int) (nanos >>> (exponent - SUB_BITS)) & SUBS - 1;
        return (exponent - SUB_BITS + 1) * SUBS + sub;
    }

    static Duration upperBound(int bucket) {
        if (bucket < SUBS) {
            return Duration.ofNanos(bucket);
        }
        int exponent = bucket / SUBS + SUB_BITS - 1;
        long step = 1L << (exponent - SUB_BITS);
        return Duration.ofNanos((SUBS + bucket % SUBS) * step + step - 1);
    }
}
