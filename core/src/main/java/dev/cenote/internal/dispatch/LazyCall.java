// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.BrokenPoolException;
import dev.cenote.Pool;
import dev.cenote.internal.remote.Remote;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A call whose input passes by: `imap` and its kin.
///
/// ```
///   input ──feeder──► pending ──runners──► window ──reader──► the caller
///         └───────────── at most `ahead` items ──────────┘
/// ```
///
/// The feeder is a virtual thread that lives only while there is room: when the window is full it ends, and the
/// reader starts it again. So a stream that is abandoned half-way holds no thread, and only what it had taken. It
/// takes items one by one and makes each known at once, because the next may take long to come; runners take as
/// many as are there.
///
/// When the pool shuts down the input is cut: the feeder is interrupted and takes nothing more, what it had taken
/// is still run and read, and then the reader is told. The call holds the gate of the pool open only while it has
/// items that are not settled.
///
/// On an inline engine there is no feeder and no runner: the reader takes one item at a time and runs it.
///
/// All fields that change are guarded by `lock`; the input is read and user code is run without it.
final class LazyCall extends Call {

    private static final int DEFAULT_AHEAD_UNLIMITED = 1_000;
    private static final int DEFAULT_AHEAD_LEAST = 64;
    private static final int DEFAULT_AHEAD_PER_WORKER = 16;

    /// Keeps the pool from being collected while this call has something to do.
    @SuppressWarnings({"unused", "FieldCanBeLocal"}) // held, not read
    private final Pool owner;

    /// The input; `null` when items are pushed.
    private final @Nullable Iterator<?> input;

    private final int ahead;
    private final ReentrantLock lock = new ReentrantLock();

    /// Signalled when the reader may find something: a result, the end, or items to run itself.
    private final Condition news = lock.newCondition();

    private final ArrayDeque<Object> pending = new ArrayDeque<>();
    private final Window window;

    /// Items taken from the input.
    private long taken;

    /// Items that runners have claimed; the position of the first pending one.
    private long claimed;

    /// Items with a final outcome.
    private long settled;

    private long failures;

    /// Items whose results the caller has.
    private long read;

    /// The thread that reads the input now.
    private @Nullable Thread feeder;

    /// Whether a feeder was started and has not ended.
    private boolean feeding;

    /// Whether nothing more comes from the input.
    private boolean inputEnded;

    /// Whether the pool was shut down before the input had ended.
    private boolean cut;

    /// What the input threw, until the reader was told.
    private @Nullable Throwable inputError;

    /// Whether the gate of the pool is held open.
    private boolean open;

    /// Whether it is to be closed when the lock is let go.
    private boolean closesGate;

    /// Readers that would run an item themselves.
    private int helpers;

    private boolean concluded;

    private boolean closed;

    /// Whether the reader was told that the input was cut.
    private boolean told;

    /// Results the reader has fetched and not handed out; only the reader uses it.
    private final ArrayDeque<Object> fetched = new ArrayDeque<>();

    /// Results handed out since `read` was last raised; only the reader uses it.
    private int handedOut;

    LazyCall(Dispatcher dispatcher, Order order, Pool owner, @Nullable Iterator<?> input, OptionalLong total) {
        super(dispatcher, order, total);
        this.owner = owner;
        this.input = input;
        this.ahead = options.ahead() > 0 ? options.ahead() : defaultAhead(dispatcher.limit);
        this.window = new Window(options.ordered());
    }

    private static int defaultAhead(int workers) {
        return workers == Integer.MAX_VALUE
                ? DEFAULT_AHEAD_UNLIMITED
                : Math.max(
                        DEFAULT_AHEAD_LEAST, Math.multiplyExact(DEFAULT_AHEAD_PER_WORKER, Math.min(workers, 1 << 20)));
    }

    /// Begins to read the input, unless the pool refuses.
    LazyCall start() {
        dispatcher.openCall(this);
        lock.lock();
        try {
            open = true;
            releaseIfIdle();
        } finally {
            unlock();
        }
        feedIfRoom();
        return this;
    }

    /// Lets the lock go, and the gate of the pool if this call has nothing to do any more: closing the gate may
    /// end the pool, which runs code of the user.
    private void unlock() {
        boolean close = closesGate && lock.getHoldCount() == 1;
        if (close) {
            closesGate = false;
        }
        lock.unlock();
        if (close) {
            dispatcher.closeCall();
        }
    }

    // ---- the input

    private void feedIfRoom() {
        if (dispatcher.engine.inline() || input == null) {
            return;
        }
        Thread thread;
        lock.lock();
        try {
            long room = ahead - (taken - read);
            if (!inputEnded && dispatcher.isShutdown()) {
                endByCut();
                news.signalAll();
            }
            boolean worthwhile = room * 4 >= ahead || taken == settled;
            if (feeding || inputEnded || room <= 0 || !worthwhile || stopCause() != null) {
                return;
            }
            feeding = true;
            dispatcher.enlist(this);
            thread = Thread.ofVirtual()
                    .name(dispatcher.name + "-input")
                    .inheritInheritableThreadLocals(false)
                    .unstarted(() -> surroundings.run(this::feed));
            feeder = thread;
        } finally {
            unlock();
        }
        thread.start();
        dispatcher.catchUp(this);
    }

    private void feed() {
        boolean more = true;
        while (more) {
            more = takeOne();
            dispatcher.catchUp(this);
            ensureRunners();
        }
        concludeIfOver();
    }

    /// Takes one item from the input.
    ///
    /// @return whether there is room for another
    private boolean takeOne() {
        Iterator<?> from = Objects.requireNonNull(input);
        boolean ended = false;
        Object item = null;
        Throwable error = null;
        if (isCut()) {
            return false;
        }
        try {
            ended = !from.hasNext();
            item = ended ? null : from.next();
        } catch (Throwable t) {
            error = t;
        }
        lock.lock();
        try {
            if (inputEnded || stopCause() != null) { // cut or stopped while it waited: this item was not asked for
                feedingEnds();
                return false;
            }
            if (ended || error != null) {
                inputError = error;
                inputEnded = true;
                feedingEnds();
                return false;
            }
            if (!accept(item)) {
                feedingEnds();
                return false;
            }
            boolean room = taken - read < ahead;
            if (!room) {
                feedingEnds();
            }
            return room;
        } finally {
            unlock();
        }
    }

    /// {@return whether the input is not to be touched any more}
    private boolean isCut() {
        lock.lock();
        try {
            if (!inputEnded && dispatcher.isShutdown()) {
                endByCut();
            }
            if (inputEnded || stopCause() != null) {
                feedingEnds();
                return true;
            }
            return false;
        } finally {
            unlock();
        }
    }

    private void feedingEnds() {
        feeding = false;
        feeder = null;
        releaseIfIdle();
        news.signalAll();
    }

    /// Adds an item, unless the pool is shut.
    private boolean accept(@Nullable Object item) {
        if (!open && closesGate) {
            closesGate = false; // it was about to be closed
        } else if (!open && !dispatcher.tryReopen()) {
            endByCut();
            return false;
        }
        open = true;
        dispatcher.enlist(this);
        pending.add(Window.mask(item));
        taken++;
        if (helpers > 0) {
            news.signalAll();
        }
        return true;
    }

    /// Lets the pool end, and forget this call, when it has nothing to do.
    private void releaseIfIdle() {
        if (taken != settled) {
            return;
        }
        if (open) {
            open = false;
            closesGate = true;
        }
        if (!feeding) {
            dispatcher.forget(this);
        }
    }

    @Override
    void cut() {
        lock.lock();
        try {
            if (!inputEnded) {
                endByCut();
                if (feeder != null) {
                    feeder.interrupt();
                }
                news.signalAll();
            }
        } finally {
            unlock();
        }
        concludeIfOver();
    }

    private void endByCut() {
        inputEnded = true;
        cut = true;
    }

    // ---- pushed items, for a caller that is feeder and reader in one

    /// {@return whether an item may be pushed}
    boolean hasRoom() {
        lock.lock();
        try {
            return taken - read < ahead;
        } finally {
            unlock();
        }
    }

    void push(@Nullable Object item) {
        lock.lock();
        try {
            if (stopCause() != null || cut || !accept(item)) {
                throw cutOff();
            }
        } finally {
            unlock();
        }
        dispatcher.catchUp(this);
        if (dispatcher.engine.inline()) {
            runOne(WorkerContext.within(dispatcher)); // now, because nobody may ever read it
        } else {
            ensureRunners();
        }
    }

    void endInput() {
        lock.lock();
        try {
            inputEnded = true;
            news.signalAll();
        } finally {
            unlock();
        }
        concludeIfOver();
    }

    // ---- runners

    @Override
    long unsettled() {
        lock.lock();
        try {
            return taken - settled;
        } finally {
            unlock();
        }
    }

    @Override
    @Nullable
    Chunk claimNew() {
        lock.lock();
        try {
            int count = (int) Math.min(pending.size(), sizer.size(pending.size()));
            if (count == 0) {
                return null;
            }
            @Nullable Object[] items = new @Nullable Object[count];
            for (int i = 0; i < count; i++) {
                items[i] = Window.unmask(pending.remove());
            }
            long first = claimed;
            claimed += count;
            return new Chunk(first, claimed, Arrays.asList(items), 0, null);
        } finally {
            unlock();
        }
    }

    @Override
    long backlog() {
        lock.lock();
        try {
            return pending.size();
        } finally {
            unlock();
        }
    }

    @Override
    Batch batch(Chunk chunk) {
        return new LazyBatch((int) chunk.size());
    }

    @Override
    void settleOne(long index, @Nullable Object result, boolean failed) {
        settle(index, Collections.singletonList(result), failed ? 1 : 0);
    }

    private void settle(long first, List<@Nullable Object> results, int failed) {
        long values = (long) results.size() - failed;
        report(values, failed);
        lock.lock();
        try {
            if (stopCause() != null) {
                return; // counted as cancelled
            }
            count(values, failed);
            for (int i = 0; i < results.size(); i++) {
                window.put(first + i, results.get(i));
            }
            settled += results.size();
            failures += failed;
            if (window.ready()) {
                news.signal();
            }
            if (settled == taken) {
                releaseIfIdle();
                news.signalAll();
            }
        } finally {
            unlock();
        }
        concludeIfOver();
    }

    /// Collects the results of one chunk.
    private final class LazyBatch implements Batch {

        private final List<@Nullable Object> results;

        LazyBatch(int size) {
            results = new ArrayList<>(size);
        }

        @Override
        public long run(WorkerContext me, Chunk chunk, long from, long to) {
            long index = from;
            try {
                while (index < to) {
                    index = remoteFn == null ? index : takeReady(me, chunk, index, to);
                    if (index == to) {
                        break;
                    }
                    me.at(index);
                    Object item = chunk.item(index);
                    Object result = fn.apply(item);
                    if (result == Remote.SKIPPED) {
                        return index;
                    }
                    results.add(valueOf(index, item, 1, result));
                    index++;
                    if (remoteFn != null && signal != RUN) {
                        return index; // somebody may want to know how far it is
                    }
                }
                return index;
            } catch (Throwable t) {
                results.add(failureOf(me, chunk, index, t));
                return ~(index + 1);
            }
        }

        /// Takes what has come from a worker outside this JVM.
        private long takeReady(WorkerContext me, Chunk chunk, long from, long to) {
            Remote remote = Objects.requireNonNull(me.remote());
            @Nullable Object[] values = new Object[(int) (to - from)];
            int ready = remote.receiveReady(values, 0, values.length);
            for (int i = 0; i < ready; i++) {
                results.add(valueOf(from + i, chunk.item(from + i), 1, values[i]));
            }
            remote.expectMany();
            return from + ready;
        }

        @Override
        public void settle(long first, long values, int failed) {
            LazyCall.this.settle(first, results, failed);
        }
    }

    // ---- the reader

    /// {@return whether a result can be had at once}
    boolean ready() {
        lock.lock();
        try {
            return !fetched.isEmpty() || window.ready();
        } finally {
            unlock();
        }
    }

    /// Waits for the next result.
    ///
    /// @param limitNanos how long to wait; negative for as long as it takes
    /// @return the result as in the window, or [Window#END]
    /// @throws TimeoutException when the limit has passed first
    Object take(long limitNanos) throws InterruptedException, TimeoutException {
        if (isClosed()) {
            return Window.END;
        }
        if (fetched.isEmpty()) {
            fetch(limitNanos);
        }
        Object result = fetched.remove();
        if (result != Window.END) {
            handedOut++;
            if (handedOut * 4L >= ahead || fetched.isEmpty()) {
                makeRoom();
            }
        }
        return result;
    }

    private void makeRoom() {
        lock.lock();
        try {
            read += handedOut;
            handedOut = 0;
        } finally {
            unlock();
        }
        feedIfRoom();
    }

    private void fetch(long limitNanos) throws InterruptedException, TimeoutException {
        long deadline = limitNanos < 0 ? 0 : System.nanoTime() + limitNanos;
        WorkerContext self = WorkerContext.within(dispatcher);
        boolean runsItself = dispatcher.engine.inline() || (self != null && limitNanos < 0);
        while (!fetchNow()) {
            if (runsItself && runOne(self)) {
                continue;
            }
            await(limitNanos, deadline, runsItself);
        }
    }

    /// {@return whether there is a result or the end}
    private boolean fetchNow() {
        Throwable toThrow;
        lock.lock();
        try {
            window.drainTo(fetched);
            if (!fetched.isEmpty()) {
                return true;
            }
            toThrow = endOrError();
        } finally {
            unlock();
        }
        if (toThrow != null) {
            throw Sneaky.sneak(toThrow);
        }
        return !fetched.isEmpty();
    }

    private @Nullable Throwable endOrError() {
        Throwable stop = stopCause();
        if (stop != null && !closed) {
            return stop;
        }
        if (stop == null && !(inputEnded && settled == taken)) {
            return null;
        }
        Throwable error = closed ? null : inputError;
        if (error != null) {
            inputError = null;
            return error;
        }
        if (cut && !closed && !told) {
            told = true;
            return cutOff();
        }
        fetched.add(Window.END);
        return null;
    }

    private RuntimeException cutOff() {
        if (dispatcher.stopped() instanceof BrokenPoolException broken) {
            return broken;
        }
        return new CancellationException("pool \"" + dispatcher.name + "\" was shut down when \"" + options.name()
                + "\" had taken " + taken + " items; the input had not ended");
    }

    /// Takes an item, if none is waiting and this engine has no feeder, and runs what is waiting in this thread.
    ///
    /// @return whether something was run or taken
    private boolean runOne(@Nullable WorkerContext self) {
        if (!canClaim() && mayTake()) {
            surroundings.run(this::takeOne);
            dispatcher.catchUp(this);
            concludeIfOver();
            return true;
        }
        if (!canClaim()) {
            return false;
        }
        dispatcher.runInline(Runner.forOneChunk(this), self);
        return true;
    }

    /// {@return whether the reader is to take an item from the input itself}
    private boolean mayTake() {
        lock.lock();
        try {
            return dispatcher.engine.inline()
                    && input != null
                    && !inputEnded
                    && taken == settled
                    && stopCause() == null;
        } finally {
            unlock();
        }
    }

    @Override
    void gaveBack() {
        lock.lock();
        try {
            news.signalAll();
        } finally {
            unlock();
        }
    }

    private void await(long limitNanos, long deadline, boolean runsItself)
            throws InterruptedException, TimeoutException {
        lock.lockInterruptibly();
        try {
            helpers += runsItself ? 1 : 0;
            while (nothingNew(runsItself)) {
                if (limitNanos < 0) {
                    news.await();
                } else if (news.awaitNanos(deadline - System.nanoTime()) <= 0 && nothingNew(runsItself)) {
                    throw new TimeoutException("pool \"" + dispatcher.name + "\": no result of \"" + options.name()
                            + "\" came in time; " + read + " were read");
                }
            }
        } finally {
            helpers -= runsItself ? 1 : 0;
            unlock();
        }
    }

    private boolean nothingNew(boolean runsItself) {
        return !window.ready()
                && stopCause() == null
                && !(inputEnded && settled == taken)
                && !(runsItself && (hasReturned() || !pending.isEmpty()));
    }

    // ---- the end

    /// {@return whether the reader wants no more}
    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            unlock();
        }
    }

    /// Stops the call because its reader wants no more.
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            unlock();
        }
        end(new CancellationException("\"" + options.name() + "\" was closed"));
    }

    /// Stops the call because its reader was interrupted.
    CancellationException interrupted() {
        CancellationException cancelled = new CancellationException(
                "pool \"" + dispatcher.name + "\": the reader of \"" + options.name() + "\" was interrupted");
        stop(cancelled, true);
        Thread.currentThread().interrupt();
        return cancelled;
    }

    @Override
    void stopped(Throwable cause) {
        lock.lock();
        try {
            dispatcher.meter.cancelled.add(taken - settled);
            settled = taken;
            inputEnded = true;
            pending.clear();
            window.clear();
            if (feeder != null) {
                feeder.interrupt();
            }
            releaseIfIdle();
            news.signalAll();
        } finally {
            unlock();
        }
        concludeIfOver();
    }

    private void concludeIfOver() {
        lock.lock();
        try {
            if (concluded || !inputEnded || settled != taken) {
                return;
            }
            concluded = true;
        } finally {
            unlock();
        }
        conclude(taken, failures);
    }
}
