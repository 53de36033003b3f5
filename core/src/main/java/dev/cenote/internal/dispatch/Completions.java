// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Futures.Until;
import dev.cenote.Futures.Waited;
import dev.cenote.internal.Nanos;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Waiting for several futures.
public final class Completions {

    private Completions() {}

    /// Implements [dev.cenote.Futures#asCompleted].
    ///
    /// @param futures the futures
    /// @param limit how long all may take, or `null` for as long as it takes
    /// @param <R> the type of a result
    /// @return the futures as they complete
    public static <R extends @Nullable Object> Stream<CompletableFuture<R>> stream(
            Iterable<? extends CompletableFuture<R>> futures, @Nullable Duration limit) {
        Set<CompletableFuture<R>> distinct = distinct(futures);
        return StreamSupport.stream(new AsCompleted<>(distinct, limit), false);
    }

    /// Implements [dev.cenote.Futures#await].
    ///
    /// @param futures the futures
    /// @param limit how long to wait
    /// @param until what to wait for
    /// @param <R> the type of a result
    /// @return which are done
    /// @throws InterruptedException if the calling thread is interrupted
    public static <R extends @Nullable Object> Waited<R> await(
            Iterable<? extends CompletableFuture<R>> futures, Duration limit, Until until) throws InterruptedException {
        Set<CompletableFuture<R>> distinct = distinct(futures);
        long deadline = deadline(limit);
        while (Nanos.of(limit) >= Nanos.FOREVER && !satisfied(distinct, until) && helpOne(distinct)) {
            // another one is done
        }
        if (until == Until.ALL) {
            for (CompletableFuture<R> future : distinct) { // one after the other: leaves nothing behind in them
                waitUntil(future, deadline);
            }
        } else if (!satisfied(distinct, until)) {
            waitUntil(signal(distinct, until), deadline);
        }
        Set<CompletableFuture<R>> done = new LinkedHashSet<>();
        Set<CompletableFuture<R>> notDone = new LinkedHashSet<>();
        for (CompletableFuture<R> future : distinct) {
            (future.isDone() ? done : notDone).add(future);
        }
        return new Waited<>(Collections.unmodifiableSet(done), Collections.unmodifiableSet(notDone));
    }

    /// Waits for the first task with a value.
    ///
    /// @throws ExecutionException if all have failed; the cause is that of the last one
    static <T extends @Nullable Object> T firstValue(List<Task<T>> tasks, boolean limited, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        LinkedBlockingQueue<Task<T>> ended = new LinkedBlockingQueue<>();
        for (Task<T> task : tasks) {
            task.whenComplete((value, error) -> ended.add(task));
        }
        ExecutionException last = null;
        for (int left = tasks.size(); left > 0; left--) {
            Task<T> task = ended.poll();
            while (task == null && !limited && helpOne(tasks)) {
                task = ended.poll();
            }
            if (task == null) {
                task = ended.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
            if (task == null) {
                throw new TimeoutException(
                        "no task had a value in time; " + left + " (of " + tasks.size() + ") were unfinished");
            }
            try {
                return task.get();
            } catch (ExecutionException e) {
                last = e;
            } catch (CancellationException e) {
                last = new ExecutionException(e);
            }
        }
        throw Objects.requireNonNull(last);
    }

    private static <R extends @Nullable Object> Set<CompletableFuture<R>> distinct(
            Iterable<? extends CompletableFuture<R>> futures) {
        Set<CompletableFuture<R>> distinct = new LinkedHashSet<>();
        for (CompletableFuture<R> future : futures) {
            distinct.add(Objects.requireNonNull(future, "future"));
        }
        return distinct;
    }

    private static boolean satisfied(Collection<? extends CompletableFuture<?>> futures, Until until) {
        boolean allDone = futures.stream().allMatch(CompletableFuture::isDone);
        return allDone
                || switch (until) {
                    case ALL -> false;
                    case FIRST_COMPLETED -> futures.stream().anyMatch(CompletableFuture::isDone);
                    case FIRST_FAILED -> futures.stream().anyMatch(Completions::failed);
                };
    }

    private static boolean failed(CompletableFuture<?> future) {
        return future.isCompletedExceptionally() && !future.isCancelled();
    }

    private static CompletableFuture<?> signal(Collection<? extends CompletableFuture<?>> futures, Until until) {
        CompletableFuture<?>[] all = futures.toArray(CompletableFuture[]::new);
        return switch (until) {
            case ALL -> CompletableFuture.allOf(all);
            case FIRST_COMPLETED -> CompletableFuture.anyOf(all);
            case FIRST_FAILED -> {
                CompletableFuture<@Nullable Object> first = new CompletableFuture<>();
                CompletableFuture.allOf(all).whenComplete((none, error) -> first.complete(null));
                for (CompletableFuture<?> future : all) {
                    future.whenComplete((value, error) -> {
                        if (failed(future)) {
                            first.complete(null);
                        }
                    });
                }
                yield first;
            }
        };
    }

    private static void waitUntil(CompletableFuture<?> signal, long deadline) throws InterruptedException {
        try {
            signal.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException | TimeoutException e) {
            // how they ended, and whether all did, is seen from the futures themselves
        }
    }

    private static long deadline(Duration limit) {
        return System.nanoTime() + Nanos.of(limit);
    }

    /// Runs one task that nobody has begun, if the calling thread belongs to a worker of its pool.
    private static boolean helpOne(Collection<? extends CompletableFuture<?>> futures) {
        for (CompletableFuture<?> future : futures) {
            if (future instanceof Helpable helpable && helpable.help()) {
                return true;
            }
        }
        return false;
    }

    /// Yields futures as they complete; keeps none that it has yielded.
    private static final class AsCompleted<R extends @Nullable Object>
            extends AbstractSpliterator<CompletableFuture<R>> {

        private final LinkedBlockingQueue<CompletableFuture<R>> completed = new LinkedBlockingQueue<>();
        private final ArrayDeque<Helpable> helpable = new ArrayDeque<>();
        private final @Nullable Duration limit;
        private final long deadline;
        private final int total;
        private int left;

        AsCompleted(Set<CompletableFuture<R>> futures, @Nullable Duration limit) {
            super(futures.size(), Spliterator.DISTINCT | Spliterator.NONNULL);
            this.limit = limit;
            this.deadline = limit == null ? 0 : deadline(limit);
            this.total = futures.size();
            this.left = total;
            List<CompletableFuture<R>> pending = new ArrayList<>();
            for (CompletableFuture<R> future : futures) {
                if (future.isDone()) {
                    completed.add(future);
                } else {
                    pending.add(future);
                }
            }
            for (CompletableFuture<R> future : pending) {
                future.whenComplete((value, error) -> completed.add(future));
                if (limit == null && WorkerContext.isInTask() && future instanceof Helpable work) {
                    helpable.add(work);
                }
            }
        }

        @Override
        public boolean tryAdvance(Consumer<? super CompletableFuture<R>> action) {
            if (left == 0) {
                return false;
            }
            CompletableFuture<R> next = next();
            left--;
            action.accept(next);
            return true;
        }

        private CompletableFuture<R> next() {
            CompletableFuture<R> next = completed.poll();
            while (next == null && !helpable.isEmpty()) {
                helpable.remove().help();
                next = completed.poll();
            }
            try {
                if (next == null) {
                    next = limit == null
                            ? completed.take()
                            : completed.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted while waiting for " + unfinished());
            }
            if (next == null) {
                throw new CompletionException(new TimeoutException(unfinished()));
            }
            return next;
        }

        private String unfinished() {
            return left + " (of " + total + ") futures unfinished";
        }
    }
}
