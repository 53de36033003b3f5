// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.share.LockResource.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A condition of a lock. Its state is guarded by the monitor of the lock.
public final class ConditionResource extends Resource {

    /// Lets the lock go and waits: true if it was signalled, false if not in time; the caller has the lock again.
    public static final int AWAIT = 1;

    /// Wakes as many as the argument says.
    public static final int SIGNAL = 2;

    private final LockResource lock;

    private final Deque<Entry> waiting = new ArrayDeque<>();

    /// Creates a condition.
    ///
    /// @param lock its lock
    public ConditionResource(LockResource lock) {
        this.lock = lock;
    }

    @Override
    @Nullable
    Object begin(int operation, @Nullable Object argument, Wait wait) {
        synchronized (lock) {
            return switch (operation) {
                case AWAIT -> await(wait);
                case SIGNAL -> signal(wait, (Integer) Objects.requireNonNull(argument));
                default -> throw unknown(operation);
            };
        }
    }

    private Object await(Wait wait) {
        if (wait.party.isGone()) {
            return NOTHING;
        }
        lock.requireMine(wait, "waited for");
        wait.party.touch(lock); // it will be in its queue
        waiting.add(new Entry(wait, lock.release(), true));
        return LATER;
    }

    private @Nullable Object signal(Wait wait, int most) {
        lock.requireMine(wait, "signalled");
        for (int i = 0; i < most && !waiting.isEmpty(); i++) {
            lock.restore(waiting.remove());
        }
        return null;
    }

    @Override
    void giveUp(Wait wait, Object why) {
        synchronized (lock) {
            Entry entry = remove(wait);
            if (entry != null) {
                lock.restore(new Entry(wait, entry.count(), why));
            }
        }
    }

    private @Nullable Entry remove(Wait wait) {
        for (Entry entry : waiting) {
            if (entry.who() == wait) {
                waiting.remove(entry);
                return entry;
            }
        }
        return null;
    }

    @Override
    boolean isUsedBy(Party party) {
        synchronized (lock) {
            return waiting.stream().anyMatch(entry -> entry.who().party == party);
        }
    }

    @Override
    void gone(Party party, boolean killed) {
        synchronized (lock) {
            waiting.removeIf(entry -> entry.who().party == party);
        }
    }
}
