// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// A function of one item that a pool can run.
///
/// Unlike {@link java.util.function.Function} it may throw checked exceptions and is serializable, so a lambda
/// written in place can also travel to another JVM.
///
/// @param <T> the type of the item
/// @param <R> the type of the result
/// @since 0.1
@FunctionalInterface
public interface Func<T extends @Nullable Object, R extends @Nullable Object> extends Serializable {

    /// Computes the result for one item.
    ///
    /// @param item the item
    /// @return the result
    /// @throws Exception whatever the computation throws; the pool reports it as the failure of this item
    R apply(T item) throws Exception;
}
