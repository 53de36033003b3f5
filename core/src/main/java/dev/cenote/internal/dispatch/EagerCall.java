// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Func;
import dev.cenote.internal.remote.Remote;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A call whose whole input is known: `map` and its kin. It stops at the first failure.
///
/// Positions are handed out by a counter. Results are written to their place in an array without order; the
/// counter of what is not settled orders them, as each runner lowers it after its writes and the last one
/// completes the future.
final class EagerCall extends Call implements Batch {

    /// The input; let go when the call is over, when nobody claims any more.
    private List<?> items;

    private final int size;

    /// The results by position; `null` where none are wanted. Written by the runner of each position.
    private final @Nullable Object @Nullable [] results;

    private final AtomicLong next = new AtomicLong();

    /// Items without a final outcome; far below zero after the call was over before they all had one.
    private final AtomicInteger unsettled;

    private final AtomicBoolean over = new AtomicBoolean();

    /// The failures so far; guarded by itself.
    private final List<Failed> failures = new ArrayList<>();

    private final Promise promise = new Promise(this);

    /// Rung when the call is over or something was given back, for waiting tasks that would run it.
    private final Object bell = new Object();

    /// Whether the caller waits in the verb itself.
    private final boolean waited;

    EagerCall(Dispatcher dispatcher, Order order, List<?> items, Kind kind) {
        super(dispatcher, order, OptionalLong.of(items.size()));
        this.items = items;
        this.size = items.size();
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
            if (!dispatcher.engine.inline() && WorkerContext.within(dispatcher) == null) {
                awaitWatchfully();
            }
            return promise.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled =
                    new CancellationException("pool \"" + dispatcher.name + "\": the caller of \"" + options.name()
                            + "\" was interrupted after " + settled() + " of " + size + " items");
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

    /// Waits until it is over or there is no need to look whether it waits for itself.
    private void awaitWatchfully() throws InterruptedException {
        InitializerWatch watch = null;
        long start = System.nanoTime();
        long seen = -1; // as many were settled at the last look
        for (long nanos = InitializerWatch.FIRST_LOOK_NANOS; !promise.isDone(); nanos *= 2) {
            try {
                promise.get(start + nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                return;
            } catch (ExecutionException | CancellationException e) {
                return;
            } catch (TimeoutException e) {
                watch = watch == null ? InitializerWatch.of(dispatcher, options.name()) : watch;
            }
            if (watch == null) {
                return;
            }
            long now = settled();
            IllegalStateException deadlock =
                    now == 0 || now == seen ? watch.look(fn, now == 0, now == seen, nanos) : null;
            seen = now;
            if (deadlock != null) {
                promise.completeExceptionally(deadlock);
                stop(deadlock, true);
            }
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
        return (long) size - Math.max(0, unsettled.get());
    }

    // ---- items

    @Override
    long unsettled() {
        return Math.max(0, unsettled.get());
    }

    @Override
    @Nullable
    Chunk claimNew() {
        long wanted = sizer.size(backlog());
        long first = next.getAndAdd(wanted);
        return first >= size ? null : new Chunk(first, Math.min(first + wanted, size), items, (int) first, null);
    }

    @Override
    long backlog() {
        return Math.max(0, size - next.get());
    }

    @Override
    Batch batch(Chunk chunk) {
        return this;
    }

    @Override
    public long run(WorkerContext me, Chunk chunk, long from, long to) {
        if (remoteFn != null) {
            return runOutside(me, chunk, (int) from, (int) to);
        }
        int index = (int) from;
        int end = (int) to;
        List<?> input = chunk.items(); // positions in it are those of the call
        @Nullable Object[] output = results;
        Func<@Nullable Object, @Nullable Object> function = fn;
        try {
            for (; index < end; index++) {
                me.at(index);
                Object result = function.apply(input.get(index));
                if (output != null) {
                    output[index] = result;
                }
            }
            return index;
        } catch (Throwable t) {
            put(index, failureOf(me, chunk, index, t));
            return ~(index + 1L);
        }
    }

    /// As [#run], but returns early where somebody may want to know how far it is.
    private long runOutside(WorkerContext me, Chunk chunk, int from, int end) {
        Remote remote = Objects.requireNonNull(me.remote());
        int index = from;
        try {
            while (index < end) {
                int ready = remote.receiveReady(results, index, end - index);
                index += ready;
                if (index < end) {
                    remote.expectMany();
                    me.at(index);
                    Object result = fn.apply(chunk.item(index));
                    if (result == Remote.SKIPPED) {
                        return index;
                    }
                    put(index, result);
                    index++;
                    if (signal != RUN) {
                        return index;
                    }
                }
            }
            return index;
        } catch (Throwable t) {
            put(index, failureOf(me, chunk, index, t));
            return ~(index + 1L);
        }
    }

    private void put(int index, @Nullable Object result) {
        if (results != null) {
            results[index] = result;
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
            end(new Stopped());
        } else if (left == 0) {
            finish();
        }
    }

    @Override
    void settleOne(long index, @Nullable Object result, boolean failed) {
        put((int) index, result);
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
    boolean isWaitedFor() {
        return waited;
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
        conclude(size, failures());
        Throwable cause = stopCause();
        if (cause == null && failures() > 0) {
            cause = new Stopped(); // the last item was settled before the one that failed could stop the call
        }
        promise.letGo();
        items = List.of();
        if (cause == null) {
            promise.complete(list());
        } else {
            promise.completeExceptionally(cause instanceof Stopped && !waited ? failure() : cause);
        }
        ring();
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

    /// Runs items of this call in a waiting task's thread, again and again, until the call is over.
    private void helpUntilDone(WorkerContext waiting, Promise future) throws InterruptedException {
        while (!future.isDone()) {
            help(waiting);
            synchronized (bell) {
                while (!future.isDone() && !hasReturned()) {
                    bell.wait();
                }
            }
        }
    }

    @Override
    void gaveBack() {
        ring();
    }

    private void ring() {
        synchronized (bell) {
            bell.notifyAll();
        }
    }

    /// The future of the call: cancelling it cancels the items, and a worker of the same pool that waits for it
    /// helps. It lets go of the call, and so of its input, when that is over.
    private static final class Promise extends CompletableFuture<List<@Nullable Object>> implements Helpable {

        /// The call; `null` when it is over.
        private volatile @Nullable EagerCall call;

        Promise(EagerCall call) {
            this.call = call;
        }

        void letGo() {
            EagerCall over = call;
            call = null;
            if (over != null) {
                over.ring();
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            EagerCall running = call;
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled && running != null) {
                running.ring();
                running.stop(
                        new CancellationException("\"" + running.options.name() + "\" was cancelled"),
                        mayInterruptIfRunning);
            }
            return cancelled;
        }

        @Override
        public boolean help() {
            EagerCall running = call;
            WorkerContext waiting = running == null || isDone() ? null : WorkerContext.within(running.dispatcher);
            if (running == null || waiting == null || !running.canClaim()) {
                return false;
            }
            running.help(waiting);
            return true;
        }

        @Override
        public List<@Nullable Object> get() throws InterruptedException, ExecutionException {
            EagerCall running = call;
            WorkerContext waiting = running == null || isDone() ? null : WorkerContext.within(running.dispatcher);
            if (running != null && waiting != null && !Thread.currentThread().isInterrupted()) {
                running.helpUntilDone(waiting, this);
            }
            return super.get();
        }

        @Override
        public List<@Nullable Object> join() {
            boolean interrupted = false;
            while (!isDone()) {
                try {
                    return get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException | CancellationException e) {
                    break; // join has its own way to say it
                }
            }
            try {
                return super.join();
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
