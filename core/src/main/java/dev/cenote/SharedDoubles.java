// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.memory.MappedDoubles;
import java.util.Objects;
import java.util.stream.DoubleStream;

/// An array of `double` in memory that several processes share; {@link SharedArray} says what that means.
///
/// @since 0.1
public sealed interface SharedDoubles extends SharedArray permits MappedDoubles {

    /// Makes an array of zeros.
    ///
    /// @param length how many elements, 0 or more; also more than an array of Java can have
    /// @return the array
    /// @throws IllegalArgumentException if `length` is negative
    /// @throws java.io.UncheckedIOException if there is not so much room; the message tells where and how much
    static SharedDoubles of(long length) {
        return MappedDoubles.of(length);
    }

    /// Makes an array with these elements, which are copied.
    ///
    /// @param values the elements
    /// @return the array
    /// @throws java.io.UncheckedIOException if there is not so much room; the message tells where and how much
    static SharedDoubles copyOf(double[] values) {
        return MappedDoubles.copyOf(Objects.requireNonNull(values, "values"));
    }

    /// Returns an element.
    ///
    /// @param index its index
    /// @return the element
    /// @throws IndexOutOfBoundsException if there is no such index; the message has it and the length
    /// @throws IllegalStateException if the array was closed, as in all methods but `length`, `isClosed` and `close`
    double get(long index);

    /// Sets an element.
    ///
    /// @param index its index
    /// @param value the element
    /// @throws IndexOutOfBoundsException if there is no such index
    void set(long index, double value);

    /// Returns an element, as others have written it last.
    ///
    /// @param index its index
    /// @return the element
    /// @throws IndexOutOfBoundsException if there is no such index
    double getVolatile(long index);

    /// Sets an element, and lets those who read it as volatile see it and all that was written before.
    ///
    /// @param index its index
    /// @param value the element
    /// @throws IndexOutOfBoundsException if there is no such index
    void setVolatile(long index, double value);

    /// Adds to an element, at once. It takes another try when somebody else changes the element at the same
    /// time.
    ///
    /// @param index its index
    /// @param delta what to add
    /// @return the element as it was before
    /// @throws IndexOutOfBoundsException if there is no such index
    double getAndAdd(long index, double delta);

    /// Sets an element if it is the one that is expected, at once. Two elements are the same if their bits are: all
    /// values that are not a number may differ, and so do 0.0 and -0.0.
    ///
    /// @param index its index
    /// @param expected the element that is expected
    /// @param value the new element
    /// @return whether it was
    /// @throws IndexOutOfBoundsException if there is no such index
    boolean compareAndSet(long index, double expected, double value);

    /// Copies elements into an array.
    ///
    /// @param index the index of the first
    /// @param target the array
    /// @param from where in it the first goes
    /// @param count how many
    /// @throws IndexOutOfBoundsException if there are not so many here or there
    void get(long index, double[] target, int from, int count);

    /// Copies elements from an array.
    ///
    /// @param index where the first goes
    /// @param source the array
    /// @param from where in it the first is
    /// @param count how many
    /// @throws IndexOutOfBoundsException if there are not so many here or there
    void set(long index, double[] source, int from, int count);

    /// {@return a copy of all elements}
    ///
    /// @throws IllegalStateException if no array of Java can hold so many
    double[] toArray();

    /// Sets all elements.
    ///
    /// @param value the element
    void fill(double value);

    /// Returns the elements in their order, as they are when the stream comes to them.
    ///
    /// @return a stream, which may be made parallel
    DoubleStream stream();
}
