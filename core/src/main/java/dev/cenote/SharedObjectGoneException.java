// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A shared object cannot be used any more: the process in which it lives has ended, or the pool that shared it is
/// closed. Threads that wait for it get this exception at once.
///
/// @since 0.1
public final class SharedObjectGoneException extends IllegalStateException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// Creates an exception.
    ///
    /// @param message which object is gone, and why
    /// @param cause what was noticed of it, or `null`
    public SharedObjectGoneException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
