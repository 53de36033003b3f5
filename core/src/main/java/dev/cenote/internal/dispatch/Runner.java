// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.TaskTimeoutException;
import dev.cenote.internal.Nanos;
import dev.cenote.internal.Text;
import dev.cenote.internal.events.Recorder;
import dev.cenote.internal.events.TaskEvent;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.time.Time.Alarm;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Runs pieces of one call in one worker until there are none.
///
/// Very short items are run, timed and settled by the chunk, under one lease; all others one by one, each under a
/// lease of its own.
final class Runner implements Unit {

    /// How many very short items are run between two looks at the signal of the call.
    private static final int BLOCK = 256;

    private final Call call;
    private final Dispatcher dispatcher;

    /// The worker it runs in; written before it is known to the call.
    private @Nullable WorkerContext worker;

    /// Whether it has come back after it was given up on; guarded by the lock of its call.
    boolean returned;

    /// What it has under way outside this JVM; written by its own thread outside a lease.
    private volatile @Nullable OutsideRun outside;

    /// How many chunks it may take before it returns; only its own thread uses it.
    private int chunksLeft = Integer.MAX_VALUE;

    Runner(Call call) {
        this.call = call;
        this.dispatcher = call.dispatcher;
    }

    /// Makes a runner that returns after one chunk.
    static Runner forOneChunk(Call call) {
        Runner runner = new Runner(call);
        runner.chunksLeft = 1;
        return runner;
    }

    @Override
    public void run(WorkerContext me) {
        me.pause();
        call.surroundings.run(() -> {
            Runner runner = this;
            while (runner.takeChunks(me)) {
                me.reclaim();
                runner = new Runner(call);
                runner.chunksLeft = chunksLeft;
            }
        });
    }

    /// @return whether this runner was given up on in a caller's thread, which goes on with a new one
    private boolean takeChunks(WorkerContext me) {
        worker = me;
        boolean entered = call.enter(this);
        while (entered && chunksLeft > 0) {
            if (call.remoteFn != null && !me.inline && !startFirst(me)) {
                call.returnedLate(this);
                return false;
            }
            Chunk chunk = me.inline ? call.claim() : call.claimBusy();
            if (chunk == null) {
                call.starve();
                break;
            }
            chunksLeft--;
            if (!runChunk(me, chunk)) {
                call.returnedLate(this);
                return me.inline;
            }
            if (!me.inline) {
                call.idle();
            }
            if (!me.inline && dispatcher.crowded()) {
                call.leave(this);
                dispatcher.enqueue(this);
                return false;
            }
        }
        if (entered) {
            call.leave(this);
        }
        retire(me);
        return false;
    }

    /// Starts the worker outside this JVM, if there is none, before anything is claimed: what is claimed is kept from
    /// all others, and what comes behind it in order from the reader. A failure has ended the pool.
    ///
    /// @return false when this runner was given up on
    private boolean startFirst(WorkerContext me) {
        Remote remote = Objects.requireNonNull(me.remote());
        if (remote.isReady() || !call.canClaim()) {
            return true;
        }
        call.busy();
        me.clearInterrupt();
        me.begin(this, -1, 1);
        try {
            Remote _ = me.startedRemote();
        } catch (Throwable t) {
            // the call was stopped, or whoever claims is told
        }
        boolean held = me.release();
        if (held) {
            call.idle();
        }
        return held;
    }

    /// {@return what it has under way outside this JVM, or `null`; for any thread}
    @Nullable
    OutsideRun outside() {
        return outside;
    }

    /// {@return whether another chunk may be taken with the first}
    boolean mayClaim() {
        return chunksLeft > 1 && !dispatcher.crowded();
    }

    /// Ends this unit in the middle of a chunk.
    private void retireBusy(WorkerContext me) {
        if (!me.inline) {
            call.idle();
        }
        retire(me);
    }

    /// Ends this unit.
    private void retire(WorkerContext me) {
        if (!me.inline) {
            call.retired();
            dispatcher.closeUnit();
        }
    }

    @Override
    public void drop(Throwable cause) {
        call.stop(cause, true);
        if (!dispatcher.engine.inline()) {
            call.retired();
            dispatcher.closeUnit();
        }
    }

    @Override
    public void crashed(WorkerContext me, Throwable cause) {
        call.stop(cause, true);
        call.leave(this);
        retire(me);
    }

    /// Gives up on whatever this runner runs right now, because its call is stopped.
    ///
    /// @return whether something was given up
    boolean giveUp() {
        WorkerContext me = Objects.requireNonNull(worker);
        if (me.runsIn(Thread.currentThread()) || !me.giveUpOn(this)) {
            return false;
        }
        me.handBack();
        retireBusy(me);
        return true;
    }

    /// @return false when this runner was given up on
    private boolean runChunk(WorkerContext me, Chunk chunk) {
        if (call.remoteFn != null) {
            OutsideRun run = outside;
            if (run == null) {
                run = new OutsideRun(this, call);
                outside = run;
            }
            return call.byChunk() ? run.runTogether(me, chunk) : run.run(me, chunk);
        }
        return call.byChunk() ? runTogether(me, chunk) : runOneByOne(me, chunk);
    }

    // ---- very short items

    private boolean runTogether(WorkerContext me, Chunk chunk) {
        me.clearInterrupt();
        me.begin(this, chunk.first, 1);
        long start = dispatcher.time.nanos();
        long index = chunk.first;
        int failures = 0;
        Batch batch = call.batch(chunk);
        while (index < chunk.end) {
            if (call.signal != Call.RUN && !call.goOn(chunk, index, start)) {
                break;
            }
            long reached = batch.run(me, chunk, index, Math.min(chunk.end, index + BLOCK));
            index = reached < 0 ? ~reached : reached;
            if (reached < 0) {
                failures++;
                if (call.stopsAtFailure()) {
                    break;
                }
            }
        }
        long nanos = dispatcher.time.nanos() - start;
        if (!me.release()) {
            return false;
        }
        long ran = index - chunk.first;
        if (ran > 0) {
            measure(me, chunk, ran, nanos);
            batch.settle(chunk.first, ran - failures, failures);
        }
        return true;
    }

    void measure(WorkerContext me, Chunk chunk, long ran, long nanos) {
        call.sizer.learn(ran, nanos);
        dispatcher.meter.runTime.record(nanos / ran, ran, me.id());
        dispatcher.meter.slowest.offer(call.options.name(), chunk.first, chunk.item(chunk.first), nanos / ran);
    }

    // ---- all others

    private boolean runOneByOne(WorkerContext me, Chunk chunk) {
        long start = dispatcher.time.nanos();
        long index = chunk.first;
        while (index < chunk.end) {
            if (call.signal != Call.RUN && !call.goOn(chunk, index, start)) {
                return true;
            }
            if (!runItem(me, chunk, index)) {
                return false;
            }
            index++;
        }
        call.sizer.learn(index - chunk.first, dispatcher.time.nanos() - start);
        return true;
    }

    private boolean runItem(WorkerContext me, Chunk chunk, long index) {
        Object item = chunk.item(index);
        Past past = index == chunk.first ? chunk.past : null;
        while (true) {
            int attempt = Past.count(past) + 1;
            me.clearInterrupt();
            long token = me.begin(this, index, attempt);
            if (call.signal == Call.STOP) {
                return me.release();
            }
            Attempt outcome = attempt(me, chunk, index, item, attempt, token);
            if (outcome == null) {
                return false;
            }
            Throwable error = outcome.error();
            Next next = error == null ? Next.SETTLE : afterFailure(me, chunk, index, past, error);
            switch (next) {
                case SETTLE -> {
                    settle(me, index, item, past, outcome);
                    return true;
                }
                case LATER -> {
                    return true;
                }
                case GIVEN_UP -> {
                    return false;
                }
                case AGAIN -> past = Past.and(past, Objects.requireNonNull(error));
            }
        }
    }

    /// What comes after an attempt.
    private enum Next {
        SETTLE,
        AGAIN,
        LATER,
        GIVEN_UP
    }

    private Next afterFailure(WorkerContext me, Chunk chunk, long index, @Nullable Past past, Throwable error) {
        int attempt = Past.count(past) + 1;
        if (me.inline && error instanceof InterruptedException) {
            call.threadInterrupted(me);
        }
        if (attempt > call.options.retries()
                || !(error instanceof Exception)
                || (me.inline && Thread.currentThread().isInterrupted())) {
            return Next.SETTLE;
        }
        long pause = call.pauseBefore(attempt + 1);
        if (pause > 0 && !dispatcher.engine.inline()) {
            call.tryAgain(chunk.again(index, Past.and(past, error)));
            return Next.LATER;
        }
        if (pause > 0) {
            me.begin(this, index, attempt);
            boolean passed = awaitPause(me, pause);
            if (!me.release()) {
                return Next.GIVEN_UP;
            }
            if (!passed) {
                return Next.SETTLE;
            }
        }
        dispatcher.meter.retried.increment();
        return Next.AGAIN;
    }

    /// Waits for the next attempt in the caller's thread, where nobody else is to run anything meanwhile.
    ///
    /// @return false if the wait was interrupted
    private boolean awaitPause(WorkerContext me, long nanos) {
        CountDownLatch over = new CountDownLatch(1);
        Alarm alarm = dispatcher.time.after(nanos, over::countDown);
        try {
            over.await();
            return true;
        } catch (InterruptedException e) {
            call.threadInterrupted(me);
            return false;
        } finally {
            alarm.cancel();
        }
    }

    /// Runs one attempt.
    ///
    /// @return how it ended, or `null` when it was given up
    private @Nullable Attempt attempt(
            WorkerContext me, Chunk chunk, long index, @Nullable Object item, int attempt, long token) {
        TaskEvent event = Recorder.beginTask();
        Alarm alarm = arm(me, chunk, index, attempt, token);
        long start = dispatcher.time.nanos();
        Object value = null;
        Throwable error = null;
        try {
            value = call.fn.apply(item);
        } catch (Throwable t) {
            error = t;
        }
        long nanos = dispatcher.time.nanos() - start;
        if (alarm != null) {
            alarm.cancel();
        }
        if (!me.release()) {
            return null;
        }
        if (event != null && event.shouldCommit()) {
            commit(event, me, index, attempt, error);
        }
        return new Attempt(value, error, nanos);
    }

    /// Settles an item that was not run to its end.
    void settle(WorkerContext me, long index, @Nullable Object item, @Nullable Past past, Throwable error) {
        Past.tell(past, error);
        Failed failure = new Failed(error, index, item, Past.count(past) + 1, me.name());
        call.settleOne(index, call.failureOf(failure), true);
    }

    void settle(WorkerContext me, long index, @Nullable Object item, @Nullable Past past, Attempt outcome) {
        dispatcher.meter.runTime.record(outcome.nanos(), 1, me.id());
        if (outcome.error() == null) {
            call.settleOne(index, call.valueOf(index, item, Past.count(past) + 1, outcome.value()), false);
        } else {
            settle(me, index, item, past, outcome.error());
        }
        dispatcher.meter.slowest.offer(call.options.name(), index, item, outcome.nanos());
    }

    void commit(TaskEvent event, WorkerContext me, long index, int attempt, @Nullable Throwable error) {
        event.pool = dispatcher.name;
        event.call = call.options.name();
        event.index = index;
        event.attempt = attempt;
        event.worker = me.id();
        event.failure = error == null ? "" : error.getClass().getName();
        event.commit();
    }

    // ---- time limits

    /// Sets the limits of an item that begins.
    @Nullable
    Alarm arm(WorkerContext me, Chunk chunk, long index, int attempt, long token) {
        Duration limit = call.options.timeout();
        Duration stall = call.options.stall();
        if (limit == null && stall == null) {
            return null;
        }
        Running item = new Running(me, chunk, index, attempt, token);
        Alarm overtime = limit == null
                ? null
                : dispatcher.time.after(
                        Nanos.of(limit),
                        () -> dispatcher.settle(() -> expire(item, " ran longer than its limit of ", limit)));
        if (stall == null) {
            return overtime;
        }
        Silence silence = Silence.ofTask(
                dispatcher.time,
                me,
                token,
                Nanos.of(stall),
                () -> dispatcher.settle(() -> expire(item, " reported no progress for its limit of ", stall)));
        return overtime == null
                ? silence
                : () -> {
                    overtime.cancel();
                    silence.cancel();
                };
    }

    /// Sets the limit for an item that is handed over to a worker outside this JVM. Its own limits begin with its run;
    /// here they are for the time in which the worker takes nothing.
    @Nullable
    Alarm armHandover(WorkerContext me, Chunk chunk, long index, int attempt, long token) {
        Duration timeout = call.options.timeout();
        Duration stall = call.options.stall();
        Duration limit = timeout == null || (stall != null && stall.compareTo(timeout) < 0) ? stall : timeout;
        if (limit == null) {
            return null;
        }
        Running item = new Running(me, chunk, index, attempt, token);
        return Silence.ofWorker(
                dispatcher.time,
                Objects.requireNonNull(me.remote())::moved,
                Nanos.of(limit),
                () -> dispatcher.settle(
                        () -> expire(item, " was not taken by its worker, which took nothing for ", limit)));
    }

    /// An attempt at an item and the lease that it has.
    private record Running(WorkerContext me, Chunk chunk, long index, int attempt, long token) {}

    /// Gives up on an item whose time is over; runs on a thread of its own.
    private void expire(Running item, String what, Duration limit) {
        WorkerContext me = item.me();
        Chunk chunk = item.chunk();
        long index = item.index();
        if (!me.giveUp(item.token())) {
            return;
        }
        Past past = index == chunk.first ? chunk.past : null;
        TaskTimeoutException error = timeout(item, what, limit);
        try {
            call.leave(this);
            if (item.attempt() <= call.options.retries()) {
                call.tryAgain(chunk.again(index, Past.and(past, error)));
            } else {
                dispatcher.meter.timedOut.increment();
                settle(me, index, chunk.item(index), past, error);
            }
            OutsideRun run = outside;
            if (run != null) {
                run.giveBackRest(me);
            } else if (index + 1 < chunk.end) {
                call.giveBack(chunk.from(index + 1));
            }
        } finally {
            me.handBack();
            retireBusy(me);
        }
    }

    private TaskTimeoutException timeout(Running item, String what, Duration limit) {
        return new TaskTimeoutException(
                "pool \"" + dispatcher.name + "\": item " + item.index() + " of \"" + call.options.name() + "\"" + what
                        + Text.of(limit) + " on " + item.me().name(),
                limit);
    }

    // ---- progress

    /// The item that runs has reported how far it is.
    void progressed() {
        if (call.reporter != null) {
            call.reporter.moved();
        }
    }

    /// {@return what part of the item that runs is done, as far as it has said so}
    double fraction() {
        WorkerContext me = worker;
        return me != null && me.holder() == this ? me.fraction() : 0;
    }

    /// How one attempt ended.
    record Attempt(@Nullable Object value, @Nullable Throwable error, long nanos) {}
}
