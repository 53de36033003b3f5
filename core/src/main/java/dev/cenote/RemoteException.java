// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serial;

/// Stands for an exception of a worker process that could not be rebuilt in this one: its class is unknown here, it
/// holds something that cannot travel, or its own code failed on the way.
///
/// Its message is the text of the original and the reason. It has the stack, the cause and the suppressed exceptions
/// of the original, and it stands for that one only: the exceptions that caused the original, or were caused by it,
/// keep their own types where they can.
///
/// @since 0.1
public final class RemoteException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// The class of the original.
    private final String type;

    /// Why the original is not here.
    private final String why;

    /// Creates an exception.
    ///
    /// @param type the name of the original's class
    /// @param text what the original's `toString` has returned
    /// @param why why the original could not be rebuilt
    public RemoteException(String type, String text, String why) {
        super(text + " [not rebuilt here: " + why + "]");
        this.type = type;
        this.why = why;
    }

    /// {@return the name of the original's class}
    public String type() {
        return type;
    }

    /// {@return why the original could not be rebuilt here}
    public String whyNotRebuilt() {
        return why;
    }
}
