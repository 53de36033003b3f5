// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal;

import java.util.Objects;

/// Amounts of memory as users write them: `512m`, `2g`.
public final class Size {

    private static final String UNITS = "kmgt";

    private Size() {}

    /// {@return the bytes that a text means}
    ///
    /// @param name what the text is given for
    /// @param text a positive number and a unit of those of the JVM's options, k, m, g or t
    /// @throws IllegalArgumentException if it is something else
    public static long parse(String name, String text) {
        Objects.requireNonNull(text, name);
        int end = text.length() - 1;
        int unit = end < 1 ? -1 : UNITS.indexOf(Character.toLowerCase(text.charAt(end)));
        try {
            long number = unit < 0 ? 0 : Long.parseUnsignedLong(text, 0, end, 10);
            long bytes = Math.multiplyExact(number, 1L << (10 * (unit + 1)));
            if (bytes > 0) {
                return bytes;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // as below
        }
        throw new IllegalArgumentException(
                name + " must be a number and a unit, such as 512m or 2g: " + name + "=" + text);
    }
}
