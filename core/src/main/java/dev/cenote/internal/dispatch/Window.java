// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finished results that the reader has not fetched: in the order of the input, or as they came. Grows to what is in
/// flight; guarded by the lock of its call.
final class Window {

    /// Stands for the end of the results.
    static final Object END = new Object();

    /// Stands for `null`.
    private static final Object NULL = new Object();

    private static final int FIRST_CAPACITY = 16;

    private final boolean ordered;

    /// Unordered results.
    private final ArrayDeque<Object> finished = new ArrayDeque<>();

    /// Ordered results; that of position p is at p modulo the length, a power of two.
    private @Nullable Object[] slots = new @Nullable Object[FIRST_CAPACITY];

    /// The position of the next result to fetch.
    private long base;

    Window(boolean ordered) {
        this.ordered = ordered;
    }

    static Object mask(@Nullable Object value) {
        return value == null ? NULL : value;
    }

    static @Nullable Object unmask(Object masked) {
        return masked == NULL ? null : masked;
    }

    void put(long index, @Nullable Object result) {
        if (ordered) {
            while (index - base >= slots.length) {
                grow();
            }
            slots[slot(index)] = mask(result);
        } else {
            finished.add(mask(result));
        }
    }

    private int slot(long index) {
        return (int) (index & slots.length - 1);
    }

    private void grow() {
        @Nullable Object[] old = slots;
        slots = new @Nullable Object[old.length * 2];
        for (int i = 0; i < old.length; i++) {
            slots[slot(base + i)] = old[(int) (base + i & old.length - 1)];
        }
    }

    boolean ready() {
        return ordered ? slots[slot(base)] != null : !finished.isEmpty();
    }

    void drainTo(ArrayDeque<Object> target) {
        if (ordered) {
            Object result = slots[slot(base)];
            while (result != null) {
                target.add(result);
                slots[slot(base)] = null;
                base++;
                result = slots[slot(base)];
            }
        } else {
            target.addAll(finished);
            finished.clear();
        }
    }

    void clear() {
        finished.clear();
        Arrays.fill(slots, null);
    }
}
