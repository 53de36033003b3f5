// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.stats;

import dev.cenote.PoolStats.Slow;
import dev.cenote.internal.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The five items that ran longest. It keeps their text, not the items, so that it holds no memory of the user.
public final class Slowest {

    private static final int KEPT = 5;

    /// Guarded by itself.
    private final List<Slow> slowest = new ArrayList<>(KEPT + 1);

    /// The shortest duration that can still enter; written under the lock, read without, where a stale value costs
    /// one needless look.
    private volatile long threshold = -1;

    /// Offers one that has ended.
    ///
    /// @param call the name of its call
    /// @param index the position of the item, or -1
    /// @param item the item
    /// @param nanos how long it ran
    public void offer(String call, long index, @Nullable Object item, long nanos) {
        if (nanos <= threshold) {
            return;
        }
        Slow slow = new Slow(call, index, Text.ofPlain(item), Duration.ofNanos(nanos));
        synchronized (slowest) {
            slowest.add(slow);
            slowest.sort(Comparator.comparing(Slow::time).reversed());
            if (slowest.size() > KEPT) {
                slowest.removeLast();
            }
            if (slowest.size() == KEPT) {
                threshold = slowest.getLast().time().toNanos();
            }
        }
    }

    /// {@return the slowest, the longest first}
    public List<Slow> list() {
        synchronized (slowest) {
            return List.copyOf(slowest);
        }
    }
}
