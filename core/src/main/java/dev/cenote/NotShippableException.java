// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Thrown when a task, an item or a result cannot travel between this process and a worker process. The message says
/// what it is, by which variables and fields it is reached, and what can be done.
///
/// A task that cannot travel is refused in the call itself, before anything runs.
///
/// @since 0.1
public final class NotShippableException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// Creates an exception.
    ///
    /// @param message what cannot travel, the path to it, and what to do
    /// @param cause what the serialization said, or `null`
    public NotShippableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
