// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Func;
import dev.cenote.Options;
import dev.cenote.Outcome;
import dev.cenote.internal.events.CallEvent;
import dev.cenote.internal.events.Recorder;
import dev.cenote.internal.time.Time.Alarm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One use of a mapping verb: what is to be run, and what became of it.
///
/// ## Runners
///
/// At most as many runners as there are workers take chunks from a call. A runner that finds nothing retires;
/// whoever brings new items, or gives a part of a chunk back, calls `ensureRunners` after the items can be
/// claimed, and a runner that retires looks once more after it has lowered the number. So items never wait without
/// a runner.
///
/// ## Splitting
///
/// A runner that finds nothing to claim while others still run sets the signal to `HUNGRY`. The first runner that
/// sees it, between two items, gives back half of its chunk if that is worth it. So a chunk that turned out to be
/// slow does not hold up the end, whatever its size was chosen for.
///
/// ## Stopping
///
/// `stop` sets the signal to `STOP`, after which nothing is claimed or begun, and gives up on what runs. A call is
/// quiet when no runner is inside any more; those that were given up on are waited for until they return, for a
/// second at most.
///
/// The lock guards the sets of runners only; no user code runs under it.
abstract class Call {

    /// Nothing special.
    static final int RUN = 0;

    /// Someone has nothing to do.
    static final int HUNGRY = 1;

    /// The call is over.
    static final int STOP = 2;

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);
    static final long WORTH_SPLITTING_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    final Dispatcher dispatcher;
    final Options options;
    final Func<@Nullable Object, @Nullable Object> fn;

    /// The same, when it runs outside this JVM.
    final @Nullable RemoteFunc remoteFn;

    final Surroundings surroundings;
    final Sizer sizer;
    final @Nullable Reporter reporter;

    /// What runners look at between two items; set to `STOP` under the lock, and to the others without.
    volatile int signal = RUN;

    private final boolean asOutcomes;
    private final Queue<Chunk> returned = new ConcurrentLinkedQueue<>();

    /// Runners that are queued or run; never more than the workers.
    private final AtomicInteger runners = new AtomicInteger();

    /// Those of them that run a chunk.
    private final AtomicInteger busy = new AtomicInteger();

    private final Object lock = new Object();

    /// Runners inside; guarded by `lock`.
    private final Set<Runner> active = Collections.newSetFromMap(new IdentityHashMap<>());

    /// Runners that were given up on by `stop` and have not returned; guarded by `lock`.
    private final Set<Runner> lingering = Collections.newSetFromMap(new IdentityHashMap<>());

    /// Why the call was stopped; written once, under `lock`.
    private volatile @Nullable Throwable stopCause;

    /// Items that wait for their next attempt; guarded by `lock`, `null` before the first.
    private @Nullable Set<Pause> pauses;

    private final @Nullable CallEvent event = Recorder.beginCall();

    Call(Dispatcher dispatcher, Order order, OptionalLong total) {
        this.dispatcher = dispatcher;
        this.options = order.options();
        this.remoteFn = dispatcher.remotes == null
                ? null
                : new RemoteFunc(dispatcher.remotes.ship(order.options().name(), order.fn()));
        this.fn = remoteFn == null ? order.fn() : remoteFn;
        this.asOutcomes = order.asOutcomes();
        this.surroundings = dispatcher.surroundings();
        int chunk = options.chunk() > 0 ? options.chunk() : dispatcher.engine.chunk();
        this.sizer = new Sizer(chunk, dispatcher.limit, remoteFn != null, experience(order));
        this.reporter = options.progress() == null ? null : new Reporter(this, options.progress(), total);
    }

    /// What a caller orders: the function with its options.
    ///
    /// @param options how to run it
    /// @param fn the function
    /// @param asOutcomes whether results are outcomes
    record Order(Options options, Func<@Nullable Object, @Nullable Object> fn, boolean asOutcomes) {}

    /// {@return what is known of the function} Only what runs outside this JVM needs it, and only where nobody sees a
    /// result before the last is there: an expectation that is wrong would keep it back for a while.
    private Experience experience(Order order) {
        boolean useful = remoteFn != null && this instanceof EagerCall && options.progress() == null;
        return useful ? dispatcher.experienceOf(order.fn()) : new Experience();
    }

    // ---- what kinds of calls differ in

    /// {@return how many of the items that were taken from the input have no final outcome}
    abstract long unsettled();

    /// Takes items that nobody has taken, or `null`.
    abstract @Nullable Chunk claimNew();

    /// {@return where the results of a chunk of short items go}
    abstract Batch batch(Chunk chunk);

    /// Records the final outcome of one item.
    abstract void settleOne(long index, @Nullable Object result, boolean failed);

    /// Notes that an item has failed for good, before it is settled.
    void failed(Failed failure) {}

    /// {@return whether nothing more is to be begun once an item has failed}
    boolean stopsAtFailure() {
        return false;
    }

    /// Takes nothing more from the input, because the pool shuts down.
    abstract void cut();

    /// The call was stopped; runners may still be inside.
    abstract void stopped(Throwable cause);

    /// No runner is inside a stopped call any more.
    void quiet() {}

    // ---- items

    final @Nullable Chunk claim() {
        if (signal == STOP) {
            return null;
        }
        Chunk chunk = returned.poll();
        return chunk != null ? chunk : claimNew();
    }

    /// {@return whether chunks are run and settled as one}
    final boolean byChunk() {
        return sizer.isShort()
                && options.timeout() == null
                && options.stall() == null
                && options.retries() == 0
                && !Recorder.wantsTasks();
    }

    final @Nullable Object valueOf(long index, @Nullable Object item, int attempt, @Nullable Object value) {
        return asOutcomes ? new Outcome.Success<>(index, item, attempt, value) : value;
    }

    /// {@return what stands for a very short item that has failed}
    final Object failureOf(WorkerContext me, Chunk chunk, long index, Throwable error) {
        if (me.inline && error instanceof InterruptedException) {
            threadInterrupted(me);
        }
        Throwable told = Deaths.ofItem(me, error, this, index, 1);
        return failureOf(new Failed(told, index, chunk.item(index), 1, me.name()));
    }

    final Object failureOf(Failed failure) {
        failed(failure);
        return asOutcomes
                ? new Outcome.Failure<>(failure.index(), failure.item(), failure.attempts(), failure.error())
                : failure;
    }

    /// Puts items back that were claimed and not run.
    final void giveBack(Chunk chunk) {
        returned.add(chunk);
        addRunner();
        gaveBack();
    }

    /// Gives an item back that has failed and may be tried again: at once, or after its pause, in which it holds no
    /// worker and no thread.
    final void tryAgain(Chunk item) {
        dispatcher.meter.retried.increment();
        long nanos = pauseBefore(item.attempt());
        if (nanos == 0) {
            giveBack(item);
            return;
        }
        Pause pause = new Pause();
        synchronized (lock) {
            if (signal == STOP) {
                return;
            }
            if (pauses == null) {
                pauses = Collections.newSetFromMap(new IdentityHashMap<>());
            }
            pauses.add(pause);
            pause.alarm = dispatcher.time.after(nanos, () -> dispatcher.settle(() -> endPause(pause, item)));
        }
    }

    /// {@return how long to wait before an attempt}
    final long pauseBefore(int attempt) {
        Options.Backoff backoff = options.backoff();
        return backoff == null ? 0 : Pauses.before(attempt, backoff);
    }

    private void endPause(Pause pause, Chunk item) {
        synchronized (lock) {
            if (pauses == null || !pauses.remove(pause)) {
                return;
            }
        }
        giveBack(item);
    }

    /// {@return whether there is something to claim}
    final boolean canClaim() {
        return hasReturned() || backlog() > 0;
    }

    /// {@return whether something that was claimed waits to be claimed again}
    final boolean hasReturned() {
        return !returned.isEmpty();
    }

    /// Something can be claimed again.
    void gaveBack() {}

    /// Decides between two items of a chunk whether to go on, and splits it if someone has nothing to do.
    final boolean goOn(Chunk chunk, long index, long startNanos) {
        if (signal == STOP) {
            return false;
        }
        signal(HUNGRY, RUN);
        long left = chunk.end - index;
        long ran = index - chunk.first;
        if (left >= 2 && ran >= 1) {
            double mean = (double) (dispatcher.time.nanos() - startNanos) / ran;
            if (mean * left > WORTH_SPLITTING_NANOS) {
                giveBack(chunk.split(index + left / 2));
            }
        }
        return true;
    }

    /// Takes what workers outside this JVM were sent and have not begun, and gives it to those that have nothing to do.
    ///
    /// @param nanos for how long a worker must not have answered
    /// @return whether there may be more soon
    final boolean lend(long nanos) {
        if (remoteFn == null || signal == STOP) {
            return false;
        }
        List<Runner> inside;
        synchronized (lock) {
            inside = new ArrayList<>(active);
        }
        boolean more = false;
        for (Runner runner : inside) {
            OutsideRun run = runner.outside();
            if (run != null && run.isExposed()) {
                more = true;
                if (busy.get() < dispatcher.limit && !canClaim()) {
                    run.lend(nanos).forEach(this::giveBackHalves);
                }
            }
        }
        return more;
    }

    /// Gives items back so that two can take them.
    final void giveBackHalves(Chunk chunk) {
        if (chunk.size() > 1) {
            giveBack(chunk.split(chunk.first + chunk.size() / 2));
        }
        giveBack(chunk);
    }

    /// Tells the others that a runner has nothing to do.
    final void starve() {
        if (signal == RUN) {
            signal(RUN, HUNGRY);
        }
    }

    final void signal(int from, int to) {
        synchronized (lock) {
            if (signal == from) {
                signal = to;
            }
        }
    }

    final void report(long values, long failures) {
        if (reporter != null) {
            reporter.settled(values, failures);
        }
    }

    /// Counts settled items of the pool.
    final void count(long values, long failures) {
        if (values != 0) {
            dispatcher.meter.done.add(values);
        }
        if (failures != 0) {
            dispatcher.meter.failed.add(failures);
        }
    }

    /// Ends what belongs to the call as a whole.
    final void conclude(long items, long failures) {
        if (remoteFn != null) {
            remoteFn.shipment().release();
        }
        if (reporter != null) {
            reporter.finish();
        }
        if (event != null && event.shouldCommit()) {
            Throwable cause = stopCause;
            event.pool = dispatcher.name;
            event.call = options.name();
            event.items = items;
            event.failed = failures;
            event.stopped = cause == null ? "" : cause.toString();
            event.commit();
        }
    }

    // ---- runners

    /// Queues as many runners as can be expected to find something.
    final void ensureRunners() {
        while (runners.get() < wantedRunners() && addRunner()) {
            // looks again each time: those that were started take items meanwhile
        }
    }

    private long wantedRunners() {
        long backlog = backlog();
        long size = sizer.size(backlog);
        return Math.min(dispatcher.limit, busy.get() + (backlog + size - 1) / size);
    }

    /// Claims for a runner of its own worker, which counts as busy from before the claim on: an item that is no
    /// longer in the backlog must not leave a runner that could be expected to take another.
    final @Nullable Chunk claimBusy() {
        busy();
        Chunk chunk = claim();
        if (chunk == null) {
            idle();
        }
        return chunk;
    }

    /// Counts a runner that is about to claim; to be ended by `idle`.
    final void busy() {
        busy.incrementAndGet();
    }

    /// Ends what `claimBusy` or `busy` began.
    final void idle() {
        busy.decrementAndGet();
    }

    /// Queues one more runner, unless there are enough or nobody is to run anything.
    private boolean addRunner() {
        int count = runners.get();
        while (count < dispatcher.limit && mayAddRunners()) {
            if (runners.compareAndSet(count, count + 1)) {
                if (!dispatcher.openInner()) {
                    runners.decrementAndGet();
                    return false; // there is nothing left to run
                }
                dispatcher.enqueue(new Runner(this));
                return true;
            }
            count = runners.get();
        }
        return false;
    }

    /// {@return how many items nobody has taken, about}
    abstract long backlog();

    /// Notes that a queued or running runner is gone.
    final void retired() {
        runners.decrementAndGet();
        if (!returned.isEmpty()) {
            addRunner();
        }
        ensureRunners();
    }

    private boolean mayAddRunners() {
        return signal != STOP && dispatcher.stopped() == null && !dispatcher.engine.inline();
    }

    /// Lets a runner in, unless the call was stopped.
    final boolean enter(Runner runner) {
        boolean entered;
        synchronized (lock) {
            entered = signal != STOP && active.add(runner);
        }
        if (reporter != null && remoteFn != null) {
            reporter.watch();
        }
        return entered;
    }

    /// {@return what the items that run have reported, all together; less than 0 if no runner is inside}
    final double underway() {
        List<Runner> inside;
        synchronized (lock) {
            inside = new ArrayList<>(active);
        }
        double sum = inside.isEmpty() ? -1 : 0;
        for (Runner runner : inside) {
            sum += runner.fraction();
        }
        return sum;
    }

    final void leave(Runner runner) {
        synchronized (lock) {
            active.remove(runner);
        }
        checkQuiet();
    }

    /// Notes that a runner that was given up on has come back.
    final void returnedLate(Runner runner) {
        synchronized (lock) {
            runner.returned = true;
            lingering.remove(runner);
        }
        checkQuiet();
    }

    private void checkQuiet() {
        if (signal == STOP) {
            boolean quiet;
            synchronized (lock) {
                quiet = active.isEmpty() && lingering.isEmpty();
            }
            if (quiet) {
                quiet();
            }
        }
    }

    /// Runs items of this call in the calling thread, which belongs to a worker that would otherwise only wait for
    /// them.
    final void help(WorkerContext waiting) {
        dispatcher.runInline(new Runner(this), waiting);
    }

    // ---- stopping

    /// An item that ran in the thread of a caller, or of a waiting task, has answered an interrupt which was meant
    /// for that thread: sets the interrupt status again, and stops the call if it is the caller's own.
    final void threadInterrupted(WorkerContext me) {
        if (me.givenUp()) {
            return; // it was meant for the item
        }
        if (dispatcher.engine.inline() || isWaitedFor()) {
            String who = "pool \"" + dispatcher.name + "\": the caller of \"" + options.name() + "\" was interrupted";
            stop(new CancellationException(who), true);
        }
        Thread.currentThread().interrupt();
    }

    /// {@return whether only its caller waits for this call, and nobody who was given a future}
    boolean isWaitedFor() {
        return true;
    }

    final @Nullable Throwable stopCause() {
        return stopCause;
    }

    /// Stops the call because the rest of its results is not wanted, though nobody has asked for what runs to be ended:
    /// an item has failed, or a reader has closed its results. Threads are interrupted all the same. A worker outside
    /// this JVM would have to be killed, and another started for what comes next, which costs more than most items; so
    /// it may finish the item that it runs, and is killed when that takes more than a second.
    final void end(Throwable cause) {
        if (remoteFn == null) {
            stop(cause, true);
        } else if (stop(cause, false) && isEntered()) {
            dispatcher.time.after(GRACE_NANOS, () -> dispatcher.settle(() -> stop(cause, true)));
        }
    }

    private boolean isEntered() {
        synchronized (lock) {
            return !active.isEmpty();
        }
    }

    /// Stops the call.
    ///
    /// @param cause what everyone who waits for it is told
    /// @param interrupt whether to give up on what runs, or to let it finish
    /// @return whether this was the one that stopped it
    final boolean stop(Throwable cause, boolean interrupt) {
        List<Runner> victims;
        Set<Pause> paused = Set.of();
        boolean first;
        synchronized (lock) {
            first = stopCause == null;
            if (first) {
                stopCause = cause;
                signal = STOP;
            }
            if (pauses != null) {
                paused = pauses;
                pauses = null;
            }
            victims = interrupt ? new ArrayList<>(active) : List.of();
        }
        if (first) {
            paused.forEach(Pause::end);
            returned.clear();
            stopped(cause);
        }
        for (Runner victim : victims) {
            if (victim.giveUp()) {
                linger(victim);
            }
        }
        checkQuiet();
        if (!victims.isEmpty()) {
            dispatcher.time.after(GRACE_NANOS, () -> dispatcher.settle(this::quiet));
        }
        return first;
    }

    private void linger(Runner victim) {
        synchronized (lock) {
            active.remove(victim);
            if (!victim.returned) {
                lingering.add(victim);
            }
        }
    }

    /// The wait of one item for its next attempt; guarded by `lock`.
    private static final class Pause {

        private @Nullable Alarm alarm;

        void end() {
            if (alarm != null) {
                alarm.cancel();
            }
        }
    }
}
