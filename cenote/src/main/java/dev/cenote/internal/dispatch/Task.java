// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.TaskException;
import dev.cenote.VoidJob;
import dev.cenote.internal.events.TaskEvent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One submitted job and its future.
///
/// | state | meaning | leaves by |
/// | --- | --- | --- |
/// | `NEW` | queued | a worker or a waiting task that claims it; `cancel` or `drop` |
/// | `CLAIMED` | about to run; its worker is being written | the claimer |
/// | `RUNNING` | runs, or has run | nobody |
/// | `OVER` | will never run | nobody |
///
/// The future may be completed from outside at any time, as any `CompletableFuture`; the job then does not start, or its
/// result is dropped.
final class Task<R extends @Nullable Object> extends CompletableFuture<R> implements Unit {

    private static final int NEW = 0;
    private static final int CLAIMED = 1;
    private static final int RUNNING = 2;
    private static final int OVER = 3;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Task.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Dispatcher dispatcher;
    private final Surroundings surroundings;
    private final long submittedNanos;

    /// See above.
    private volatile int state;

    /// The job; dropped when it is over, so that the future does not keep it. Whoever moved the state from `NEW` uses it.
    private @Nullable Callable<R> job;

    /// Who runs it; written between `CLAIMED` and `RUNNING`.
    private @Nullable WorkerContext runner;

    Task(Dispatcher dispatcher, Callable<R> job) {
        this.dispatcher = dispatcher;
        this.job = job;
        this.surroundings = Surroundings.capture(dispatcher.config);
        this.submittedNanos = dispatcher.time.nanos();
    }

    @Override
    public void run(WorkerContext me) {
        if (!STATE.compareAndSet(this, NEW, CLAIMED)) {
            return; // a husk: it was cancelled, or a waiting task has run it
        }
        me.begin(this, -1, 1);
        runner = me;
        state = RUNNING;
        Callable<R> work = Objects.requireNonNull(job);
        job = null;
        Throwable stopped = dispatcher.stopped();
        if (stopped != null || isDone()) {
            if (me.release()) {
                dispatcher.meter.cancelled.increment();
                dispatcher.closeUnit();
                completeExceptionally(stopped == null ? new CancellationException() : stopped);
            }
            return;
        }
        dispatcher.meter.running.increment();
        surroundings.run(() -> execute(me, work));
    }

    private void execute(WorkerContext me, Callable<R> work) {
        TaskEvent event = new TaskEvent();
        event.begin();
        long start = dispatcher.time.nanos();
        dispatcher.meter.waitTime.record(start - submittedNanos, 1, me.id());
        R value = null;
        Throwable error = null;
        try {
            value = work.call();
        } catch (Throwable t) {
            error = t;
        }
        long nanos = dispatcher.time.nanos() - start;
        if (!me.release()) {
            return; // cancelled: whoever did it has settled everything
        }
        if (event.shouldCommit()) {
            commit(event, me, error);
        }
        (error == null ? dispatcher.meter.done : dispatcher.meter.failed).increment();
        dispatcher.meter.runTime.record(nanos, 1, me.id());
        dispatcher.meter.slowest.offer("submit", -1, work, nanos);
        if (me.inline && error instanceof InterruptedException) {
            Thread.currentThread().interrupt(); // it was the caller who was interrupted
        }
        if (error == null) {
            complete(value);
        } else {
            completeExceptionally(error);
        }
        dispatcher.closeUnit();
        dispatcher.meter.running.decrement();
    }

    private void commit(TaskEvent event, WorkerContext me, @Nullable Throwable error) {
        event.pool = dispatcher.name;
        event.call = "submit";
        event.worker = me.id();
        event.failure = error == null ? "" : error.getClass().getName();
        event.commit();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return isCancelled();
        }
        if (STATE.compareAndSet(this, NEW, OVER)) {
            settleUnstarted();
        } else if (mayInterruptIfRunning && state != OVER) {
            stopRunning();
        }
        return super.cancel(mayInterruptIfRunning);
    }

    /// Ends a job that runs, when its pool is stopped.
    void stop(Throwable cause) {
        stopRunning();
        completeExceptionally(cause);
    }

    private void settleUnstarted() {
        job = null;
        dispatcher.meter.cancelled.increment();
        dispatcher.closeUnit();
    }

    private void stopRunning() {
        while (state == CLAIMED) {
            Thread.onSpinWait(); // the claimer is between two statements
        }
        WorkerContext worker = Objects.requireNonNull(runner);
        if (worker.giveUpOn(this)) {
            worker.handBack();
            dispatcher.meter.cancelled.increment();
            dispatcher.meter.running.decrement();
            dispatcher.closeUnit();
        }
    }

    @Override
    public void drop(Throwable cause) {
        if (STATE.compareAndSet(this, NEW, OVER)) {
            settleUnstarted();
            completeExceptionally(cause);
        }
    }

    @Override
    public void crashed(WorkerContext worker, Throwable cause) {
        if (completeExceptionally(cause)) {
            dispatcher.meter.failed.increment();
            dispatcher.meter.running.decrement();
            dispatcher.closeUnit();
        }
    }

    /// Takes the job out of a task that no worker has claimed, for the list that `shutdownNow` returns.
    @Nullable
    Runnable take(Throwable cause) {
        Callable<R> work = job;
        if (work == null || !STATE.compareAndSet(this, NEW, OVER)) {
            return null;
        }
        settleUnstarted();
        completeExceptionally(cause);
        return work instanceof Plain<?> plain
                ? plain.runnable()
                : () -> {
                    try {
                        work.call();
                    } catch (Exception e) {
                        throw new TaskException(e);
                    }
                };
    }

    /// Runs the job in the calling thread if that belongs to a worker of this pool and nobody has begun it: a task that
    /// waits for another of its own pool must not wait for a worker that may never be free.
    ///
    /// @return whether it was run
    boolean help() {
        if (state == NEW && !isDone()) {
            WorkerContext waiting = WorkerContext.within(dispatcher);
            if (waiting != null) {
                dispatcher.runInline(this, waiting);
                return true;
            }
        }
        return false;
    }

    @Override
    public R get() throws InterruptedException, ExecutionException {
        help();
        return super.get();
    }

    @Override
    public R join() {
        help();
        return super.join();
    }

    /// {@return whether the calling thread belongs to a worker of this pool}
    boolean couldHelp() {
        return WorkerContext.within(dispatcher) != null;
    }

    /// Waits for the end, whatever it is, at most until the deadline.
    void awaitEnd(long deadline) throws InterruptedException {
        try {
            super.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException | TimeoutException e) {
            // the caller looks at the future
        }
    }

    /// A job that was submitted as a `Runnable`.
    record Plain<R extends @Nullable Object>(Runnable runnable, R result) implements Callable<R> {

        @Override
        public R call() throws Exception {
            if (runnable instanceof VoidJob job) {
                job.call();
            } else {
                runnable.run();
            }
            return result;
        }
    }
}
