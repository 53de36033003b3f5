// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.memory.MappedInts;
import java.util.Objects;
import java.util.stream.IntStream;

/// An array of `int` in memory that several processes share; {@link SharedArray} says what that means.
///
/// @since 0.1
public sealed interface SharedInts extends SharedArray permits MappedInts {

    /// Makes an array of zeros.
    ///
    /// @param length how many elements, 0 or more; also more than an array of Java can have
    /// @return the array
    /// @throws IllegalArgumentException if `length` is negative
    /// @throws java.io.UncheckedIOException if there is not so much room; the message tells where and how much
    static SharedInts of(long length) {
        return MappedInts.of(length);
    }

    /// Makes an array with these elements, which are copied.
    ///
    /// @param values the elements
    /// @return the array
    /// @throws java.io.UncheckedIOException if there is not so much room; the message tells where and how much
    static SharedInts copyOf(int[] values) {
        return MappedInts.copyOf(Objects.requireNonNull(values, "values"));
    }

    /// Returns an element.
    ///
    /// @param index its index
    /// @return the element
    /// @throws IndexOutOfBoundsException if there is no such index; the message has it and the length
    /// @throws IllegalStateException if the array was closed, as in all methods but `length`, `isClosed` and `close`
    int get(long index);

    /// Sets an element.
    ///
    /// @param index its index
    /// @param value the element
    /// @throws IndexOutOfBoundsException if there is no such index
    void set(long index, int value);

    /// Returns an element, as others have written it last.
    ///
    /// @param index its index
    /// @return the element
    /// @throws IndexOutOfBoundsException if there is no such index
    int getVolatile(long index);

    /// Sets an element, and lets those who read it as volatile see it and all that was written before.
    ///
    /// @param index its index
    /// @param value the element
    /// @throws IndexOutOfBoundsException if there is no such index
    void setVolatile(long index, int value);

    /// Adds to an element, at once. The sum wraps around.
    ///
    /// @param index its index
    /// @param delta what to add
    /// @return the element as it was before
    /// @throws IndexOutOfBoundsException if there is no such index
    int getAndAdd(long index, int delta);

    /// Sets an element if it is the one that is expected, at once.
    ///
    /// @param index its index
    /// @param expected the element that is expected
    /// @param value the new element
    /// @return whether it was
    /// @throws IndexOutOfBoundsException if there is no such index
    boolean compareAndSet(long index, int expected, int value);

    /// Copies elements into an array.
    ///
    /// @param index the index of the first
    /// @param target the array
    /// @param from where in it the first goes
    /// @param count how many
    /// @throws IndexOutOfBoundsException if there are not so many here or there
    void get(long index, int[] target, int from, int count);

    /// Copies elements from an array.
    ///
    /// @param index where the first goes
    /// @param source the array
    /// @param from where in it the first is
    /// @param count how many
    /// @throws IndexOutOfBoundsException if there are not so many here or there
    void set(long index, int[] source, int from, int count);

    /// {@return a copy of all elements}
    ///
    /// @throws IllegalStateException if no array of Java can hold so many
    int[] toArray();

    /// Sets all elements.
    ///
    /// @param value the element
    void fill(int value);

    /// Returns the elements in their order, as they are when the stream comes to them.
    ///
    /// @return a stream, which may be made parallel
    IntStream stream();
}
