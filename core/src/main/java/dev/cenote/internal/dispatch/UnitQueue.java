// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.internal.Nanos;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The units that wait for a worker, first in, first out, and the workers that wait for a unit.
///
/// It is made for many short units: no thread ever waits for a lock here, and a worker is woken only while no other
/// is on its way. The one that was woken wakes the next when it finds more than one unit, so that a burst wakes as
/// many workers as it can use, and a stream of units that one worker can keep up with wakes one.
///
/// The one that has slept longest is woken first. The other way round caches would be warmer, but a single
/// `submit(..).join()` took twice as long: its worker is just going to sleep when the next job comes, and the system
/// then wakes it on another CPU.
///
/// ## No lost wake-up
///
/// A producer adds its unit, then looks for sleepers. A worker makes itself known as a sleeper, then looks for
/// units. So one of the two sees the other. The producer may see that a worker is `waking`: that worker clears the
/// mark before it looks for units, hence it will see this one or somebody else has taken it. And whoever sets the
/// mark and finds nobody to wake clears it and looks again, for those who have trusted it meanwhile.
///
/// A worker whose patience is over claims its own wait. If it succeeds nobody has counted on it, and a unit that was
/// added since it last looked is for whoever is told that this worker leaves; if not, it was woken, and goes on as
/// such.
///
/// ## Borrowing
///
/// A caller may use what a sleeping worker has, without waking it, and puts it back. A worker's wait is one word:
///
/// | state | meaning | leaves by |
/// | --- | --- | --- |
/// | `ASLEEP` | waits | `claim`, by one who wakes it or by itself; `borrow` |
/// | `BORROWED` | waits, and may not leave | the borrower: back to `ASLEEP`, or `OVER` |
/// | `CLAIMED` | is awake, or about to be | nobody |
/// | `OVER` | is awake, and was given up on meanwhile | nobody |
///
/// Who puts a worker back makes it known as a sleeper again and then looks for units, as a worker that goes to sleep
/// does.
final class UnitQueue {

    /// How often a worker in a burst looks again before it sleeps, well under a microsecond in all: it saves a sleep
    /// and a wake-up, which cost several, when a unit comes right after the last. Useless where only one thread can
    /// run, and outside a burst, where nothing is to be expected.
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 20 : 0;

    private final ConcurrentLinkedQueue<Unit> units = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedDeque<Sleeper> sleepers = new ConcurrentLinkedDeque<>();

    /// How many workers sleep, or are just about to or just awake: 0 spares who adds a unit the look into the list.
    private final AtomicInteger dozing = new AtomicInteger();

    /// Whether a worker was woken that has not looked for units since.
    private final AtomicBoolean waking = new AtomicBoolean();

    /// A worker's wait; see above.
    static final class Sleeper extends AtomicInteger {

        private static final long serialVersionUID = 1L;
        private static final int ASLEEP = 0;
        private static final int BORROWED = 1;
        private static final int CLAIMED = 2;
        private static final int OVER = 3;

        private final transient Thread thread = Thread.currentThread();
        private final transient @Nullable WorkerContext worker;

        private final long patience;

        /// When its patience ends, which begins anew when it is given back.
        private volatile long deadline;

        /// Whether its patience ended while it was borrowed.
        private volatile boolean late;

        Sleeper(@Nullable WorkerContext worker, long patience) {
            this.worker = worker;
            this.patience = patience;
            this.deadline = System.nanoTime() + patience;
        }

        long left() {
            return deadline - System.nanoTime();
        }

        void used() {
            if (patience < Nanos.FOREVER / 2) { // or the clock need not be read
                deadline = System.nanoTime() + patience;
            }
        }

        /// {@return who sleeps; for the one who has borrowed it}
        WorkerContext worker() {
            return Objects.requireNonNull(worker);
        }

        boolean claim() {
            return compareAndSet(ASLEEP, CLAIMED);
        }

        boolean isAwake() {
            return get() >= CLAIMED;
        }
    }

    /// Adds a unit and wakes a worker for it.
    void add(Unit unit) {
        units.add(unit);
        wake();
    }

    private void wake() {
        while (dozing.get() > 0 && !sleepers.isEmpty() && !waking.get() && waking.compareAndSet(false, true)) {
            Sleeper sleeper = sleepers.pollFirst();
            while (sleeper != null && !sleeper.claim()) {
                sleeper = sleepers.pollFirst();
            }
            if (sleeper != null) {
                LockSupport.unpark(sleeper.thread);
                return;
            }
            waking.set(false);
            if (units.isEmpty()) {
                return;
            }
        }
    }

    /// Borrows the worker that fell asleep last, whose caches are warm.
    ///
    /// @return its wait, for [#giveBack]; `null` if none sleeps
    @Nullable
    Sleeper borrow() {
        Sleeper sleeper = sleepers.pollLast();
        while (sleeper != null && !sleeper.compareAndSet(Sleeper.ASLEEP, Sleeper.BORROWED)) {
            sleeper = sleepers.pollLast();
        }
        return sleeper;
    }

    /// Puts a worker back that was borrowed.
    ///
    /// @param sleeper its wait
    /// @param over whether it was given up on, so that it must wake up and end
    void giveBack(Sleeper sleeper, boolean over) {
        if (over) {
            sleeper.set(Sleeper.OVER);
            LockSupport.unpark(sleeper.thread);
            return;
        }
        sleeper.used();
        sleeper.set(Sleeper.ASLEEP);
        sleepers.addLast(sleeper);
        if (sleeper.late) {
            sleeper.late = false;
            LockSupport.unpark(sleeper.thread);
        }
        if (!units.isEmpty()) {
            wake();
        }
    }

    /// {@return the next unit, or `null` if there is none now}
    @Nullable
    Unit poll() {
        return units.poll();
    }

    /// {@return the next unit, as soon as there is one} Interrupts are cleared and otherwise ignored.
    ///
    /// @param inBurst whether this worker has not slept before its last unit
    Unit take(boolean inBurst) {
        return Objects.requireNonNull(take(null, inBurst, Nanos.FOREVER));
    }

    /// {@return the next unit, as soon as there is one, or `null` if none comes for so long, or the worker was given up
    /// on while it slept} Interrupts are cleared and otherwise ignored.
    ///
    /// @param me the worker, which may be borrowed while it sleeps; `null` if it may not
    /// @param inBurst whether this worker has not slept before its last unit
    /// @param nanos how long to wait, at most {@link Nanos#FOREVER}
    @Nullable
    Unit take(@Nullable WorkerContext me, boolean inBurst, long nanos) {
        Unit unit = inBurst ? spin() : units.poll();
        if (unit != null) {
            return unit;
        }
        Sleeper sleeper;
        do {
            sleeper = new Sleeper(me, nanos);
            unit = sleep(sleeper);
        } while (unit == null && sleeper.get() != Sleeper.OVER && sleeper.left() > 0);
        return unit;
    }

    private @Nullable Unit spin() {
        Unit unit = units.poll();
        for (int i = 0; i < SPINS && unit == null; i++) {
            Thread.onSpinWait();
            unit = units.poll();
        }
        return unit;
    }

    private @Nullable Unit sleep(Sleeper me) {
        dozing.incrementAndGet();
        try {
            return doze(me);
        } finally {
            dozing.decrementAndGet();
        }
    }

    private @Nullable Unit doze(Sleeper me) {
        sleepers.addLast(me);
        if (!units.isEmpty() && me.claim()) { // claimed first: a unit must not wait with one who is borrowed
            sleepers.remove(me);
            return units.poll();
        }
        if (!awaitClaim(me)) {
            sleepers.remove(me);
            return null;
        }
        if (me.get() == Sleeper.OVER) {
            return null;
        }
        waking.set(false);
        Unit unit = units.poll();
        if (!units.isEmpty()) {
            wake();
        }
        return unit;
    }

    /// {@return whether the wait was claimed by somebody else}
    private boolean awaitClaim(Sleeper me) {
        while (!me.isAwake()) {
            long left = me.left();
            if (left <= 0) {
                if (me.claim()) {
                    return false;
                }
                me.late = true;
            }
            if (me.get() == Sleeper.ASLEEP && left <= 0) {
                continue; // it was given back between these two looks
            }
            if (left <= 0 || left > Nanos.FOREVER / 2) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, left);
            }
            boolean _ = Thread.interrupted(); // or parking would return at once for ever
        }
        return true;
    }

    boolean isEmpty() {
        return units.isEmpty();
    }

    /// {@return what waits now, about}
    Stream<Unit> stream() {
        return units.stream();
    }

    /// Takes out what waits now.
    List<Unit> drain() {
        List<Unit> drained = new ArrayList<>();
        Unit unit = units.poll();
        while (unit != null) {
            drained.add(unit);
            unit = units.poll();
        }
        return drained;
    }
}
