// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A lock that threads of several processes take in the order in which they ask.
public final class LockResource extends Resource {

    /// Takes the lock: true, or [Resource#TIMED_OUT].
    public static final int LOCK = 1;

    /// Gives it back once.
    public static final int UNLOCK = 2;

    /// Asks whether the caller holds it.
    public static final int IS_MINE = 3;

    /// Asks whether anybody holds it.
    public static final int IS_LOCKED = 4;

    /// Asks the holder's question whether the one before it has died with the lock.
    public static final int IS_ABANDONED = 5;

    /// Makes a condition.
    public static final int CONDITION = 6;

    private final boolean reentrant;

    /// How the program sees conditions that other processes make.
    private final @Nullable Function<Port, Object> conditions;

    // all guarded by this

    private @Nullable Party holder;
    private long thread;
    private int count;

    /// Whether the one before the holder has died.
    private boolean abandoned;

    private final Deque<Entry> queue = new ArrayDeque<>();

    /// Somebody who wants the lock.
    ///
    /// @param who who
    /// @param count how often it will hold it
    /// @param answer what it is told then
    record Entry(Wait who, int count, Object answer) {}

    /// Creates a lock.
    ///
    /// @param reentrant whether its holder may take it again
    /// @param conditions makes what the program sees of a condition; `null` if there are none
    public LockResource(boolean reentrant, @Nullable Function<Port, Object> conditions) {
        this.reentrant = reentrant;
        this.conditions = conditions;
    }

    @Override
    @Nullable
    Object begin(int operation, @Nullable Object argument, Wait wait) {
        return switch (operation) {
            case LOCK -> lock(wait);
            case UNLOCK -> unlock(wait);
            case IS_MINE -> isHeldBy(wait);
            case IS_LOCKED -> isLocked();
            case IS_ABANDONED -> isAbandoned(wait);
            case CONDITION -> condition();
            default -> throw unknown(operation);
        };
    }

    private Ref condition() {
        ConditionResource made = new ConditionResource(this);
        return Home.export(made, Objects.requireNonNull(conditions).apply(Port.to(made)));
    }

    private synchronized Object lock(Wait wait) {
        if (wait.party.isGone()) {
            return NOTHING;
        }
        if (holder == null) {
            hold(wait, 1);
            return true;
        }
        if (isMine(wait)) {
            if (!reentrant) {
                return again(wait);
            }
            count = Math.addExact(count, 1);
            return true;
        }
        if (!wait.mayWait()) {
            return TIMED_OUT;
        }
        queue.add(new Entry(wait, 1, true));
        return LATER;
    }

    private static Object again(Wait wait) {
        if (!wait.mayWait()) {
            return TIMED_OUT;
        }
        throw new IllegalStateException(
                "this thread holds the lock already, which is not reentrant, and would wait" + " for itself");
    }

    private void hold(Wait wait, int times) {
        holder = wait.party;
        thread = wait.thread;
        count = times;
    }

    private boolean isMine(Wait wait) {
        return wait.isOf(holder, thread);
    }

    private synchronized boolean isHeldBy(Wait wait) {
        return isMine(wait);
    }

    private synchronized boolean isLocked() {
        return holder != null;
    }

    private synchronized boolean isAbandoned(Wait wait) {
        requireMine(wait, "asked whether it was abandoned");
        return abandoned;
    }

    private synchronized @Nullable Object unlock(Wait wait) {
        requireMine(wait, "unlocked");
        if (--count == 0) {
            abandoned = false;
            pass();
        }
        return null;
    }

    void requireMine(Wait wait, String what) {
        if (!isMine(wait)) {
            throw new IllegalMonitorStateException("a shared lock is " + what + " by its holder only; "
                    + (holder == null ? "nobody holds it" : "a thread of " + holder + " holds it"));
        }
    }

    /// Gives the lock to the next.
    private void pass() {
        holder = null;
        Entry next = queue.poll();
        if (next != null) {
            hold(next.who, next.count);
            next.who.answer(next.answer);
        }
    }

    @Override
    synchronized void giveUp(Wait wait, Object why) {
        if (queue.removeIf(entry -> entry.who == wait)) {
            wait.answer(why);
        }
    }

    @Override
    synchronized void gone(Party party, boolean killed) {
        queue.removeIf(entry -> entry.who.party == party && answered(entry.who));
        if (holder == party) {
            abandoned = true;
            pass();
        }
    }

    @Override
    synchronized boolean isUsedBy(Party party) {
        return holder == party || queue.stream().anyMatch(entry -> entry.who.party == party);
    }

    private static boolean answered(Wait wait) {
        wait.answer(NOTHING);
        return true;
    }

    // ---- for conditions, which use the monitor of their lock

    /// Lets the holder go without the lock, to get it back later.
    ///
    /// @return how often it held it
    int release() {
        int held = count;
        abandoned = false;
        pass();
        return held;
    }

    /// Lets somebody have the lock back.
    void restore(Entry entry) {
        if (holder == null) {
            hold(entry.who, entry.count);
            entry.who.answer(entry.answer);
        } else {
            queue.add(entry);
        }
    }
}
