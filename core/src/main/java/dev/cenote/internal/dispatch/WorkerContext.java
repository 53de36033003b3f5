// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Worker;
import dev.cenote.internal.remote.Remote;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One worker, as its tasks and the dispatcher see it.
///
/// ## The lease
///
/// A worker holds a lease while it runs something that others may have to give up on: one item, one job, or one
/// chunk of very short items. The lease is one word:
///
/// | value | meaning | leaves by |
/// | --- | --- | --- |
/// | 0 | free | the worker: `begin` |
/// | n > 0 | held, for the n-th time | the worker: `release`; anyone else: `giveUp` |
/// | -n | given up in its n-th lease | nobody; a caller's thread: `reclaim` |
///
/// `release` and `giveUp` are a compare-and-set from the same n, so exactly one of them succeeds, and the one that
/// does speaks for the item: it alone records the outcome. A late answer therefore cannot count, and the number
/// keeps someone who is late himself from giving up on the next item. A worker's thread whose lease was given up
/// ends; another takes its place at once.
public final class WorkerContext implements Worker {

    private static final ScopedValue<WorkerContext> CURRENT = ScopedValue.newInstance();
    private static final int MOST_UNCLOSED = 32;
    private static final int TOGETHER = 8;
    private static final long SHORT_NANOS = 1_000;
    private static final long WAITED = Long.MIN_VALUE;
    private static final VarHandle LEASE;
    private static final VarHandle DONE;

    static {
        try {
            LEASE = MethodHandles.lookup().findVarHandle(WorkerContext.class, "lease", long.class);
            DONE = MethodHandles.lookup().findVarHandle(WorkerContext.class, "done", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Dispatcher dispatcher;

    /// Whether the thread is a caller's, which must go on after it was given up on.
    final boolean inline;

    private final int id;

    /// Written before the thread starts.
    private @Nullable Thread thread;

    /// The worker outside this JVM for which this one stands; written before the thread starts.
    private @Nullable Remote remote;

    /// Written by the one who gave up.
    private int lastBegun;

    /// What the initializer returned; written by the own thread before the first task.
    private @Nullable Object state;

    /// See above; written by the own thread and by those who give up on it.
    private volatile long lease;

    /// How often the lease was held; only the own thread uses it.
    private long leases;

    /// What runs under the lease; written by the own thread before it takes the lease, read by others after they
    /// have read the lease.
    private @Nullable Object holder;

    /// Set by the one who gave up, after the interrupt was sent and what is left of the item's chunk was given
    /// back: until then a caller's thread must not go on.
    private volatile boolean handedBack;

    /// Whether the thread is done; written by the own thread, read by the one who gave up on it.
    private volatile boolean ended;

    /// Jobs that ended with a value here and are not in the pool's meter yet; written by the own thread only.
    private volatile long done;

    /// Whether the last unit was there when the worker looked for it; only the own thread uses it.
    private boolean inBurst;

    /// When the clock was read after a job, if the worker has not waited since; only the own thread uses it.
    private long endNanos = WAITED;

    /// Jobs that have ended since then; only the own thread uses it.
    private int untimed;

    /// Whether the last jobs were very short; only the own thread uses it.
    private boolean shortJobs;

    /// The last report of a task here, of the current lease or an earlier one.
    private volatile @Nullable Report report;

    /// Jobs that have ended here and for which the gate is not closed yet, as the workers in a burst would take it from
    /// each other for every single one. Only the own thread uses it, without a lease; whoever gives up on a lease
    /// closes.
    private int unclosed;

    /// The current item's position; only the own thread uses it.
    private long index = -1;

    /// The current attempt; only the own thread uses it.
    private int attempt = 1;

    /// Creates a worker with a thread of its own.
    WorkerContext(Dispatcher dispatcher, int id) {
        this.dispatcher = dispatcher;
        this.id = id;
        this.inline = false;
    }

    /// Creates a worker that borrows the calling thread.
    WorkerContext(Dispatcher dispatcher, int id, @Nullable Object state) {
        this.dispatcher = dispatcher;
        this.id = id;
        this.inline = true;
        this.state = state;
        this.thread = Thread.currentThread();
    }

    /// {@return the worker that runs the calling task}
    ///
    /// @throws IllegalStateException if there is none
    public static WorkerContext current() {
        if (!CURRENT.isBound()) {
            throw new IllegalStateException("Worker.current() called outside a task: " + Thread.currentThread());
        }
        return CURRENT.get();
    }

    /// {@return whether the calling thread runs a task of any pool}
    public static boolean isInTask() {
        return CURRENT.isBound();
    }

    /// {@return whether the calling thread runs a task of this dispatcher, or was forked by one}
    static boolean isInTaskOf(Dispatcher dispatcher) {
        return CURRENT.isBound() && CURRENT.get().dispatcher == dispatcher;
    }

    /// {@return the worker whose thread is the calling one if it is one of this dispatcher, otherwise `null`; a
    /// thread that a task has forked sees the worker but is not its thread}
    static @Nullable WorkerContext within(Dispatcher dispatcher) {
        if (!CURRENT.isBound()) {
            return null;
        }
        WorkerContext worker = CURRENT.get();
        return worker.dispatcher == dispatcher && worker.runsIn(Thread.currentThread()) ? worker : null;
    }

    /// Runs something during which this is the current worker.
    void bind(Runnable action) {
        ScopedValue.where(CURRENT, this).run(action);
    }

    void thread(Thread own) {
        thread = own;
    }

    /// {@return what its thread does just now}
    StackTraceElement[] stack() {
        Thread own = thread;
        return own == null ? new StackTraceElement[0] : own.getStackTrace();
    }

    /// {@return the number of the last request that the worker outside this JVM has begun; for the one who gave up}
    int lastBegun() {
        return lastBegun;
    }

    void remote(Remote place) {
        remote = place;
    }

    @Nullable
    Remote remote() {
        return remote;
    }

    /// {@return the worker outside this JVM, started}
    ///
    /// @throws Exception if it cannot be started; then the pool is broken, unless this worker was given up on, or its
    ///     thread is a caller's and was interrupted
    Remote startedRemote() throws Exception {
        Remote place = Objects.requireNonNull(remote);
        try {
            place.start();
            return place;
        } catch (Throwable t) {
            if (!givenUp() && !(t instanceof InterruptedException)) {
                dispatcher.notStarted(place, t);
            }
            throw t;
        }
    }

    /// Ends the worker outside this JVM if it has not left in order.
    void discardRemote() {
        if (remote != null) {
            remote.discard();
        }
    }

    boolean runsIn(Thread other) {
        return thread == other;
    }

    void state(@Nullable Object made) {
        state = made;
    }

    /// Takes the lease for something that begins.
    ///
    /// @return the number to give up this very lease
    long begin(Object newHolder, long newIndex, int newAttempt) {
        holder = newHolder;
        index = newIndex;
        attempt = newAttempt;
        long token = ++leases;
        lease = token;
        return token;
    }

    /// What a task has said of itself.
    ///
    /// @param lease under which it ran
    /// @param nanos when that was
    /// @param fraction how far it was
    private record Report(long lease, long nanos, double fraction) {}

    /// {@return when the task under a lease has reported progress last, or `otherwise` if it never has}
    long reportedNanos(long token, long otherwise) {
        Report last = report;
        return last != null && last.lease == token ? last.nanos : otherwise;
    }

    /// {@return what part of the current task is done, as far as it has said so}
    double fraction() {
        long token = lease;
        if (token <= 0) {
            return 0;
        }
        Remote place = remote;
        if (place != null) {
            return place.fraction();
        }
        Report last = report;
        return last != null && last.lease == token ? last.fraction : 0;
    }

    /// Clears what the last item may have left behind; an interrupt of a caller's thread is the caller's.
    void clearInterrupt() {
        if (!inline) {
            Thread.interrupted();
        }
    }

    /// Moves to the next item under the same lease.
    void at(long newIndex) {
        index = newIndex;
    }

    /// Ends the lease.
    ///
    /// @return whether it was still held; if not, someone else has spoken for the item
    boolean release() {
        if (!LEASE.compareAndSet(this, leases, 0L)) {
            return false;
        }
        holder = null; // an idle worker must not keep what it ran last
        return true;
    }

    /// Gives up on one lease: interrupts the thread and, unless it is a caller's, lets another take its place. To be
    /// followed by `handBack`.
    ///
    /// @param token what `begin` returned
    /// @return whether the caller of this method now speaks for what ran
    boolean giveUp(long token) {
        if (!LEASE.compareAndSet(this, token, -token)) {
            return false;
        }
        closeUnits();
        if (remote != null) {
            lastBegun = remote.kill("its task was cancelled or its time was over");
        }
        Objects.requireNonNull(thread).interrupt();
        if (!inline) {
            dispatcher.replace(this);
        }
        return true;
    }

    /// Lets a caller's thread that was given up on go on.
    void handBack() {
        handedBack = true;
    }

    /// Gives up on the current lease if this one holds it. To be followed by `handBack`.
    boolean giveUpOn(Object expectedHolder) {
        long token = lease;
        return token > 0 && holder == expectedHolder && giveUp(token);
    }

    /// {@return when the job that begins has started, about: when the clock was last read, if there was no wait since}
    long start() {
        if (endNanos == WAITED) {
            endNanos = dispatcher.time.nanos();
        }
        return endNanos;
    }

    /// Notes that a job has ended, and how long it has run. To read the clock takes longer than many a job does, so
    /// once jobs are known to be very short it is read for eight of them; should one of these be slow after all, it is
    /// the one that gets their time.
    void end(Object job) {
        untimed++;
        if (untimed == TOGETHER || !shortJobs) {
            measure(job);
        }
    }

    /// Notes that the time from here to the next job is not that job's.
    void pause() {
        if (untimed > 0) {
            measure(null);
        }
        endNanos = WAITED;
    }

    private void measure(@Nullable Object job) {
        long now = dispatcher.time.nanos();
        long nanos = now - endNanos;
        long mean = nanos / untimed;
        if (mean < SHORT_NANOS || untimed == 1) {
            dispatcher.meter.runTime.record(mean, untimed, id);
        } else {
            dispatcher.meter.runTime.record(SHORT_NANOS, untimed - 1L, id);
            mean = nanos - (untimed - 1L) * SHORT_NANOS;
            dispatcher.meter.runTime.record(mean, 1, id);
        }
        if (job != null) {
            dispatcher.meter.slowest.offer("submit", -1, job, mean);
        }
        shortJobs = mean < SHORT_NANOS;
        endNanos = now;
        untimed = 0;
    }

    /// Closes the gate for a job that has ended here, now or before this worker waits.
    void closeUnit() {
        unclosed++;
        if (unclosed == MOST_UNCLOSED) {
            closeUnits();
        }
    }

    /// Does what `closeUnit` has put off.
    void closeUnits() {
        int count = unclosed;
        if (count > 0) {
            unclosed = 0;
            dispatcher.closeUnits(count);
        }
    }

    void countDone() {
        DONE.setOpaque(this, (long) DONE.get(this) + 1);
    }

    /// {@return whether the last unit was there when the worker looked for it}
    boolean inBurst() {
        return inBurst;
    }

    void inBurst(boolean now) {
        inBurst = now;
    }

    /// {@return the jobs that ended with a value here}
    long done() {
        return done;
    }

    /// {@return whether an item or a job runs, or the worker starts}
    boolean runs() {
        return lease > 0;
    }

    /// {@return what runs now, or `null`}
    @Nullable
    Object holder() {
        return lease > 0 ? holder : null;
    }

    /// Notes that the thread has nothing more to do.
    void ended() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean givenUp() {
        return lease < 0;
    }

    /// Makes a caller's thread usable again after it was given up on, and clears the interrupt that was meant for
    /// the item.
    void reclaim() {
        while (!handedBack) {
            Thread.interrupted(); // or parking returns at once
            LockSupport.parkNanos(this, 1_000); // the other side is between two statements, but may need this carrier
        }
        Thread.interrupted();
        handedBack = false;
        lease = 0;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String name() {
        return dispatcher.name + "-" + id;
    }

    @Override
    public String pool() {
        return dispatcher.name;
    }

    @Override
    public long index() {
        return index;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public <S> S state(Class<S> type) {
        Objects.requireNonNull(type, "type");
        if (state == null) {
            throw new IllegalStateException("pool \"" + dispatcher.name + "\" has "
                    + (dispatcher.config.initializer() == null ? "no initializer" : "an initializer that made null")
                    + ", so its workers have no state");
        }
        return type.cast(state);
    }

    @Override
    public @Nullable Object state() {
        return state;
    }

    @Override
    public boolean cancelled() {
        return lease < 0;
    }

    @Override
    public void progress(double fraction) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("progress must be from 0 to 1: " + fraction);
        }
        long token = lease;
        if (token > 0) {
            report = new Report(token, dispatcher.time.nanos(), fraction);
            if (holder instanceof Runner runner) {
                runner.progressed();
            }
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
