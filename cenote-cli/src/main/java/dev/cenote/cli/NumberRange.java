// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/// Consecutive numbers as an input: `0..10` without its end, `0..=10` with it.
///
/// @param first the first number
/// @param last the last number; there are none if it is smaller
record NumberRange(long first, long last) {

    private static final Pattern SYNTAX = Pattern.compile("(-?\\d[\\d_]*)\\.\\.(=?)(-?\\d[\\d_]*)");

    /// Reads a range.
    ///
    /// @param text the text
    /// @return the range, or nothing if the text does not look like one
    /// @throws IllegalArgumentException if it looks like one and a bound is out of range
    static Optional<NumberRange> parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long first = bound(matcher.group(1), text);
        long end = bound(matcher.group(3), text);
        if (!matcher.group(2).isEmpty()) {
            return Optional.of(new NumberRange(first, end));
        }
        return Optional.of(end == Long.MIN_VALUE ? new NumberRange(0, -1) : new NumberRange(first, end - 1));
    }

    private static long bound(String digits, String text) {
        try {
            return Long.parseLong(digits.replace("_", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a bound of the range " + text + " does not fit into 64 bits", e);
        }
    }

    PrimitiveIterator.OfLong iterator() {
        return LongStream.rangeClosed(first, last).iterator();
    }

    /// {@return how many numbers there are, or -1 if they are too many to say}
    long size() {
        if (last < first) {
            return 0;
        }
        long size = last - first + 1;
        return size <= 0 ? -1 : size; // it wraps around where there are too many
    }
}
