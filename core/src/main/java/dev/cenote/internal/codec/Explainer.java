// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.NotShippableException;
import org.jspecify.annotations.Nullable;

/// Finds out why a value cannot travel, and says so. It is asked only after it was found that it cannot.
@FunctionalInterface
public interface Explainer {

    /// Explains.
    ///
    /// @param what what the value is, as a sentence calls it: `the task`, `the item`, `the result`
    /// @param root the value
    /// @param why what went wrong
    /// @return the exception to throw, which names the culprit, the path to it and what can be done
    NotShippableException explain(String what, @Nullable Object root, Throwable why);
}
