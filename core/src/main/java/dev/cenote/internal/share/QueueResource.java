// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A queue into which threads of several processes put and from which they take.
public final class QueueResource extends Resource {

    /// Puts an [Item], or the one of a batch: true, or [Resource#TIMED_OUT].
    public static final int PUT = 1;

    /// Takes at most as many items as the argument says: an [Item] in this process, a [Batch] in another, [#CLOSED] or
    /// [Resource#TIMED_OUT].
    public static final int TAKE = 2;

    /// Asks how many are in it.
    public static final int SIZE = 3;

    /// Closes it.
    public static final int CLOSE = 4;

    /// Asks whether it is closed.
    public static final int IS_CLOSED = 5;

    /// Says that so many items are done.
    public static final int DONE = 6;

    /// Waits until all are.
    public static final int JOIN = 7;

    /// Says that a process has it; needs no answer. If the process is killed, the queue is closed.
    public static final int ATTACH = 8;

    /// Says that the queue shall be closed when the process ends.
    public static final int BIND = 9;

    /// The answer to a take from a queue that is closed and empty.
    public static final Object CLOSED = new Object() {
        @Override
        public String toString() {
            return "closed";
        }
    };

    /// The most bytes that are fetched ahead.
    private static final int MOST_BYTES = 64 << 10;

    /// Of a queue that has a capacity, one in so many may be fetched ahead by a process, or be on its way from there.
    static final int SHARE = 8;

    private final int capacity;

    // all guarded by this

    private final Deque<Item> items = new ArrayDeque<>();
    private final Deque<Taker> takers = new ArrayDeque<>();
    private final Deque<Putter> putters = new ArrayDeque<>();
    private final List<Wait> joiners = new ArrayList<>();
    private final Map<Session, Loan> loans = new HashMap<>();

    /// How many items each other process has taken and not done.
    private final Map<Party, Long> debts = new HashMap<>();

    /// Processes whose end closes this: true if only when they are killed.
    private final Map<Party, Boolean> bound = new HashMap<>();

    private long unfinished;
    private boolean closed;

    private record Taker(Wait who, int most) {}

    /// An item for which there is no room yet, and who waits for that; `null` if it was sent without waiting.
    private record Putter(@Nullable Wait who, Item item) {}

    /// Creates a queue.
    ///
    /// @param capacity how many items it may hold
    public QueueResource(int capacity) {
        this.capacity = capacity;
    }

    @Override
    @Nullable
    Object begin(int operation, @Nullable Object argument, Wait wait) {
        synchronized (this) {
            return switch (operation) {
                case PUT -> put(item(argument), wait);
                case TAKE -> take((Integer) Objects.requireNonNull(argument), wait);
                case SIZE -> size();
                case CLOSE -> close();
                case IS_CLOSED -> closed;
                case DONE -> done(wait.party, (Long) Objects.requireNonNull(argument));
                case JOIN -> join(wait);
                default -> throw unknown(operation);
            };
        }
    }

    private static Item item(@Nullable Object argument) {
        return argument instanceof Batch batch ? batch.items().getFirst() : (Item) Objects.requireNonNull(argument);
    }

    @Override
    void tell(int operation, @Nullable Object argument, Party party) {
        synchronized (this) {
            switch (operation) {
                case PUT -> ((Batch) Objects.requireNonNull(argument)).items().forEach(this::arriveOrWait);
                case DONE -> done(party, (Long) Objects.requireNonNull(argument));
                case ATTACH -> bound.putIfAbsent(party, true);
                case BIND -> bound.put(party, false);
                default -> super.tell(operation, argument, party);
            }
            serve();
        }
    }

    // ---- in

    private Object put(Item item, Wait wait) {
        refuseIfClosed();
        if (items.size() < capacity) {
            arrive(item);
            serve();
            return true;
        }
        if (!wait.mayWait()) {
            return TIMED_OUT;
        }
        if (wait.party.isGone()) {
            return NOTHING;
        }
        putters.add(new Putter(wait, item));
        return LATER;
    }

    private void arriveOrWait(Item item) {
        refuseIfClosed();
        if (items.size() < capacity) {
            arrive(item);
        } else {
            putters.add(new Putter(null, item));
        }
    }

    private void arrive(Item item) {
        items.add(item);
        unfinished++;
    }

    private void refuseIfClosed() {
        if (closed) {
            throw closedException();
        }
    }

    /// {@return the exception for a put into a closed queue}
    static IllegalStateException closedException() {
        return new IllegalStateException("the shared queue is closed");
    }

    private @Nullable Object close() {
        closed = true;
        for (Putter putter : putters) {
            if (putter.who == null) {
                arrive(putter.item); // whoever has sent it believes that it is there
            } else {
                putter.who.answer(new Failed(closedException()));
            }
        }
        putters.clear();
        serve();
        return null;
    }

    // ---- out

    private @Nullable Object take(int most, Wait wait) {
        settle(wait.party);
        if (takers.isEmpty() || !wait.mayWait()) {
            Object taken = tryTake(most, wait.party);
            if (taken != null) {
                admit();
                return taken;
            }
        }
        if (closed) {
            return CLOSED;
        }
        if (!wait.mayWait()) {
            return TIMED_OUT;
        }
        if (wait.party.isGone()) {
            return NOTHING;
        }
        takers.add(new Taker(wait, most));
        return LATER;
    }

    /// {@return what a party gets, or `null` if there is nothing}
    private @Nullable Object tryTake(int most, Party party) {
        Loan loan = most > 1 && party instanceof Session session ? loan(session) : null;
        if (loan != null) {
            putBack(loan.revoke(true)); // it asks for more, so it has lost what it has not claimed
        }
        if (items.isEmpty()) {
            revoke();
        }
        if (items.isEmpty()) {
            return null;
        }
        if (!(party instanceof Session session)) {
            return items.remove();
        }
        if (loan == null) {
            debts.merge(session, 1L, Long::sum);
            return new Batch(-1, 0, List.of(items.remove()));
        }
        return loan.lend(next(most));
    }

    private List<Item> next(int most) {
        int count = Math.min(most, Math.max(1, items.size() / (takers.size() + 1)));
        if (capacity < Integer.MAX_VALUE) {
            count = Math.min(count, Math.max(1, capacity / SHARE));
        }
        List<Item> next = new ArrayList<>(count);
        int bytes = 0;
        do {
            Item item = items.remove();
            bytes += item.length;
            next.add(item);
        } while (next.size() < count && bytes < MOST_BYTES);
        return next;
    }

    private @Nullable Loan loan(Session session) {
        Loan known = loans.get(session);
        if (known != null) {
            return known;
        }
        int slot = session.claims == null ? -1 : session.claims.slot();
        if (slot < 0) {
            return null;
        }
        Loan made = new Loan(Objects.requireNonNull(session.claims), slot);
        loans.put(session, made);
        return made;
    }

    /// Takes back what others have fetched ahead.
    private void revoke() {
        for (Loan loan : loans.values()) {
            putBack(loan.revoke(false));
        }
    }

    private void putBack(List<Item> back) {
        for (Item item : back.reversed()) {
            items.addFirst(item);
        }
    }

    /// Notices what a process has claimed.
    private void settle(Party party) {
        Loan loan = party instanceof Session session ? loans.get(session) : null;
        if (loan != null) {
            int claimed = loan.settle();
            if (claimed > 0) {
                debts.merge(party, (long) claimed, Long::sum);
            }
        }
    }

    /// Gives items to those who wait, and room.
    private void serve() {
        admit();
        while (!takers.isEmpty()) {
            Taker next = takers.remove();
            Object taken = tryTake(next.most, next.who.party);
            if (taken != null) {
                next.who.answer(taken);
                admit();
            } else if (closed) {
                next.who.answer(CLOSED);
            } else {
                takers.addFirst(next);
                return;
            }
        }
    }

    private void admit() {
        while (!putters.isEmpty() && items.size() < capacity) {
            Putter next = putters.remove();
            arrive(next.item);
            if (next.who != null) {
                next.who.answer(true);
            }
        }
    }

    private int size() {
        int size = items.size();
        for (Loan loan : loans.values()) {
            size += loan.unclaimed();
        }
        return size;
    }

    // ---- done

    private @Nullable Object done(Party party, long count) {
        settle(party);
        if (count > unfinished) {
            throw new IllegalStateException("taskDone() was called more often than items were put");
        }
        debts.computeIfPresent(party, (key, had) -> had > count ? had - count : null);
        finish(count);
        return null;
    }

    private void finish(long count) {
        unfinished -= count;
        if (unfinished == 0) {
            joiners.forEach(wait -> wait.answer(true));
            joiners.clear();
        }
    }

    private Object join(Wait wait) {
        if (unfinished == 0) {
            return true;
        }
        if (!wait.mayWait()) {
            return TIMED_OUT;
        }
        if (wait.party.isGone()) {
            return NOTHING;
        }
        joiners.add(wait);
        return LATER;
    }

    // ---- the end

    @Override
    synchronized void giveUp(Wait wait, Object why) {
        if (takers.removeIf(taker -> taker.who == wait)
                || putters.removeIf(putter -> putter.who == wait)
                || joiners.remove(wait)) {
            wait.answer(why);
        }
    }

    @Override
    synchronized boolean isUsedBy(Party party) {
        Loan loan = party instanceof Session session ? loans.get(session) : null;
        return (loan != null && loan.unclaimed() > 0)
                || bound.containsKey(party)
                || (!joiners.isEmpty() && debts.containsKey(party))
                || takers.stream().anyMatch(taker -> taker.who.party == party)
                || putters.stream().anyMatch(putter -> putter.who != null && putter.who.party == party)
                || joiners.stream().anyMatch(wait -> wait.party == party);
    }

    @Override
    synchronized void gone(Party party, boolean killed) {
        takers.removeIf(taker -> taker.who.party == party);
        putters.removeIf(putter -> putter.who != null && putter.who.party == party);
        joiners.removeIf(wait -> wait.party == party);
        settle(party);
        Loan loan = party instanceof Session session ? loans.remove(session) : null;
        if (loan != null) {
            putBack(loan.revoke(true));
        }
        Long debt = debts.remove(party);
        if (debt != null) {
            finish(Math.min(debt, unfinished)); // nobody else will say that they are done
        }
        Boolean onlyIfKilled = bound.remove(party);
        if (onlyIfKilled != null && (killed || !onlyIfKilled)) {
            close();
        }
        serve();
    }
}
