// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// A function of two items that a pool can run; the two-input form of {@link Func}.
///
/// @param <A> the type of the first item
/// @param <B> the type of the second item
/// @param <R> the type of the result
/// @since 0.1
@FunctionalInterface
public interface Func2<A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
        extends Serializable {

    /// Computes the result for one pair of items.
    ///
    /// @param first the item from the first input
    /// @param second the item from the second input
    /// @return the result
    /// @throws Exception whatever the computation throws; the pool reports it as the failure of this pair
    R apply(A first, B second) throws Exception;
}
