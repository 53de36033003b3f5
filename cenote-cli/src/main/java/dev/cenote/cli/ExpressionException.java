// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.io.Serial;

/// The expression of the user cannot be used; the message says where and why, over several lines.
final class ExpressionException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    ExpressionException(String message) {
        super(message);
    }

    ExpressionException(String message, Throwable cause) {
        super(message, cause);
    }
}
