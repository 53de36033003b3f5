// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The items of a queue that one process has fetched and not claimed yet, see [Claims].
///
/// Guarded by the monitor of the queue.
final class Loan {

    private final Claims claims;
    final int slot;

    /// What may be unclaimed, in order; the first is the one behind `base` claimed ones.
    private final Deque<Item> items = new ArrayDeque<>();

    /// How many had been claimed when the first of the items was lent.
    private int base;

    /// Up to where only the end of the process can take back: else two processes that want the same last item could
    /// take it from each other for ever.
    private int firm;

    Loan(Claims claims, int slot) {
        this.claims = claims;
        this.slot = slot;
    }

    /// Forgets what was claimed.
    ///
    /// @return how many that were
    int settle() {
        int claimed = Claims.claimed(claims.get(slot)) - base;
        for (int i = 0; i < claimed; i++) {
            items.remove();
        }
        base += claimed;
        return claimed;
    }

    /// {@return how many are not claimed}
    int unclaimed() {
        long word = claims.get(slot);
        return Claims.lent(word) - Claims.claimed(word);
    }

    /// Lends items to a process that has claimed all it was lent.
    ///
    /// @return what to send
    Batch lend(List<Item> lent) {
        firm = base + 1;
        items.addAll(lent);
        while (true) {
            long word = claims.get(slot);
            if (claims.compareAndSet(slot, word, Claims.word(base + lent.size(), Claims.claimed(word)))) {
                return new Batch(slot, base, lent);
            }
        }
    }

    /// Takes back what is not claimed.
    ///
    /// @param all whether also the first item that was lent, because the process has ended
    /// @return the items, in their order
    List<Item> revoke(boolean all) {
        while (true) {
            long word = claims.get(slot);
            int claimed = Claims.claimed(word);
            int keep = all || claimed - firm >= 0 ? claimed : firm;
            if (Claims.lent(word) - keep <= 0) {
                return List.of();
            }
            if (claims.compareAndSet(slot, word, Claims.word(keep, claimed))) {
                return cut(keep - base);
            }
        }
    }

    private List<Item> cut(int kept) {
        List<Item> all = new ArrayList<>(items);
        items.clear();
        items.addAll(all.subList(0, kept));
        return List.copyOf(all.subList(kept, all.size()));
    }
}
