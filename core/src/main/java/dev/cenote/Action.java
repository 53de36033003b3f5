// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Something to do with one item, without a result; the form of {@link Func} that
/// {@link Mapper#forEach(Iterable, Action)} takes.
///
/// @param <T> the type of the item
/// @since 0.1
@FunctionalInterface
public interface Action<T extends @Nullable Object> extends Serializable {

    /// Acts on one item.
    ///
    /// @param item the item
    /// @throws Exception whatever the action throws; the pool reports it as the failure of this item
    void accept(T item) throws Exception;
}
