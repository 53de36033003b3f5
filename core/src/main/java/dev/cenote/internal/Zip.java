// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal;

import dev.cenote.Func;
import dev.cenote.Func2;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Two inputs as one input of pairs.
public final class Zip {

    private Zip() {}

    /// {@return the pairs of two inputs, up to the end of the shorter one}
    ///
    /// @param first the first items
    /// @param second the second items
    /// @param <A> the type of a first item
    /// @param <B> the type of a second item
    public static <A extends @Nullable Object, B extends @Nullable Object> Iterable<Map.Entry<A, B>> of(
            Iterable<? extends A> first, Iterable<? extends B> second) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        return () -> new Pairs<>(first.iterator(), second.iterator());
    }

    /// {@return a function of a pair that calls a function of two arguments}
    ///
    /// @param fn the function of two arguments
    /// @param <A> the type of a first argument
    /// @param <B> the type of a second argument
    /// @param <R> the type of the result
    public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
            Func<Map.Entry<? extends A, ? extends B>, R> spread(Func2<? super A, ? super B, ? extends R> fn) {
        Objects.requireNonNull(fn, "fn");
        return pair -> fn.apply(pair.getKey(), pair.getValue());
    }

    private record Pairs<A extends @Nullable Object, B extends @Nullable Object>(
            Iterator<? extends A> first, Iterator<? extends B> second) implements Iterator<Map.Entry<A, B>> {

        @Override
        public boolean hasNext() {
            return first.hasNext() && second.hasNext();
        }

        @Override
        public Map.Entry<A, B> next() {
            return new SimpleImmutableEntry<>(first.next(), second.next());
        }
    }
}
