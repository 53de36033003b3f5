// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.dispatch.Completions;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Waiting for several futures, of one pool or of several.
///
/// A future given more than once counts once. When a task waits here without a limit for tasks of its own pool,
/// those that were not started run in the waiting thread, so that a small pool does not deadlock; with a limit it
/// only waits. Nothing here cancels a future.
///
/// @since 0.1
public final class Futures {

    private Futures() {}

    /// What {@link #await} waits for.
    public enum Until {
        /// Until any future is done.
        FIRST_COMPLETED,
        /// Until any future has failed, or all are done. A cancelled future has not failed.
        FIRST_FAILED,
        /// Until all are done.
        ALL
    }

    /// The state of some futures when the waiting ended.
    ///
    /// @param done those that had a value, had failed or were cancelled
    /// @param notDone the others
    /// @param <R> the type of a result
    public record Waited<R extends @Nullable Object>(
            Set<CompletableFuture<R>> done, Set<CompletableFuture<R>> notDone) {}

    /// Returns the futures in the order in which they complete; those that are done come first.
    ///
    /// @param futures the futures
    /// @param <R> the type of a result
    /// @return the futures, each once, every one done
    public static <R extends @Nullable Object> Stream<CompletableFuture<R>> asCompleted(
            Iterable<? extends CompletableFuture<R>> futures) {
        return Completions.stream(Objects.requireNonNull(futures, "futures"), null);
    }

    /// Returns the futures in the order in which they complete, and fails when not all are done in time.
    ///
    /// @param futures the futures
    /// @param limit how long all of them may take, from this call
    /// @param <R> the type of a result
    /// @return the futures, each once, every one done; the stream throws a {@link
    ///     java.util.concurrent.CompletionException} caused by a {@link java.util.concurrent.TimeoutException} ("2
    ///     (of 4) futures unfinished") when the limit has passed
    public static <R extends @Nullable Object> Stream<CompletableFuture<R>> asCompleted(
            Iterable<? extends CompletableFuture<R>> futures, Duration limit) {
        return Completions.stream(Objects.requireNonNull(futures, "futures"), Objects.requireNonNull(limit, "limit"));
    }

    /// Waits for some futures, at most this long. It is no error when the limit passes first: the result says what
    /// is done.
    ///
    /// @param futures the futures
    /// @param limit how long to wait; zero or less only looks
    /// @param until what to wait for
    /// @param <R> the type of a result
    /// @return which are done and which are not
    /// @throws InterruptedException if the calling thread is interrupted
    public static <R extends @Nullable Object> Waited<R> await(
            Iterable<? extends CompletableFuture<R>> futures, Duration limit, Until until) throws InterruptedException {
        return Completions.await(
                Objects.requireNonNull(futures, "futures"),
                Objects.requireNonNull(limit, "limit"),
                Objects.requireNonNull(until, "until"));
    }

    /// Waits for some futures for as long as it takes.
    ///
    /// @param futures the futures
    /// @param until what to wait for
    /// @param <R> the type of a result
    /// @return which are done and which are not
    /// @throws InterruptedException if the calling thread is interrupted
    public static <R extends @Nullable Object> Waited<R> await(
            Iterable<? extends CompletableFuture<R>> futures, Until until) throws InterruptedException {
        return Completions.await(
                Objects.requireNonNull(futures, "futures"),
                Duration.ofNanos(Long.MAX_VALUE),
                Objects.requireNonNull(until, "until"));
    }
}
