// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/// The pool cannot run anything any more because its workers cannot start: its initializer failed, the system has no
/// thread or process left, or 20 worker processes in a row have died before they had finished anything. What failed
/// last is the cause.
///
/// Pending calls end with this exception and later calls throw it.
///
/// @since 0.1
public final class BrokenPoolException extends RejectedExecutionException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// Creates an exception.
    ///
    /// @param message which pool is broken, and why
    /// @param cause what the initializer, or the start of a worker, has thrown, or how the last worker has died
    public BrokenPoolException(String message, Throwable cause) {
        super(message, cause);
    }
}
