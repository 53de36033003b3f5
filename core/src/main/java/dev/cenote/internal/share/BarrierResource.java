// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import org.jspecify.annotations.Nullable;

/// A point at which threads of several processes wait for each other.
public final class BarrierResource extends Resource {

    /// Waits for the others: the number of those still to come, or [Resource#TIMED_OUT].
    public static final int AWAIT = 1;

    /// Breaks it.
    public static final int ABORT = 2;

    /// Breaks it for those who wait, and begins anew.
    public static final int RESET = 3;

    /// Asks whether it is broken.
    public static final int IS_BROKEN = 4;

    /// Asks how many wait.
    public static final int WAITING = 5;

    /// Asks for the number of parties.
    public static final int PARTIES = 6;

    /// Says that a process has it; needs no answer.
    public static final int ATTACH = 7;

    private final int parties;
    private final @Nullable Runnable action;

    // all guarded by this

    private final List<Wait> waiting = new ArrayList<>();

    /// Why it is broken.
    private @Nullable String broken;

    /// Whether all have come and the action runs.
    private boolean tripping;

    /// Counts resets, so that an action that ends after one lets nobody through.
    private long generation;

    /// Creates a barrier.
    ///
    /// @param parties how many must come
    /// @param action is run by the last, in this process; or `null`
    public BarrierResource(int parties, @Nullable Runnable action) {
        this.parties = parties;
        this.action = action;
    }

    @Override
    @Nullable
    Object begin(int operation, @Nullable Object argument, Wait wait) {
        return switch (operation) {
            case AWAIT -> await(wait);
            case ABORT -> abort();
            case RESET -> reset();
            case IS_BROKEN -> isBroken();
            case WAITING -> waiting();
            case PARTIES -> parties;
            default -> throw unknown(operation);
        };
    }

    @Override
    void tell(int operation, @Nullable Object argument, Party party) {
        // it is enough that the party has touched this: it will hear of the end
    }

    private @Nullable Object await(Wait wait) {
        long mine;
        synchronized (this) {
            if (broken != null || tripping) {
                return new Failed(
                        exception(broken != null ? broken : "more than " + parties + " threads have come to it"));
            }
            if (waiting.size() + 1 < parties) {
                return join(wait);
            }
            if (action == null) {
                trip();
                return 0;
            }
            tripping = true;
            mine = generation;
        }
        return act(mine);
    }

    private Object join(Wait wait) {
        if (!wait.mayWait()) {
            shatter("a thread did not want to wait");
            return TIMED_OUT;
        }
        if (wait.party.isGone()) {
            return NOTHING;
        }
        waiting.add(wait);
        return LATER;
    }

    private void trip() {
        for (int i = 0; i < waiting.size(); i++) {
            waiting.get(i).answer(parties - 1 - i);
        }
        waiting.clear();
    }

    /// Runs the action, outside of the monitor as it is code of the user.
    private Object act(long mine) {
        Throwable thrown = null;
        try {
            if (action != null) {
                action.run();
            }
        } catch (Throwable e) {
            thrown = e;
        }
        synchronized (this) {
            if (mine != generation) {
                return new Failed(exception("it was reset while its action ran"));
            }
            tripping = false;
            if (thrown != null) {
                shatter("its action has thrown " + thrown);
                return new Failed(thrown);
            }
            if (broken != null) {
                return new Failed(exception(broken));
            }
            trip();
            return 0;
        }
    }

    private synchronized @Nullable Object abort() {
        shatter("it was aborted");
        return null;
    }

    private synchronized @Nullable Object reset() {
        shatter("it was reset");
        broken = null;
        tripping = false;
        generation++;
        return null;
    }

    private synchronized boolean isBroken() {
        return broken != null;
    }

    private synchronized int waiting() {
        return waiting.size() + (tripping ? 1 : 0);
    }

    private void shatter(String why) {
        if (broken == null) {
            broken = why;
        }
        for (Wait wait : waiting) {
            wait.answer(new Failed(exception(why)));
        }
        waiting.clear();
    }

    private static BrokenBarrierException exception(String why) {
        return new BrokenBarrierException("the barrier is broken: " + why);
    }

    @Override
    synchronized void giveUp(Wait wait, Object why) {
        if (waiting.remove(wait)) {
            wait.answer(why);
            shatter(why == TIMED_OUT ? "a thread has waited as long as it may" : "a thread was interrupted");
        }
    }

    @Override
    synchronized boolean isUsedBy(Party party) {
        return waiting.stream().anyMatch(wait -> wait.party == party);
    }

    @Override
    synchronized void gone(Party party, boolean killed) {
        boolean waited = waiting.removeIf(wait -> wait.party == party);
        if (waited || (killed && !waiting.isEmpty())) {
            shatter(party + " is gone");
        }
    }
}
