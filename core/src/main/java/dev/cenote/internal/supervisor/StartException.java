// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import java.io.IOException;
import java.io.Serial;

/// A worker process did not start, or did not connect.
final class StartException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean perhapsLater;
    private final boolean fromOutside;

    /// Creates an exception.
    ///
    /// @param message what happened
    /// @param cause what showed it
    /// @param perhapsLater whether another try may do better: a wrong option does not go away, a want of memory may
    /// @param fromOutside whether the process was killed from outside, which says nothing of how it starts
    StartException(String message, IOException cause, boolean perhapsLater, boolean fromOutside) {
        super(message, cause);
        this.perhapsLater = perhapsLater;
        this.fromOutside = fromOutside;
    }

    boolean perhapsLater() {
        return perhapsLater;
    }

    boolean fromOutside() {
        return fromOutside;
    }
}
