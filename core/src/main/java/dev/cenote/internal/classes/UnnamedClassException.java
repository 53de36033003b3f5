// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import java.io.Serial;

/// A class that can have no name in another process: nothing that could be sent would let the other side find it.
///
/// It is unchecked because it is thrown from within `java.io` streams; whoever encodes catches it and explains.
public final class UnnamedClassException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// The class; not sent along should the exception itself be.
    private final transient Class<?> type;

    private final String reason;

    /// Creates an exception.
    ///
    /// @param type the class
    /// @param reason what follows its name in a message, such as `is a hidden class ...`
    public UnnamedClassException(Class<?> type, String reason) {
        super(type.getTypeName() + " " + reason);
        this.type = type;
        this.reason = reason;
    }

    /// {@return the class}
    public Class<?> type() {
        return type;
    }

    /// {@return what a message says: the name of the class and the reason}
    public String text() {
        return type.getTypeName() + " " + reason;
    }
}
