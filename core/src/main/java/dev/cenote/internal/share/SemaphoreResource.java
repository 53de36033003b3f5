// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Permits that threads of several processes take in the order in which they ask.
public final class SemaphoreResource extends Resource {

    /// Takes as many permits as the argument says: true, or [Resource#TIMED_OUT].
    public static final int ACQUIRE = 1;

    /// Gives back as many as the argument says.
    public static final int RELEASE = 2;

    /// Asks how many are free.
    public static final int AVAILABLE = 3;

    private final boolean bounded;
    private final int most;

    private int free; // guarded by this

    private final Deque<Claim> queue = new ArrayDeque<>(); // guarded by this

    /// How many permits of a bounded semaphore each process has; guarded by this.
    private final Map<Party, Integer> held = new HashMap<>();

    private record Claim(Wait who, int permits) {}

    /// Creates a semaphore.
    ///
    /// @param permits how many permits there are
    /// @param bounded whether there may never be more, and those of a process that ends come back
    public SemaphoreResource(int permits, boolean bounded) {
        this.most = permits;
        this.free = permits;
        this.bounded = bounded;
    }

    @Override
    @Nullable
    synchronized Object begin(int operation, @Nullable Object argument, Wait wait) {
        return switch (operation) {
            case ACQUIRE -> acquire(wait, (Integer) Objects.requireNonNull(argument));
            case RELEASE -> release(wait.party, (Integer) Objects.requireNonNull(argument));
            case AVAILABLE -> free;
            default -> throw unknown(operation);
        };
    }

    private Object acquire(Wait wait, int permits) {
        if (bounded && permits > most) {
            throw new IllegalArgumentException(
                    "asked for " + permits + " permits of a bounded semaphore that has " + most);
        }
        if (wait.party.isGone()) {
            return NOTHING;
        }
        if (permits <= free && (queue.isEmpty() || !wait.mayWait())) {
            take(wait.party, permits);
            return true;
        }
        if (!wait.mayWait()) {
            return TIMED_OUT;
        }
        queue.add(new Claim(wait, permits));
        return LATER;
    }

    private void take(Party party, int permits) {
        free -= permits;
        if (bounded) {
            held.merge(party, permits, Integer::sum);
        }
    }

    private @Nullable Object release(Party party, int permits) {
        if (bounded && permits > most - free) {
            throw new IllegalStateException("released " + permits + " permits too many of a bounded semaphore: " + free
                    + " of " + most + " are free");
        }
        if (bounded) {
            held.computeIfPresent(party, (key, had) -> had > permits ? had - permits : null);
        }
        free = Math.addExact(free, permits);
        pass();
        return null;
    }

    private void pass() {
        while (!queue.isEmpty() && queue.getFirst().permits <= free) {
            Claim next = queue.remove();
            take(next.who.party, next.permits);
            next.who.answer(true);
        }
    }

    @Override
    synchronized void giveUp(Wait wait, Object why) {
        if (queue.removeIf(claim -> claim.who == wait)) {
            wait.answer(why);
            pass(); // it may have kept others from fewer permits
        }
    }

    @Override
    synchronized boolean isUsedBy(Party party) {
        return held.containsKey(party) || queue.stream().anyMatch(claim -> claim.who.party == party);
    }

    @Override
    synchronized void gone(Party party, boolean killed) {
        queue.removeIf(claim -> claim.who.party == party);
        Integer had = held.remove(party);
        if (had != null) {
            int others = held.values().stream().mapToInt(Integer::intValue).sum();
            free = Math.max(free, Math.min(free + had, most - others)); // some may have been released by others
        }
        pass();
    }
}
