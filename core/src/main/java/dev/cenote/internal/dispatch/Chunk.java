// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Consecutive items of a call that one runner has taken. Positions are those of the input.
///
/// Only the runner uses it, except that whoever gives up on the runner takes over what is left.
final class Chunk {

    /// The first position.
    final long first;

    /// The items: a view of the input, or a copy of its own where the input passes by.
    private final List<?> items;

    /// Where in `items` the first position is.
    private final int offset;

    /// The attempts at the first item so far; `null` if there was none.
    final @Nullable Past past;

    /// The position after the last; lowered when a part is given back.
    long end;

    Chunk(long first, long end, List<?> items, int offset, @Nullable Past past) {
        this.first = first;
        this.end = end;
        this.items = items;
        this.offset = offset;
        this.past = past;
    }

    @Nullable
    Object item(long index) {
        return items.get(offset + (int) (index - first));
    }

    /// {@return where in the items a position is}
    int offsetOf(long index) {
        return offset + (int) (index - first);
    }

    List<?> items() {
        return items;
    }

    long size() {
        return end - first;
    }

    /// {@return the number of the next attempt at the first item}
    int attempt() {
        return Past.count(past) + 1;
    }

    /// {@return what is left from this position, which is not the first}
    Chunk from(long index) {
        return new Chunk(index, end, items, offset + (int) (index - first), null);
    }

    /// {@return the first item alone}
    Chunk head() {
        return new Chunk(first, first + 1, items, offset, past);
    }

    /// {@return one item alone, for its next attempt}
    Chunk again(long index, Past itsPast) {
        return new Chunk(index, index + 1, items, offset + (int) (index - first), itsPast);
    }

    /// Cuts off the part from this position.
    ///
    /// @return that part
    Chunk split(long index) {
        Chunk rest = from(index);
        end = index;
        return rest;
    }
}
