// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import java.io.IOException;
import java.io.Serial;

/// A worker process did not start, or did not connect.
final class StartException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean perhapsLater;

    /// Creates an exception.
    ///
    /// @param message what happened
    /// @param cause what showed it
    /// @param perhapsLater whether another try may do better: a wrong option does not go away, a want of memory may
    StartException(String message, IOException cause, boolean perhapsLater) {
        super(message, cause);
        this.perhapsLater = perhapsLater;
    }

    boolean perhapsLater() {
        return perhapsLater;
    }
}
