// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/// Lists of consecutive numbers that take no memory: the usual input of a loop that becomes a
/// {@link Mapper#map(Iterable, Func)}.
///
/// The lists cannot be modified and are safe for use by any number of threads.
///
/// @since 0.1
public final class Range {

    private Range() {}

    /// Returns the numbers from `start` up to, but not including, `end`.
    ///
    /// @param start the first number
    /// @param end the number after the last
    /// @return the numbers; none if `end` is not greater than `start`
    /// @throws IllegalArgumentException if there are more than {@link Integer#MAX_VALUE} of them
    public static List<Integer> of(int start, int end) {
        return numbers(start, end, i -> start + i);
    }

    /// Returns the numbers from `start` up to, but not including, `end`.
    ///
    /// @param start the first number
    /// @param end the number after the last
    /// @return the numbers; none if `end` is not greater than `start`
    /// @throws IllegalArgumentException if there are more than {@link Integer#MAX_VALUE} of them; use
    ///     `LongStream.range(start, end).boxed()::iterator` with a lazy verb for those
    public static List<Long> of(long start, long end) {
        return numbers(start, end, i -> start + i);
    }

    private static <N extends Number> List<N> numbers(long start, long end, IntFunction<N> at) {
        long size = end > start ? end - start : 0;
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("more than " + Integer.MAX_VALUE
                    + " numbers do not fit into a list; give a lazy verb such as imap"
                    + " LongStream.range(start, end).boxed()::iterator: start=" + start + ", end=" + end);
        }
        return new Numbers<>((int) size, at);
    }

    /// A list whose elements are computed from their index.
    private static final class Numbers<N extends Number> extends AbstractList<N> implements RandomAccess {

        private final int size;
        private final IntFunction<N> at;

        Numbers(int size, IntFunction<N> at) {
            this.size = size;
            this.at = at;
        }

        @Override
        public N get(int index) {
            return at.apply(Objects.checkIndex(index, size));
        }

        @Override
        public int size() {
            return size;
        }
    }
}
