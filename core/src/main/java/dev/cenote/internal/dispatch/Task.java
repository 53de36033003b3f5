// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.TaskException;
import dev.cenote.VoidJob;
import dev.cenote.internal.Failures;
import dev.cenote.internal.events.Recorder;
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
/// | `NEW` | queued | a worker or a waiting task that claims it; `cancel`, `drop` or `take` |
/// | `CLAIMED` | about to run; its worker is being written | the claimer |
/// | `RUNNING` | runs | `conclude` |
/// | `DROPPED` | will never run | `conclude` |
/// | `OVER` | the future is complete and the gate closed | nobody |
///
/// Whoever ends it completes the future first and then closes the gate, so that a pool that has terminated has no
/// incomplete futures.
///
/// The future may be completed from outside at any time, as any `CompletableFuture`; the job then does not start,
/// or its result is dropped.
///
/// In a burst of a million jobs these objects, all alive, are most of what the garbage collector has to copy: what only
/// some jobs need stands in wrappers of the job ([Timed], [RemoteJob], [Plain]), and one field serves two states.
final class Task<R extends @Nullable Object> extends CompletableFuture<R> implements Unit, Helpable {

    private static final int NEW = 0;
    private static final int CLAIMED = 1;
    private static final int RUNNING = 2;
    private static final int DROPPED = 3;
    private static final int OVER = 4;
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

    /// See above.
    private volatile int state;

    /// At first the job, a `Callable<R>`, which whoever moved the state from `NEW` uses. From `RUNNING` on the
    /// [WorkerContext] that runs it and holds a lease for it; so the future does not keep the job. `null` when it is
    /// over.
    private @Nullable Object work;

    /// Creates a job, for which the gate of its pool was opened, and which has entered its backlog.
    Task(Dispatcher dispatcher, Callable<R> job) {
        this.dispatcher = dispatcher;
        this.work = job;
        this.surroundings = dispatcher.surroundings();
    }

    /// {@return the job; for whoever moved the state from `NEW`}
    @SuppressWarnings("unchecked") // see the field
    private Callable<R> job() {
        return (Callable<R>) Objects.requireNonNull(work);
    }

    @Override
    public void run(WorkerContext me) {
        if (!STATE.compareAndSet(this, NEW, CLAIMED)) {
            return; // a husk: it was cancelled, or a waiting task has run it
        }
        Callable<R> job = job();
        dispatcher.leaveBacklog(job);
        work = me;
        me.begin(this, -1, 1);
        STATE.setRelease(this, RUNNING); // from here on it may be concluded by others; the lease orders it against them
        Throwable stopped = dispatcher.stopped();
        if (stopped != null || isDone()) {
            if (me.release()) {
                dispatcher.meter.cancelled.increment();
                completeExceptionally(stopped == null ? new CancellationException() : stopped);
                conclude(me);
            }
        } else if (surroundings.areThose()) {
            execute(me, job);
        } else {
            surroundings.run(() -> execute(me, job));
        }
    }

    private void execute(WorkerContext me, Callable<R> job) {
        TaskEvent event = Recorder.beginTask();
        long start = me.start();
        if (job instanceof Timed<R> timed) {
            dispatcher.meter.waitTime.record(start - timed.submittedNanos(), 1, me.id());
        }
        R value = null;
        Throwable error = null;
        try {
            value = job.call();
        } catch (Throwable t) {
            error = t;
        }
        if (!me.release()) {
            return; // cancelled: whoever did it has settled everything
        }
        if (event != null && event.shouldCommit()) {
            commit(event, me, error);
        }
        me.end(untimed(job));
        settle(me, value, error);
        conclude(me);
    }

    private void settle(WorkerContext me, @Nullable R value, @Nullable Throwable error) {
        if (getNumberOfDependents() > 0) {
            me.pause(); // what runs because of this is not the run time of the next
        }
        if (error == null) {
            me.countDone();
            complete(value);
            return;
        }
        dispatcher.meter.failed.increment();
        if (me.inline && error instanceof InterruptedException) {
            Thread.currentThread().interrupt(); // it was the caller who was interrupted
        }
        completeExceptionally(error);
    }

    private void commit(TaskEvent event, WorkerContext me, @Nullable Throwable error) {
        event.pool = dispatcher.name;
        event.call = "submit";
        event.worker = me.id();
        event.failure = error == null ? "" : error.getClass().getName();
        event.commit();
    }

    /// Closes the gate, once.
    private void conclude() {
        conclude(null);
    }

    /// Closes the gate, once.
    ///
    /// @param me the worker whose thread this is, which may put it off; `null` if it is none
    private void conclude(@Nullable WorkerContext me) {
        work = null;
        if (state == OVER) { // by the same thread: only one has claimed it, or won its lease
            return;
        }
        STATE.setRelease(this, OVER);
        if (me == null) {
            dispatcher.closeUnit();
        } else {
            me.closeUnit();
        }
    }

    // ---- ends that come from elsewhere

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return isCancelled();
        }
        boolean ended = claimForDropping() || (mayInterruptIfRunning && stopRunning());
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (ended) {
            conclude();
        }
        return cancelled;
    }

    /// Ends a job that runs, when its pool is stopped.
    void stop(Throwable cause) {
        boolean ended = stopRunning();
        completeExceptionally(cause);
        if (ended) {
            conclude();
        }
    }

    @Override
    public void drop(Throwable cause) {
        if (claimForDropping()) {
            completeExceptionally(cause);
            conclude();
        }
    }

    @Override
    public void crashed(WorkerContext worker, Throwable cause) {
        completeExceptionally(cause);
        conclude();
    }

    /// Takes the job out of a task that no worker has claimed, for the list that `shutdownNow` returns.
    @Nullable
    Runnable take(Throwable cause) {
        if (!claimForDropping()) {
            return null;
        }
        Callable<R> job = job();
        completeExceptionally(cause);
        conclude();
        Callable<?> submitted = untimed(job) instanceof RemoteJob<?> remote ? remote.job() : untimed(job);
        return submitted instanceof Plain<?> plain ? plain.runnable() : () -> callNow(submitted);
    }

    /// {@return the job without what measures its waiting time}
    static Callable<?> untimed(Callable<?> job) {
        return job instanceof Timed<?> timed ? timed.job() : job;
    }

    private static void callNow(Callable<?> work) {
        try {
            work.call();
        } catch (Exception e) {
            throw new TaskException(e);
        }
    }

    private boolean claimForDropping() {
        if (!STATE.compareAndSet(this, NEW, DROPPED)) {
            return false;
        }
        dispatcher.leaveBacklog(job());
        dispatcher.meter.cancelled.increment();
        return true;
    }

    private boolean stopRunning() {
        while (state == CLAIMED) {
            Thread.onSpinWait(); // the claimer is between two statements
        }
        if (state != RUNNING || !(work instanceof WorkerContext worker) || !worker.giveUpOn(this)) {
            return false;
        }
        worker.handBack();
        dispatcher.meter.cancelled.increment();
        return true;
    }

    // ---- waiting

    /// {@return whether nobody has begun it}
    boolean waits() {
        return state == NEW;
    }

    @Override
    public boolean help() {
        if (state != NEW || isDone()) {
            return false;
        }
        WorkerContext waiting = WorkerContext.within(dispatcher);
        if (waiting == null) {
            return false;
        }
        boolean interrupted = Thread.interrupted(); // meant for the one who waits, not for this job
        try {
            dispatcher.runInline(this, waiting);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return true;
    }

    @Override
    public R get() throws InterruptedException, ExecutionException {
        if (!Thread.currentThread().isInterrupted()) {
            help();
        }
        return super.get();
    }

    @Override
    public R join() {
        help();
        return super.join();
    }

    /// Waits for the result; fails and is cancelled as a mapping verb.
    R await() {
        try {
            return get();
        } catch (InterruptedException e) {
            cancel(true);
            Thread.currentThread().interrupt();
            throw callerInterrupted();
        } catch (ExecutionException e) {
            Throwable error = Objects.requireNonNull(e.getCause());
            if (error instanceof InterruptedException && Thread.currentThread().isInterrupted()) {
                throw callerInterrupted(); // it has run in this thread
            }
            throw Failures.unchecked(error, -1, null, 1, "");
        }
    }

    private CancellationException callerInterrupted() {
        return new CancellationException("pool \"" + dispatcher.name + "\": the caller of a job was interrupted");
    }

    /// Waits for the end, whatever it is, at most until the deadline.
    void awaitEnd(long deadline) throws InterruptedException {
        try {
            super.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException | TimeoutException e) {
            // the caller looks at the future
        }
    }

    /// A job whose waiting time is measured.
    ///
    /// @param submittedNanos when it was submitted
    record Timed<R extends @Nullable Object>(Callable<R> job, long submittedNanos) implements Callable<R> {

        @Override
        public R call() throws Exception {
            return job.call();
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
