// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.memory.MappedLongs;
import java.util.Objects;
import java.util.stream.LongStream;

/// An array of `long` in memory that several processes share; {@link SharedArray} says what that means.
///
/// @since 0.1
public sealed interface SharedLongs extends SharedArray permits MappedLongs {

    /// Makes an array of zeros.
    ///
    /// @param length how many elements, 0 or more; also more than an array of Java can have
    /// @return the array
    /// @throws IllegalArgumentException if `length` is negative
    /// @throws java.io.UncheckedIOException if there is not so much room; the message tells where and how much
    static SharedLongs of(long length) {
        return MappedLongs.of(length);
    }

    /// Makes an array with these elements, which are copied.
    ///
    /// @param values the elements
    /// @return the array
    /// @throws java.io.UncheckedIOException if there is not so much room; the message tells where and how much
    static SharedLongs copyOf(long[] values) {
        return MappedLongs.copyOf(Objects.requireNonNull(values, "values"));
    }

    /// Returns an element.
    ///
    /// @param index its index
    /// @return the element
    /// @throws IndexOutOfBoundsException if there is no such index; the message has it and the length
    /// @throws IllegalStateException if the array was closed, as in all methods but `length`, `isClosed` and `close`
    long get(long index);

    /// Sets an element.
    ///
    /// @param index its index
    /// @param value the element
    /// @throws IndexOutOfBoundsException if there is no such index
    void set(long index, long value);

    /// Returns an element, as others have written it last.
    ///
    /// @param index its index
    /// @return the element
    /// @throws IndexOutOfBoundsException if there is no such index
    long getVolatile(long index);

    /// Sets an element, and lets those who read it as volatile see it and all that was written before.
    ///
    /// @param index its index
    /// @param value the element
    /// @throws IndexOutOfBoundsException if there is no such index
    void setVolatile(long index, long value);

    /// Adds to an element, at once. The sum wraps around.
    ///
    /// @param index its index
    /// @param delta what to add
    /// @return the element as it was before
    /// @throws IndexOutOfBoundsException if there is no such index
    long getAndAdd(long index, long delta);

    /// Sets an element if it is the one that is expected, at once.
    ///
    /// @param index its index
    /// @param expected the element that is expected
    /// @param value the new element
    /// @return whether it was
    /// @throws IndexOutOfBoundsException if there is no such index
    boolean compareAndSet(long index, long expected, long value);

    /// Copies elements into an array.
    ///
    /// @param index the index of the first
    /// @param target the array
    /// @param from where in it the first goes
    /// @param count how many
    /// @throws IndexOutOfBoundsException if there are not so many here or there
    void get(long index, long[] target, int from, int count);

    /// Copies elements from an array.
    ///
    /// @param index where the first goes
    /// @param source the array
    /// @param from where in it the first is
    /// @param count how many
    /// @throws IndexOutOfBoundsException if there are not so many here or there
    void set(long index, long[] source, int from, int count);

    /// {@return a copy of all elements}
    ///
    /// @throws IllegalStateException if no array of Java can hold so many
    long[] toArray();

    /// Sets all elements.
    ///
    /// @param value the element
    void fill(long value);

    /// Returns the elements in their order, as they are when the stream comes to them.
    ///
    /// @return a stream, which may be made parallel
    LongStream stream();
}
