// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.BrokenPoolException;
import dev.cenote.Job;
import dev.cenote.PoolConfig;
import dev.cenote.internal.Log;
import dev.cenote.internal.Nanos;
import dev.cenote.internal.engine.Engine;
import dev.cenote.internal.events.Recorder;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Remotes;
import dev.cenote.internal.remote.StormException;
import dev.cenote.internal.stats.Meter;
import dev.cenote.internal.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The workers of one pool, their queue, and the pool's life.
///
/// ## The gate
///
/// One word says what the pool still has to do and whether it takes more:
///
/// ```
///  63          62 .. 32            31 .. 0
/// +----+------------------------+-------------------+
/// | shut | open mapping calls   | open units        |
/// +----+------------------------+-------------------+
/// ```
///
/// Whoever brings in work opens the gate for it (`openUnit`, `openCall`) and is refused when the pool is shut;
/// whoever settles the work closes it. Work that belongs to open work is let in without asking, because the pool
/// cannot end before the gate is down to zero. The low half is also the load: a worker is started when there are
/// more open units than workers and the limit allows it.
///
/// ## Lost wake-ups
///
/// A unit is queued before the number of workers is read; a worker that ends because the queue is empty lowers the
/// number before it looks at the queue again. So either the one who queued sees that a worker is missing, or the
/// worker sees the unit.
///
/// ## Locks
///
/// There are none here; user code runs only in `initialize`, `takeLeave` and inside units.
final class Dispatcher {

    private static final long SHUT = Long.MIN_VALUE;
    private static final long CALL = 1L << 32;
    private static final long UNITS = CALL - 1;
    private static final ScopedValue<Dispatcher> SETTLING = ScopedValue.newInstance();
    private static final long STUBBORN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// How often to look whether workers outside this JVM hold what others could run, and from when on they do.
    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /// Holds the lease of a worker that starts.
    private static final Object INITIALIZING = new Object();

    /// Tells each worker that takes it, and puts it back, that there will be no more units.
    private static final Unit END = new Unit() {
        @Override
        public void run(WorkerContext worker) {}

        @Override
        public void drop(Throwable cause) {}

        @Override
        public void crashed(WorkerContext worker, Throwable cause) {}
    };

    final String name;
    final Engine engine;
    final PoolConfig config;

    /// How many workers there may be.
    final int limit;

    /// The workers outside this JVM; `null` when tasks run in the workers' threads.
    final @Nullable Remotes remotes;

    /// How long a worker waits for work before it ends.
    private final long patienceNanos;

    final Time time;
    final Meter meter = new Meter();

    /// Bounds the jobs that wait; `null` if nothing does.
    final @Nullable Backlog backlog;

    private final UnitQueue queue = new UnitQueue();
    private final AtomicLong gate = new AtomicLong();
    private final AtomicInteger workers = new AtomicInteger();
    private final AtomicInteger ids = new AtomicInteger();

    /// Workers that have not ended and were not given up on, callers' threads included.
    private final Set<WorkerContext> live = ConcurrentHashMap.newKeySet();

    /// Workers that were given up on and have not ended.
    private final Set<WorkerContext> abandoned = ConcurrentHashMap.newKeySet();

    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Object> exitResults = new ConcurrentLinkedQueue<>();
    /// What ends with this.
    private final Queue<Runnable> ends = new ConcurrentLinkedQueue<>();

    private final CountDownLatch terminated = new CountDownLatch(1);

    /// Those of the last job that was submitted; an old value costs an object.
    private volatile Surroundings lastSurroundings = new Surroundings(null, null);

    /// Why no worker can start; written once.
    private volatile @Nullable RejectedExecutionException broken;

    /// Why everything open was ended; written once, before the leases are read.
    private volatile @Nullable Throwable stopped;

    /// What calls have found out about functions, by their classes, which for lambdas are their places in the code.
    private final ClassValue<Experience> experiences = new ClassValue<>() {
        @Override
        protected Experience computeValue(Class<?> type) {
            return new Experience();
        }
    };

    /// Whether [#watch] is going to look.
    private final AtomicBoolean watched = new AtomicBoolean();

    private final AtomicBoolean drained = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();

    /// The only worker state of an inline engine.
    private final InlineState inlineState = new InlineState();

    Dispatcher(String name, Engine engine, PoolConfig config, Time time) {
        this.name = name;
        this.engine = engine;
        this.config = config;
        this.limit = config.workers() > 0 ? config.workers() : engine.workers();
        this.time = time;
        this.remotes = engine.outside() == null ? null : engine.outside().of(name, config, limit, this::addExitResult);
        this.patienceNanos = patience(config, remotes);
        this.backlog = backlog(config, engine);
    }

    private static @Nullable Backlog backlog(PoolConfig config, Engine engine) {
        long bytes = engine.outside() == null ? 0 : config.processes().queueBytes();
        return engine.inline() || (config.queueLimit() == 0 && bytes == 0)
                ? null
                : new Backlog(config.queueLimit(), bytes);
    }

    // ---- the gate

    /// Waits until another job may be submitted, unless the calling thread runs a task of this pool, for which the wait
    /// might never end. To be followed by `openUnit`.
    ///
    /// @param size the bytes of the job
    /// @param waits whether to wait
    /// @return false if no job may be submitted now
    /// @throws InterruptedException if the thread is interrupted while it waits
    boolean enterBacklog(int size, boolean waits) throws InterruptedException {
        if (backlog == null) {
            return true;
        }
        if (!waits) {
            return backlog.tryEnter(size);
        }
        if (WorkerContext.isInTaskOf(this) || ownsThisThread()) {
            backlog.force(size);
            return true;
        }
        backlog.enter(size);
        return true;
    }

    /// Notes that a job that has entered the backlog waits no more.
    void leaveBacklog(Callable<?> job) {
        if (backlog != null) {
            backlog.leave(
                    Task.untimed(job) instanceof RemoteJob<?> remote
                            ? remote.shipment().bytes()
                            : 0);
        }
    }

    /// Notes that a job that has entered the backlog is not to be.
    void leaveBacklog(int size) {
        if (backlog != null) {
            backlog.leave(size);
        }
    }

    /// Refuses work when the pool is shut.
    void checkOpen() {
        if (isShutdown()) {
            throw refusal();
        }
    }

    /// Lets a unit in.
    ///
    /// @return how many were open before, about
    long openUnit() {
        return open(1) & UNITS;
    }

    void openCall(Call call) {
        open(CALL);
        enlist(call);
        catchUp(call);
    }

    /// Makes a call known to whoever shuts the pool down, while the gate is open for it or its input is read. To be
    /// followed by `catchUp`, outside any lock.
    void enlist(Call call) {
        calls.add(call);
    }

    /// Tells a call what it may have missed before it was enlisted.
    void catchUp(Call call) {
        if (isShutdown()) {
            call.cut();
        }
        Throwable cause = stopped;
        if (cause != null) {
            call.stop(cause, true);
        }
    }

    private long open(long what) {
        if (isShutdown()) {
            throw refusal();
        }
        long before = gate.getAndAdd(what);
        if (before < 0) {
            close(what);
            throw refusal();
        }
        return before;
    }

    private RejectedExecutionException refusal() {
        RejectedExecutionException cause = broken;
        return cause != null
                ? new BrokenPoolException(String.valueOf(cause.getMessage()), Objects.requireNonNull(cause.getCause()))
                : new RejectedExecutionException("pool \"" + name + "\" is shut down and takes no more work");
    }

    /// Lets a lazy call hold the pool open while it has items; false when the pool is shut.
    boolean tryReopen() {
        if (gate.getAndAdd(CALL) < 0) {
            close(CALL);
            return false;
        }
        return true;
    }

    /// Lets in a unit of work that is open already; false when that work has been settled meanwhile and the pool has
    /// nothing more to do.
    boolean openInner() {
        return gate.getAndUpdate(word -> word == SHUT ? word : word + 1) != SHUT;
    }

    void closeUnit() {
        close(1);
    }

    void closeUnits(int count) {
        close(count);
    }

    void closeCall() {
        close(CALL);
    }

    void forget(Call call) {
        calls.remove(call);
    }

    /// {@return what calls have found out about a function; an entry for it that is new if there was none}
    Experience experienceOf(Object function) {
        return experiences.get(function.getClass());
    }

    /// Is told that a worker outside this JVM may come to hold what others could run; see [OutsideRun#lend].
    void keepWatch() {
        if (!watched.get() && watched.compareAndSet(false, true)) {
            time.after(WATCH_NANOS, () -> settle(this::watch));
        }
    }

    private void watch() {
        watched.set(false);
        boolean more = false;
        for (Call call : calls) {
            more |= call.lend(HELD_NANOS);
        }
        if (more) {
            keepWatch();
        }
    }

    private void close(long what) {
        if (gate.addAndGet(-what) == SHUT) {
            drained();
        }
    }

    private void drained() {
        if (drained.compareAndSet(false, true)) {
            queue.add(END);
        }
        endIfEmpty();
    }

    private void endIfEmpty() {
        if (gate.get() == SHUT && live.isEmpty() && ended.compareAndSet(false, true)) {
            if (engine.inline()) {
                inlineState.takeLeave();
            }
            if (remotes != null) {
                remotes.close();
            }
            ends.forEach(Runnable::run);
            terminated.countDown();
        }
    }

    /// Runs something when this has ended.
    void atEnd(Runnable end) {
        ends.add(end);
    }

    // ---- workers

    /// Queues a unit for which the gate was opened.
    void enqueue(Unit unit) {
        queue.add(unit);
        Throwable cause = stopped;
        if (cause == null) {
            startIfNeeded();
        } else {
            dropQueued(cause); // queued after the pool was stopped: whoever did it may not have seen this unit
        }
    }

    /// {@return whether other units wait for a worker}
    boolean crowded() {
        return limit != Integer.MAX_VALUE && !queue.isEmpty();
    }

    private void startIfNeeded() {
        int count = workers.get();
        while (count < limit && (gate.get() & UNITS) > count) {
            if (workers.compareAndSet(count, count + 1)) {
                start();
                return;
            }
            count = workers.get();
        }
    }

    private void start() {
        WorkerContext worker = new WorkerContext(this, ids.incrementAndGet());
        live.add(worker);
        if (gate.get() == SHUT) { // everything was done meanwhile by others
            workers.decrementAndGet();
            dismiss(worker);
            endIfEmpty();
            return;
        }
        Thread thread =
                Objects.requireNonNull(engine.threads()).make(worker.name(), () -> worker.bind(() -> work(worker)));
        worker.thread(thread);
        if (remotes != null) {
            worker.remote(remotes.place(worker.name(), worker.id()));
        }
        try {
            thread.start();
        } catch (Throwable noThread) { // the system has no thread left
            dismiss(worker);
            int left = workers.decrementAndGet();
            Log.get().log(System.Logger.Level.WARNING, "pool \"" + name + "\" could not start a worker", noThread);
            if (left == 0) {
                breakDown("no thread could be started", noThread);
            }
        }
    }

    private void work(WorkerContext me) {
        Recorder.worker(name, me.id(), "started");
        try {
            if (initialize(me)) {
                runUnits(me);
            } else if (!me.givenUp()) { // whoever gave up has uncounted it
                workers.decrementAndGet();
            }
        } finally {
            if (!me.givenUp()) {
                me.closeUnits();
            }
            me.discardRemote();
            me.ended();
            abandoned.remove(me);
            dismiss(me);
            endIfEmpty();
        }
    }

    private void runUnits(WorkerContext me) {
        boolean goesOn = true;
        while (goesOn) {
            goesOn = runNext(me);
            if (me.givenUp()) {
                return;
            }
            me.clearInterrupt();
        }
        takeLeave(me);
        Recorder.worker(name, me.id(), "ended");
    }

    /// Waits for a unit and runs it, in a frame of its own: an idle worker must not keep what it ran last.
    private boolean runNext(WorkerContext me) {
        Unit unit = next(me);
        if (unit == null) {
            return false;
        }
        runSafely(unit, me);
        return true;
    }

    /// Runs a unit, and ends it if this pool itself fails in doing so, for example because memory or stack is
    /// short: nobody may wait for a unit that is gone.
    private void runSafely(Unit unit, WorkerContext me) {
        try {
            unit.run(me);
        } catch (Throwable t) {
            settleCrashed(unit, me, t);
            Log.get()
                    .log(
                            System.Logger.Level.ERROR,
                            "pool \"" + name + "\": " + me.name() + " failed outside a task",
                            t);
        }
    }

    private static void settleCrashed(Unit unit, WorkerContext me, Throwable cause) {
        if (!me.givenUp() && (me.holder() == null || me.release())) {
            unit.crashed(me, cause);
        }
    }

    /// How long a worker may be without work: as long as the pool is open, unless its workers are outside this JVM,
    /// where each costs a process.
    private static long patience(PoolConfig config, @Nullable Remotes remotes) {
        Duration limit = config.processes().idleTimeout();
        return remotes == null || limit == null ? Nanos.FOREVER : Nanos.of(limit);
    }

    /// {@return the next unit, or `null` when this worker is to end; it is then no longer counted}
    private @Nullable Unit next(WorkerContext me) {
        while (true) {
            Unit unit = queue.poll();
            if (!(unit instanceof Task)) { // nothing to do, or something long
                me.closeUnits();
            }
            boolean waits = unit == null && engine.keepsIdle();
            if (waits) {
                me.pause();
                rest(me);
                unit = queue.take(
                        me,
                        me.inBurst(),
                        patienceNanos); // a late interrupt does not end this wait: the shutdown comes as END
            }
            me.inBurst(!waits);
            if (me.givenUp()) { // in the hands of a borrower
                return null;
            }
            if (unit != null && unit != END) {
                return unit;
            }
            workers.decrementAndGet();
            if (unit == END) {
                queue.add(END);
                return null;
            }
            if (queue.isEmpty() || !rejoin()) {
                return null;
            }
        }
    }

    private static void rest(WorkerContext me) {
        Remote remote = me.remote();
        if (remote != null) {
            remote.rest();
        }
    }

    private boolean rejoin() {
        int count = workers.get();
        while (count < limit) {
            if (workers.compareAndSet(count, count + 1)) {
                return true;
            }
            count = workers.get();
        }
        return false;
    }

    private boolean initialize(WorkerContext me) {
        Remote remote = me.remote();
        Job<?> initializer = config.initializer();
        if (initializer == null && remote == null) {
            return true;
        }
        me.begin(INITIALIZING, -1, 1);
        try {
            if (stopped == null) {
                if (remote != null) {
                    remote.start();
                } else {
                    me.state(Objects.requireNonNull(initializer).call());
                }
            }
            return me.release() && stopped == null;
        } catch (Throwable t) {
            if (me.release()) {
                notStarted(remote, t);
            }
            return false;
        }
    }

    /// Ends the pool because no worker can be had.
    void notStarted(@Nullable Remote remote, Throwable cause) {
        if (cause instanceof StormException storm) {
            breakDown(String.valueOf(storm.getMessage()), Objects.requireNonNull(storm.getCause()));
            return;
        }
        breakDown(remote == null || remote.isAlive() ? "its initializer failed" : "no worker could be started", cause);
    }

    private void takeLeave(WorkerContext me) {
        Remote remote = me.remote();
        if (remote != null) {
            remote.leave();
            return;
        }
        Job<?> exit = config.exit();
        if (exit == null) {
            return;
        }
        try {
            addExitResult(exit.call());
        } catch (Throwable t) {
            Log.get()
                    .log(
                            System.Logger.Level.WARNING,
                            "pool \"" + name + "\": the exit function failed in " + me.name(),
                            t);
        }
    }

    private void addExitResult(@Nullable Object result) {
        exitResults.add(result == null ? Missing.VALUE : result);
    }

    /// Takes a worker out of those that count, once.
    private void dismiss(WorkerContext worker) {
        if (live.remove(worker)) {
            meter.done.add(worker.done());
        }
    }

    /// Takes a worker out that was given up on, and lets another come.
    void replace(WorkerContext worker) {
        abandoned.add(worker);
        dismiss(worker);
        workers.decrementAndGet();
        meter.restarts.increment();
        Recorder.worker(name, worker.id(), "given up");
        if (worker.hasEnded()) {
            abandoned.remove(worker);
        }
        time.after(STUBBORN_NANOS, () -> {
            if (abandoned.contains(worker)) {
                Log.get()
                        .log(
                                System.Logger.Level.WARNING,
                                "pool \"" + name + "\": " + worker.name()
                                        + " was given up on and still runs: its task ignores the interrupt");
            }
        });
        startIfNeeded();
        endIfEmpty();
    }

    // ---- callers' threads

    /// Runs a unit in the calling thread, as a worker of an inline engine or in the place of a worker that waits.
    void runInline(Unit unit, @Nullable WorkerContext waiting) {
        WorkerContext me;
        try {
            me = borrow(waiting);
        } catch (RejectedExecutionException brokenMeanwhile) {
            unit.drop(brokenMeanwhile);
            return;
        }
        live.add(me);
        try {
            me.bind(() -> unit.run(me));
        } catch (Throwable t) { // with a little more stack than where it was thrown
            settleCrashed(unit, me, t);
        } finally {
            if (me.givenUp()) {
                me.reclaim();
            } else {
                me.closeUnits();
            }
            me.discardRemote();
            dismiss(me);
            endIfEmpty();
        }
    }

    /// Runs a job in the calling thread with the worker of one that sleeps, which goes on sleeping: a call is over in
    /// half the time if nobody here has to wake up for it. For workers outside this JVM.
    ///
    /// @return false if no worker sleeps
    boolean runBorrowed(Unit unit) {
        UnitQueue.Sleeper sleeper = queue.borrow();
        if (sleeper == null) {
            return false;
        }
        WorkerContext me = sleeper.worker();
        try {
            me.bind(() -> unit.run(me));
        } catch (Throwable t) {
            settleCrashed(unit, me, t);
        } finally {
            boolean over = me.givenUp();
            if (!over) {
                me.closeUnits();
                me.pause();
            }
            queue.giveBack(sleeper, over);
        }
        return true;
    }

    private WorkerContext borrow(@Nullable WorkerContext waiting) {
        if (waiting == null) {
            return new WorkerContext(this, 1, inlineState.get());
        }
        WorkerContext me = new WorkerContext(this, waiting.id(), waiting.state());
        if (remotes != null) { // what runs in the waiting worker has requests open
            me.remote(remotes.place(waiting.name(), waiting.id()));
        }
        return me;
    }

    // ---- the end

    boolean isShutdown() {
        return gate.get() < 0;
    }

    boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }

    void shutdown() {
        long before = gate.getAndUpdate(word -> word | SHUT);
        if (before < 0) {
            return;
        }
        if (backlog != null) {
            backlog.shut();
        }
        for (Call call : calls) {
            call.cut();
        }
        if (gate.get() == SHUT) {
            drained();
        }
    }

    List<Runnable> shutdownNow() {
        shutdown();
        return stop(new CancellationException("pool \"" + name + "\" was shut down"));
    }

    private void breakDown(String why, Throwable cause) {
        boolean ours =
                cause.getClass().getName().startsWith("dev.cenote.internal."); // a name that says nothing to users
        String message = "pool \"" + name + "\" is broken: " + why + ": " + (ours ? cause.getMessage() : cause);
        if (broken == null) {
            broken = new BrokenPoolException(message, cause);
            Log.get().log(System.Logger.Level.ERROR, message, cause);
        }
        if (stopped == null) {
            stopped = refusal(); // before anything is cut, so that nobody is told less than why
        }
        shutdown();
        stop(refusal());
    }

    /// {@return why everything was ended, or `null`}
    @Nullable
    Throwable stopped() {
        return stopped;
    }

    /// Ends everything that is open, each with the cause.
    ///
    /// @return the jobs that were never begun
    private List<Runnable> stop(Throwable cause) {
        if (stopped == null) {
            stopped = cause;
        }
        List<Runnable> never = new ArrayList<>();
        settle(() -> {
            calls.forEach(call -> call.stop(cause, true));
            never.addAll(dropQueued(cause));
            live.forEach(worker -> stopHolder(worker, cause));
        });
        return never;
    }

    private List<Runnable> dropQueued(Throwable cause) {
        List<Runnable> never = new ArrayList<>();
        for (Unit unit : queue.drain()) {
            if (unit == END) {
                queue.add(END);
            } else if (unit instanceof Task<?> task) {
                Runnable job = task.take(cause);
                if (job != null) {
                    never.add(job);
                }
            } else {
                unit.drop(cause);
            }
        }
        return never;
    }

    private void stopHolder(WorkerContext worker, Throwable cause) {
        Object holder = worker.holder();
        if (holder instanceof Task<?> task) {
            task.stop(cause);
        } else if (holder == INITIALIZING && worker.giveUpOn(holder)) {
            worker.handBack();
        }
    }

    /// Runs what completes futures of this pool in a thread that is none of its workers; a callback that closes
    /// the pool there would wait for itself.
    void settle(Runnable action) {
        ScopedValue.where(SETTLING, this).run(action);
    }

    /// {@return whether the calling thread would wait for itself if it waited for the end of this pool}
    boolean ownsThisThread() {
        return WorkerContext.within(this) != null || (SETTLING.isBound() && SETTLING.get() == this);
    }

    // ---- what is known

    int workers() {
        return workers.get();
    }

    Set<WorkerContext> liveWorkers() {
        return live;
    }

    /// {@return the surroundings of the calling thread}
    Surroundings surroundings() {
        Surroundings last = lastSurroundings;
        if (config.carried().isEmpty() && last.areThose()) {
            return last;
        }
        Surroundings now = Surroundings.capture(config);
        lastSurroundings = now;
        return now;
    }

    /// {@return jobs that ended with a value}
    long done() {
        long done = meter.done.sum();
        for (WorkerContext worker : live) {
            done += worker.done();
        }
        return done;
    }

    /// {@return items and jobs that run}
    long running() {
        return live.stream()
                .map(WorkerContext::holder)
                .filter(holder -> holder != null && holder != INITIALIZING)
                .count();
    }

    /// {@return items and jobs that were accepted and neither run nor are over}
    long queued() {
        long items = 0;
        for (Call call : calls) {
            items += call.unsettled();
        }
        items -= live.stream()
                .filter(worker -> worker.holder() instanceof Runner)
                .count();
        long jobs = queue.stream()
                .filter(unit -> unit instanceof Task<?> task && task.waits())
                .count();
        return Math.max(0, items) + jobs;
    }

    /// {@return workers that took the place of another}
    long restarts() {
        return meter.restarts.sum() + (remotes == null ? 0 : remotes.restarts().sum());
    }

    int abandoned() {
        return abandoned.size();
    }

    List<@Nullable Object> exitResults() {
        List<@Nullable Object> results = new ArrayList<>();
        exitResults.forEach(result -> results.add(result == Missing.VALUE ? null : result));
        return results;
    }

    /// Stands for `null` where a collection takes none.
    enum Missing {
        VALUE
    }

    /// The worker state of an engine without workers: made by the first caller, while others wait for it.
    private final class InlineState {

        private final AtomicBoolean begun = new AtomicBoolean();
        private final CountDownLatch made = new CountDownLatch(1);

        /// Who runs the initializer; read by that very thread only.
        private volatile @Nullable Thread maker;

        /// Whether anything was run at all.
        private volatile boolean used;

        /// Written before `made` opens.
        private @Nullable Object state;

        @Nullable
        Object get() {
            used = true;
            if (config.initializer() == null || maker == Thread.currentThread()) {
                return state;
            }
            if (begun.compareAndSet(false, true)) {
                make();
            } else {
                await();
            }
            if (stopped != null) {
                throw refusal();
            }
            return state;
        }

        private void make() {
            maker = Thread.currentThread();
            WorkerContext me = new WorkerContext(Dispatcher.this, 1, null);
            live.add(me);
            try {
                me.bind(() -> {
                    if (initialize(me)) {
                        state = me.state();
                    }
                });
            } finally {
                maker = null;
                if (me.givenUp()) {
                    me.reclaim();
                }
                live.remove(me);
                made.countDown();
                endIfEmpty();
            }
        }

        private void await() {
            boolean interrupted = false;
            while (made.getCount() > 0) {
                try {
                    made.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        void takeLeave() {
            if (used && broken == null) {
                WorkerContext me = new WorkerContext(Dispatcher.this, 1, state);
                me.bind(() -> Dispatcher.this.takeLeave(me));
            }
        }
    }
}
