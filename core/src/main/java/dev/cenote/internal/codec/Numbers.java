// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.WireWriter;
import java.util.List;

/// Many boxed numbers as one array, which takes half the bytes and a third of the time.
public final class Numbers {

    private Numbers() {}

    /// Writes elements of a list as an array of their primitive type, up to the first of another type.
    ///
    /// @param type `Integer`, `Long` or `Double`
    /// @return how many
    static int write(WireWriter out, List<?> list, int from, int count, Class<?> type) {
        int same = 1;
        while (same < count) {
            Object next = list.get(from + same);
            if (next == null || next.getClass() != type) {
                break;
            }
            same++;
        }
        out.putByte(type == Integer.class ? Tags.INTS : type == Long.class ? Tags.LONGS : Tags.DOUBLES);
        out.putCount(same);
        for (int i = from; i < from + same; i++) {
            Object number = list.get(i);
            if (number instanceof Integer value) {
                out.putInt(value);
            } else if (number instanceof Long value) {
                out.putLong(value);
            } else if (number instanceof Double value) {
                out.putLong(Double.doubleToRawLongBits(value));
            } else {
                throw new IllegalStateException("the list of items has changed while it was sent");
            }
        }
        return same;
    }

    /// {@return an element of what was read}
    ///
    /// @param numbers a list, or an array of `int`, `long` or `double`
    /// @param index which
    public static Object get(Object numbers, int index) {
        return switch (numbers) {
            case int[] array -> array[index];
            case long[] array -> array[index];
            case double[] array -> array[index];
            default -> ((List<?>) numbers).get(index);
        };
    }
}
