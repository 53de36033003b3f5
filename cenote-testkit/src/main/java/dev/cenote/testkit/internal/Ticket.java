// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.Serial;
import java.io.Serializable;

/// A gate or notes on their way to another process.
///
/// @param port the port of the hub
/// @param host the number of the host there
/// @param gate whether it is a gate
record Ticket(int port, int host, boolean gate) implements Serializable {

    @Serial
    private Object readResolve() {
        return gate ? new FarGate(this) : new FarNotes(this);
    }
}
