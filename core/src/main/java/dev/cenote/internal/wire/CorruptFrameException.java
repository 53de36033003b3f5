// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.wire;

import java.io.IOException;
import java.io.Serial;

/// Bytes from another process are not what they should be.
public final class CorruptFrameException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// Creates an exception.
    ///
    /// @param message what was expected and what came
    public CorruptFrameException(String message) {
        super(message);
    }
}
