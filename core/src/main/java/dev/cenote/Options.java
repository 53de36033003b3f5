// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.ConsoleProgress;
import dev.cenote.internal.Text;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How a mapping call runs: an immutable value that {@link Mapper#with} changes.
///
/// ```java
/// List<Integer> lengths = pool
///     .with(o -> o.timeout(ofSeconds(30)).retries(2).chunk(16))
///     .map(List.of("a", "bc"), String::length);
/// ```
///
/// An option that is set again replaces the earlier value. Bad values throw at once, before anything runs.
///
/// @param name what messages, progress and events call this call
/// @param timeout how long one item may run, from its own start; `null` for no limit
/// @param stall how long one item may run without reporting progress; `null` for no limit
/// @param retries how often a failed item is started again
/// @param backoff how long a failed item waits before it is started again; `null` for not at all
/// @param chunk items that a worker takes at a time; 0 chooses from the measured run time of the items
/// @param ahead items that a lazy call takes from its input beyond what its reader has taken; 0 lets the engine
///     choose
/// @param ordered whether lazy results come in the order of the input
/// @param progress who is told how far a call has come; `null` for nobody
/// @since 0.1
public record Options(
        String name,
        @Nullable Duration timeout,
        @Nullable Duration stall,
        int retries,
        @Nullable Backoff backoff,
        int chunk,
        int ahead,
        boolean ordered,
        @Nullable Consumer<Progress> progress) {

    /// The options of a call that sets none.
    public static final Options DEFAULT = new Options("map", null, null, 0, null, 0, 0, true, null);

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if a number or a duration is out of range; the message names it and its
    ///     value
    public Options {
        Objects.requireNonNull(name, "name");
        if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
            throw new IllegalArgumentException("timeout must be positive: " + Text.of(timeout));
        }
        if (stall != null && (stall.isZero() || stall.isNegative())) {
            throw new IllegalArgumentException("stall must be positive: " + Text.of(stall));
        }
        if (retries < 0) {
            throw new IllegalArgumentException("retries must be 0 or more: retries=" + retries);
        }
        if (chunk < 0 || ahead < 0) {
            throw new IllegalArgumentException(
                    "chunk and ahead must be 1 or more, or 0 for automatic: chunk=" + chunk + ", ahead=" + ahead);
        }
    }

    /// Names the call in messages, progress reports, statistics and events.
    ///
    /// @param newName the name
    /// @return the changed options
    public Options name(String newName) {
        return new Options(newName, timeout, stall, retries, backoff, chunk, ahead, ordered, progress);
    }

    /// Limits how long one item may run, from its own start; an item that runs longer fails with a
    /// {@link TaskTimeoutException}.
    ///
    /// On threads the item's thread is interrupted and replaced at once, so the pool keeps its strength even when
    /// the task ignores the interrupt. An item that runs in the thread of a waiting task (a nested call), or on a
    /// serial pool, has no thread of its own to replace: who waits there goes on when the item returns.
    ///
    /// A worker process is killed and replaced. So is one that stands still before the item has begun, when it has
    /// taken nothing of what it is sent for as long as the limit.
    ///
    /// @param limit the limit, positive; no limit by default
    /// @return the changed options
    public Options timeout(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        return new Options(name, limit, stall, retries, backoff, chunk, ahead, ordered, progress);
    }

    /// Limits how long one item may run without reporting progress by {@link Worker#progress(double)}, from its own
    /// start and from each report; an item that is silent for longer is given up on as with {@link #timeout(Duration)},
    /// and fails with a {@link TaskTimeoutException}. This is for items that may take long, as long as they get
    /// somewhere. Both limits may be set.
    ///
    /// In a worker process the silence is measured to an eighth of the limit: an item is given up on when it was silent
    /// for between one and nine eighths of it.
    ///
    /// @param limit the limit, positive; no limit by default
    /// @return the changed options
    /// @throws IllegalArgumentException if `limit` is not positive
    public Options stall(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        return new Options(name, timeout, limit, retries, backoff, chunk, ahead, ordered, progress);
    }

    /// Starts an item again when it has failed with an exception or a time-out, or when its worker process has died, at
    /// most this often. Errors ({@link java.lang.Error}) are never retried.
    ///
    /// An item whose last attempt has failed too is given up, also when it has ended one worker process after the
    /// other: it fails with what the last attempt has thrown, and the failures of the earlier attempts, the latest ten
    /// of them, are suppressed in that.
    ///
    /// @param times how often, 0 or more; 0 by default, because a task may have side effects
    /// @return the changed options
    /// @throws IllegalArgumentException if `times` is negative
    public Options retries(int times) {
        return new Options(name, timeout, stall, times, backoff, chunk, ahead, ordered, progress);
    }

    /// Lets a failed item wait before it is started again: at first this long, then twice as long each time, up to a
    /// limit. A random part of the pause, at most half of it, is left out, so that items that have failed together do
    /// not come back together.
    ///
    /// A waiting item holds no worker, and the others go on; it still counts for {@link #ahead(int)}, and ordered
    /// results behind it wait for it. On a serial pool, whose only worker is the calling thread, that thread waits.
    /// Nothing waits unless {@link #retries(int)} says how often to try.
    ///
    /// @param first the pause before the second attempt, positive; by default there is no pause
    /// @param limit the longest pause, not less than the first
    /// @return the changed options
    /// @throws IllegalArgumentException if `first` is not positive, or `limit` is less than it
    public Options backoff(Duration first, Duration limit) {
        Backoff pauses = new Backoff(first, limit);
        return new Options(name, timeout, stall, retries, pauses, chunk, ahead, ordered, progress);
    }

    /// Sets how many items a worker takes at a time. By default the pool measures how long items run and takes as
    /// many as fit into a fraction of a millisecond; on virtual threads, whose items are expected to wait, one.
    ///
    /// @param items how many, 1 or more
    /// @return the changed options
    /// @throws IllegalArgumentException if `items` is less than 1
    public Options chunk(int items) {
        return new Options(
                name, timeout, stall, retries, backoff, atLeastOne("chunk", items), ahead, ordered, progress);
    }

    /// Sets how many items a lazy call may have taken from its input beyond those whose results were read: waiting,
    /// running, or finished and unread. This bounds its memory.
    ///
    /// @param items how many, 1 or more; by default 16 for each worker and at least 64, and 1000 where the number of
    ///     workers has no limit
    /// @return the changed options
    /// @throws IllegalArgumentException if `items` is less than 1
    public Options ahead(int items) {
        return new Options(
                name, timeout, stall, retries, backoff, chunk, atLeastOne("ahead", items), ordered, progress);
    }

    /// Gives lazy results as they finish.
    ///
    /// @return the changed options
    public Options unordered() {
        return new Options(name, timeout, stall, retries, backoff, chunk, ahead, false, progress);
    }

    /// Tells a listener how far the call has come: at most ten times a second, and once at its end.
    ///
    /// The listener runs on a thread of the pool, one report at a time; it should be quick. What it throws is logged
    /// and otherwise ignored.
    ///
    /// @param listener who is told
    /// @return the changed options
    public Options progress(Consumer<Progress> listener) {
        Objects.requireNonNull(listener, "listener");
        return new Options(name, timeout, stall, retries, backoff, chunk, ahead, ordered, listener);
    }

    /// Names the call and shows its progress on standard error: one line that is redrawn on a terminal, nothing when
    /// standard error is not one.
    ///
    /// @param label the name of the call
    /// @return the changed options
    public Options progress(String label) {
        Objects.requireNonNull(label, "label");
        return name(label).progress(new ConsoleProgress());
    }

    private static int atLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + " must be 1 or more: " + option + "=" + value);
        }
        return value;
    }

    /// How long a failed item waits before it is started again, see {@link Options#backoff(Duration, Duration)}.
    ///
    /// @param first the pause before the second attempt
    /// @param limit the longest pause
    public record Backoff(Duration first, Duration limit) {

        /// Checks the values.
        ///
        /// @throws IllegalArgumentException if `first` is not positive, or `limit` is less than it
        public Backoff {
            Objects.requireNonNull(first, "first");
            Objects.requireNonNull(limit, "limit");
            if (first.isZero() || first.isNegative()) {
                throw new IllegalArgumentException("the first pause must be positive: " + Text.of(first));
            }
            if (limit.compareTo(first) < 0) {
                throw new IllegalArgumentException("the longest pause must not be less than the first: first="
                        + Text.of(first) + ", limit=" + Text.of(limit));
            }
        }
    }
}
