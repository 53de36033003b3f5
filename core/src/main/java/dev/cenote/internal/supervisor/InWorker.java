// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.internal.launch.Settings;

/// What a process must know when it is a worker itself.
final class InWorker {

    private InWorker() {}

    /// Refuses the use of a pool in a static initializer: a worker that loads the class would start workers that load
    /// it, and so on. To make a pool there is harmless, as it starts nothing.
    ///
    /// @param pool its name
    /// @throws IllegalStateException if this is a worker and a class is being initialized
    static void refuseInClassInitializer(String pool) {
        if (System.getProperty(Settings.WORKER_PROPERTY) == null) {
            return;
        }
        boolean initializes = StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("<clinit>")));
        if (initializes) {
            throw new IllegalStateException("pool \"" + pool
                    + "\" is used in a static initializer, which runs again in each worker that loads the"
                    + " class and would start workers there; use it in main(), or where its results are needed");
        }
    }
}
