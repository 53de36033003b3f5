// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal;

import java.time.Duration;

/// Durations as nanoseconds.
public final class Nanos {

    /// About 146 years: what stands for longer durations, so that adding it to a clock reading cannot overflow.
    public static final long FOREVER = Long.MAX_VALUE / 2;

    private Nanos() {}

    /// {@return the nanoseconds of a duration, at most [#FOREVER]; 0 for a negative one}
    ///
    /// @param duration a duration
    public static long of(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return duration.compareTo(Duration.ofNanos(FOREVER)) >= 0 ? FOREVER : duration.toNanos();
    }
}
