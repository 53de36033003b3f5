// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.stats;

import java.util.concurrent.atomic.LongAdder;

/// What one pool counts. The fields are written by many threads and read by {@link dev.cenote.Pool#stats()}.
public final class Meter {

    /// Items and jobs that ended with a value.
    public final LongAdder done = new LongAdder();

    /// Those that ended with an exception.
    public final LongAdder failed = new LongAdder();

    /// Those that were cancelled.
    public final LongAdder cancelled = new LongAdder();

    /// Those that failed because of their time limit.
    public final LongAdder timedOut = new LongAdder();

    /// Attempts after the first.
    public final LongAdder retried = new LongAdder();

    /// Workers that took the place of one that was given up on.
    public final LongAdder restarts = new LongAdder();

    /// From submission to start.
    public final Histogram waitTime = new Histogram();

    /// From start to end.
    public final Histogram runTime = new Histogram();

    /// Those that ran longest.
    public final Slowest slowest = new Slowest();

    /// Creates a meter at zero.
    public Meter() {}
}
