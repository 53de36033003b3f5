// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.remote;

import java.io.Serial;

/// No other worker is started, because too many in a row have died before they had finished anything. The last death is
/// the cause.
public final class StormException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    /// Creates an exception.
    ///
    /// @param deaths how many workers have died
    /// @param last how the last has died
    public StormException(int deaths, Throwable last) {
        super(deaths + " workers in a row have died before they had finished anything", last);
    }
}
