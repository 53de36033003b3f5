// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A flag that threads of several processes wait for.
public final class EventResource extends Resource {

    /// Sets it.
    public static final int SET = 1;

    /// Clears it.
    public static final int CLEAR = 2;

    /// Asks for it.
    public static final int IS_SET = 3;

    /// Waits until it is set: true, or [Resource#TIMED_OUT].
    public static final int AWAIT = 4;

    private boolean set; // guarded by this

    private final List<Wait> waiting = new ArrayList<>(); // guarded by this

    /// Creates an event that is not set.
    public EventResource() {}

    @Override
    @Nullable
    synchronized Object begin(int operation, @Nullable Object argument, Wait wait) {
        return switch (operation) {
            case SET -> set();
            case CLEAR -> {
                set = false;
                yield null;
            }
            case IS_SET -> set;
            case AWAIT -> await(wait);
            default -> throw unknown(operation);
        };
    }

    private @Nullable Object set() {
        set = true;
        waiting.forEach(each -> each.answer(true));
        waiting.clear();
        return null;
    }

    private Object await(Wait wait) {
        if (set) {
            return true;
        }
        if (!wait.mayWait()) {
            return TIMED_OUT;
        }
        if (wait.party.isGone()) {
            return NOTHING;
        }
        waiting.add(wait);
        return LATER;
    }

    @Override
    synchronized void giveUp(Wait wait, Object why) {
        if (waiting.remove(wait)) {
            wait.answer(why);
        }
    }

    @Override
    synchronized boolean isUsedBy(Party party) {
        return waiting.stream().anyMatch(wait -> wait.party == party);
    }

    @Override
    synchronized void gone(Party party, boolean killed) {
        waiting.removeIf(wait -> wait.party == party);
    }
}
