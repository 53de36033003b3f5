// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A call whose whole input is known: `map` and its kin. It stops at the first failure.
///
/// Positions are handed out by a counter. Results are written to their place in an array without order; the counter of
/// what is not settled orders them, as each runner lowers it after its writes and the last one completes the future.
final class EagerCall extends Call implements Batch {

    private final List<?> items;

    /// The results by position; `null` where none are wanted. Written by the runner of each position.
    private final @Nullable Object @Nullable [] results;

    private final AtomicLong next = new AtomicLong();

    /// Items without a final outcome; far below zero after the call was over before they all had one.
    private final AtomicInteger unsettled;

    private final AtomicBoolean over = new AtomicBoolean();

    /// The failures so far; guarded by itself.
    private final List<Failed> failures = new ArrayList<>();

    private final Promise promise = new Promise();

    /// Whether the caller waits in the verb itself.
    private final boolean waited;

    EagerCall(Dispatcher dispatcher, Order order, List<?> items, Kind kind) {
        super(dispatcher, order, OptionalLong.of(items.size()));
        this.items = items;
        this.results = kind == Kind.EFFECTS ? null : new Object[items.size()];
        this.waited = kind != Kind.FUTURE;
        this.unsettled = new AtomicInteger(items.size());
    }

    /// What the caller wants of a call.
    enum Kind {
        /// To wait for the results.
        RESULTS,
        /// To wait for the end.
        EFFECTS,
        /// A future of the results.
        FUTURE
    }

    /// Begins to run, unless the pool refuses.
    EagerCall start() {
        dispatcher.openCall(this);
        if (items.isEmpty()) {
            finish();
        } else if (dispatcher.engine.inline()) {
            dispatcher.runInline(new Runner(this), null);
        } else {
            ensureRunners();
        }
        return this;
    }

    CompletableFuture<List<@Nullable Object>> future() {
        return promise;
    }

    /// Waits for the end and returns the results, or throws as the eager verbs do.
    List<@Nullable Object> await() {
        try {
            return promise.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled =
                    new CancellationException("pool \"" + dispatcher.name + "\": the caller of \"" + options.name()
                            + "\" was interrupted after " + settled() + " of " + items.size() + " items");
            promise.completeExceptionally(cancelled);
            stop(cancelled, true);
            throw cancelled;
        } catch (CancellationException e) {
            throw asCancelled(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Stopped) {
                throw firstFailure(); // made here, so that it has the stack of the caller
            }
            throw asUnchecked(e);
        }
    }

    /// {@return an exception with the reason in its message, where that of the future says nothing}
    private CancellationException asCancelled(CancellationException e) {
        Throwable cause = stopCause();
        if (cause == null) {
            return e;
        }
        CancellationException cancelled = new CancellationException(cause.getMessage());
        cancelled.initCause(cause);
        return cancelled;
    }

    private static RuntimeException asUnchecked(ExecutionException e) {
        return e.getCause() instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e.getCause());
    }

    private long settled() {
        return (long) items.size() - Math.max(0, unsettled.get());
    }

    // ---- items

    @Override
    long unsettled() {
        return Math.max(0, unsettled.get());
    }

    @Override
    @Nullable
    Chunk claimNew() {
        long size = sizer.size(backlog());
        long first = next.getAndAdd(size);
        return first >= items.size()
                ? null
                : new Chunk(first, Math.min(first + size, items.size()), items, (int) first, 0);
    }

    @Override
    long backlog() {
        return Math.max(0, items.size() - next.get());
    }

    @Override
    Batch batch(Chunk chunk) {
        return this;
    }

    @Override
    public void put(long index, @Nullable Object result) {
        if (results != null) {
            results[(int) index] = result;
        }
    }

    @Override
    public void settle(long first, long values, int failed) {
        count(values, failed);
        report(values, failed);
        int left = unsettled.addAndGet((int) -(values + failed));
        if (left < 0) {
            count(-values, -failed); // the call was over: these were counted as cancelled
        } else if (failed > 0) {
            stop(new Stopped(), true);
        } else if (left == 0) {
            finish();
        }
    }

    @Override
    void settleOne(long index, @Nullable Object result, boolean failed) {
        put(index, result);
        settle(index, failed ? 0 : 1, failed ? 1 : 0);
    }

    // ---- the end

    @Override
    void failed(Failed failure) {
        synchronized (failures) {
            failures.add(failure);
        }
    }

    @Override
    boolean stopsAtFailure() {
        return true;
    }

    @Override
    void cut() {}

    @Override
    void stopped(Throwable cause) {}

    @Override
    void quiet() {
        if (signal == STOP) {
            finish();
        }
    }

    private void finish() {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        int rest = unsettled.getAndSet(Integer.MIN_VALUE / 2);
        if (rest > 0) {
            dispatcher.meter.cancelled.add(rest);
        }
        dispatcher.forget(this);
        conclude(items.size(), failures());
        Throwable cause = stopCause();
        if (cause == null && failures() > 0) {
            cause = new Stopped(); // the last item was settled before the one that failed could stop the call
        }
        if (cause == null) {
            promise.complete(list());
        } else {
            promise.completeExceptionally(cause instanceof Stopped && !waited ? failure() : cause);
        }
        dispatcher.closeCall();
    }

    private int failures() {
        synchronized (failures) {
            return failures.size();
        }
    }

    private List<@Nullable Object> list() {
        if (results == null) {
            return Collections.emptyList();
        }
        return Collections.unmodifiableList(Arrays.<@Nullable Object>asList(results));
    }

    /// {@return the failure that comes first in the input, with the others suppressed in it}
    ///
    /// @throws Error if that is what the first failure is
    private RuntimeException firstFailure() {
        List<Failed> all;
        synchronized (failures) {
            all = new ArrayList<>(failures);
        }
        all.sort(Comparator.comparingLong(Failed::index));
        Throwable first = all.getFirst().error();
        for (Failed other : all.subList(1, all.size())) {
            if (other.error() != first && !Arrays.asList(first.getSuppressed()).contains(other.error())) {
                first.addSuppressed(other.error());
            }
        }
        return all.getFirst().toThrow();
    }

    /// {@return what a future ends with after a failure}
    private Throwable failure() {
        try {
            return firstFailure();
        } catch (Error e) {
            return e;
        }
    }

    /// Marks a call that was stopped by a failure of its own.
    private static final class Stopped extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private Stopped() {
            super("stopped by a failure", null, false, false);
        }
    }

    /// The future of the call: cancelling it cancels the items, and a worker of the same pool that waits for it helps.
    private final class Promise extends CompletableFuture<List<@Nullable Object>> {

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                stop(new CancellationException("\"" + options.name() + "\" was cancelled"), mayInterruptIfRunning);
            }
            return cancelled;
        }

        @Override
        public List<@Nullable Object> get() throws InterruptedException, ExecutionException {
            helpIfWorker();
            return super.get();
        }

        @Override
        public List<@Nullable Object> join() {
            helpIfWorker();
            return super.join();
        }

        private void helpIfWorker() {
            WorkerContext waiting = isDone() ? null : WorkerContext.within(dispatcher);
            if (waiting != null && !dispatcher.engine.inline()) {
                help(waiting);
            }
        }
    }
}
