// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Failures;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What became of one item of {@link Mapper#outcomes(Iterable, Func)}: its value or its error, never both.
///
/// ```java
/// for (Outcome<String, Integer> outcome : pool.outcomes(lines, Integer::parseInt).toList()) {
///     switch (outcome) {
///         case Outcome.Success<String, Integer> s -> System.out.println(s.value());
///         case Outcome.Failure<String, Integer> f -> System.err.println(f.item() + ": " + f.error());
///     }
/// }
/// ```
///
/// Outcomes are immutable; whether the item and the value inside are is up to the caller.
///
/// @param <T> the type of the item
/// @param <R> the type of the value
/// @since 0.1
public sealed interface Outcome<T extends @Nullable Object, R extends @Nullable Object> {

    /// {@return the position of the item in the input, from 0}
    long index();

    /// {@return the item}
    T item();

    /// {@return how often the item was started, from 1}
    int attempts();

    /// Returns the value, or throws what {@link Mapper#map(Iterable, Func)} would have thrown for this item.
    ///
    /// @return the value
    /// @throws RuntimeException the error itself when it is unchecked, otherwise a {@link TaskException} caused by
    ///     it
    R get();

    /// {@return whether the item has a value}
    default boolean succeeded() {
        return this instanceof Success;
    }

    /// The item has a value.
    ///
    /// @param <T> the type of the item
    /// @param <R> the type of the value
    /// @param index the position of the item in the input, from 0
    /// @param item the item
    /// @param attempts how often the item was started, from 1
    /// @param value what the function returned
    record Success<T extends @Nullable Object, R extends @Nullable Object>(long index, T item, int attempts, R value)
            implements Outcome<T, R> {

        @Override
        public R get() {
            return value;
        }
    }

    /// The item failed for good: every attempt it was allowed has failed.
    ///
    /// @param <T> the type of the item
    /// @param <R> the type the value would have had
    /// @param index the position of the item in the input, from 0
    /// @param item the item
    /// @param attempts how often the item was started; 0 when it never was
    /// @param error what the function threw, or a {@link TaskTimeoutException}
    record Failure<T extends @Nullable Object, R extends @Nullable Object>(
            long index, T item, int attempts, Throwable error) implements Outcome<T, R> {

        /// Checks that there is an error.
        public Failure {
            Objects.requireNonNull(error, "error");
        }

        @Override
        public R get() {
            throw Failures.unchecked(error, index, item, attempts, "");
        }
    }
}
