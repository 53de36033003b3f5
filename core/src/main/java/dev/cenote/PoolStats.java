// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.time.Duration;
import java.util.List;

/// What a pool has done and is doing; a snapshot, made by {@link Pool#stats()}.
///
/// The numbers are gathered without stopping the workers, so while tasks run they may be out of step with each
/// other by what happened during the call. An item that is retried counts once, when its outcome is final.
///
/// @param pool the name of the pool
/// @param engine the engine's word
/// @param workers workers that are alive and usable
/// @param queued items and jobs that were accepted and not started
/// @param running items and jobs that run now
/// @param done those that ended with a value
/// @param failed those that ended with an exception, time-outs included
/// @param cancelled those that were cancelled before they ended
/// @param timedOut those that ran longer than their limit, or reported no progress for longer than they may
/// @param retried how often an item was started again
/// @param abandoned threads that were given up on and still run, because their task ignores the interrupt
/// @param restarts workers that replaced one that was given up on
/// @param waitTime how long jobs waited between being submitted and being started; of every job while fewer than
///     16 are open, of a sixteenth of them otherwise
/// @param runTime how long items and jobs ran; those quicker than some microseconds are timed by the chunk
/// @param slowest the five that ran longest, the longest first
/// @since 0.1
public record PoolStats(
        String pool,
        String engine,
        int workers,
        long queued,
        long running,
        long done,
        long failed,
        long cancelled,
        long timedOut,
        long retried,
        long abandoned,
        long restarts,
        Percentiles waitTime,
        Percentiles runTime,
        List<Slow> slowest) {

    /// A distribution of durations. The values are upper bounds of histogram buckets and are at most an eighth too
    /// high.
    ///
    /// @param count how many durations there were
    /// @param p50 half of them were not longer than this
    /// @param p90 nine of ten were not longer than this
    /// @param p99 ninety-nine of a hundred were not longer than this
    /// @param max none was longer than this
    public record Percentiles(long count, Duration p50, Duration p90, Duration p99, Duration max) {}

    /// One that ran for a long time.
    ///
    /// @param call the name of its call, see {@link Options#name(String)}; `submit` for a submitted job
    /// @param index the position of the item in the input, or -1 for a submitted job
    /// @param item a plain JDK value (a string, a number, a path ...) as text, cut after 80 characters; of other
    ///     items the class
    /// @param time how long it ran
    public record Slow(String call, long index, String item, Duration time) {}
}
