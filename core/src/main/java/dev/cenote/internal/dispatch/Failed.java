// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.internal.Failures;
import org.jspecify.annotations.Nullable;

/// What is known of an item that failed for good; stands where its value would be.
record Failed(Throwable error, long index, @Nullable Object item, int attempts, String worker) {

    /// {@return what its caller gets to see}
    RuntimeException toThrow() {
        return Failures.unchecked(error, index, item, attempts, worker);
    }
}
