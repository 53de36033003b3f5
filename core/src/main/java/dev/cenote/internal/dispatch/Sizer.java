// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import java.util.concurrent.TimeUnit;

/// Chooses how many items a runner takes at a time.
///
/// Unless the caller has said, as many as are expected to fit into a quarter of a millisecond, by the measured run
/// time of the last items: long enough that taking a chunk costs nothing beside running it, short enough that
/// workers end together. It begins with one item, grows at most eightfold from one chunk to the next, and takes at
/// most a fair half of what is left. A chunk that turns out to be slow is split while it runs; see [Call].
///
/// The first items of a worker take long, as its code is cold; so while each worker may still be at its first two
/// chunks, only the last chunk counts.
///
/// For workers outside this JVM chunks are longer, and the last ones of a call too: the end of each costs a wait for
/// the last answer. A call there may begin with what the one before has found out about the same function. Both are
/// safe because what turns out to take long is taken back, see [OutsideRun].
///
/// The fields are read and written without order by all runners of a call: an old value costs a chunk of another
/// size.
final class Sizer {

    private static final long TARGET_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
    private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(2);
    private static final long SHORT_OUTSIDE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long LEAST_OUTSIDE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int GROWTH = 8;
    private static final int FIRST_CHUNKS = 2;

    /// Chunks outside this JVM that the caller has made smaller are not run together, as the way there and back comes
    /// with each of those; items that are sent alone are sent ahead.
    private static final int LEAST_TOGETHER = 64;

    private final int fixed;
    private final int workers;
    private final long targetNanos;

    /// How long a chunk runs at least, if there are as many items.
    private final long leastNanos;

    private final Experience experience;

    /// Items that take less are very short; 0 if none is.
    private final long shortNanos;

    /// The expected run time of one item; negative while unknown.
    private volatile double meanNanos;

    /// The size of the last chunks: that of the last one, or half of what this was before.
    private volatile long last;

    /// How many chunks were measured, about.
    private volatile int learned;

    /// Creates a sizer.
    ///
    /// @param fixed what the caller has said; 0 for nothing
    /// @param workers how many workers there may be
    /// @param outside whether they are outside this JVM: then the end of a chunk costs a wait for the last answer, so
    ///     chunks are four times as long, and an item is short that does not take longer than to send it alone
    /// @param experience what is known of the function; it is told what is found out
    Sizer(int fixed, int workers, boolean outside, Experience experience) {
        this.targetNanos = outside ? 4 * TARGET_NANOS : TARGET_NANOS;
        this.leastNanos = outside ? LEAST_OUTSIDE_NANOS : 0;
        this.experience = experience;
        this.meanNanos = experience.meanNanos;
        this.last = meanNanos < 0 ? 0 : Integer.MAX_VALUE;
        this.shortNanos = !outside ? SHORT_NANOS : fixed > 0 && fixed < LEAST_TOGETHER ? 0 : SHORT_OUTSIDE_NANOS;
        this.fixed = fixed;
        this.workers = workers;
    }

    /// {@return how many items to take, at least 1}
    long size(long left) {
        if (fixed > 0) {
            return fixed;
        }
        double mean = meanNanos;
        if (mean < 0) {
            return 1;
        }
        long fitting = (long) (targetNanos / Math.max(mean, 1));
        long least = (long) (leastNanos / Math.max(mean, 1));
        long share = workers > 1 ? Math.max(left / (2L * workers), least) : left;
        return Math.max(1, Math.min(Math.min(fitting, share), last * GROWTH));
    }

    /// Learns how long a chunk has run.
    void learn(long items, long nanos) {
        double mean = (double) nanos / items;
        int chunks = learned;
        if (chunks < FIRST_CHUNKS * (long) workers) {
            learned = chunks + 1;
            meanNanos = mean;
        } else {
            meanNanos = (meanNanos + mean) / 2;
        }
        last = Math.max(items, last / 2);
        experience.meanNanos = meanNanos;
    }

    /// {@return the expected run time of one item in nanoseconds; infinite while unknown}
    double expectedNanos() {
        double mean = meanNanos;
        return mean < 0 ? Double.POSITIVE_INFINITY : mean;
    }

    /// {@return whether items are known to be so short that they are timed and settled by the chunk}
    boolean isShort() {
        double mean = meanNanos;
        return mean >= 0 && mean < shortNanos;
    }
}
