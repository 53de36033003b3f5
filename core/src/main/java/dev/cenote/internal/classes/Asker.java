// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import java.io.IOException;

/// How a worker asks the process that runs its pool for what it lacks. Called on the thread that loads a class, with
/// the lock of that class held, by several threads at once.
@FunctionalInterface
public interface Asker {

    /// Sends a request to {@link Exports#answer} of the other process and waits for the answer. The wait must end:
    /// with an exception when the time is up or the other process is gone.
    ///
    /// @param request the request
    /// @return the answer
    /// @throws IOException if there is none
    byte[] ask(byte[] request) throws IOException;
}
