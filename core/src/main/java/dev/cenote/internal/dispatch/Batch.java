// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import org.jspecify.annotations.Nullable;

/// Takes the results of a chunk of very short items and settles them together.
interface Batch {

    /// Keeps the result of one item.
    void put(long index, @Nullable Object result);

    /// Settles the items from the first position on.
    void settle(long first, long values, int failures);
}
