// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

/// Something in the queue that one worker takes and runs.
interface Unit {

    /// Runs, in the worker's thread. Never throws. When the worker was given up on meanwhile, everything about the
    /// unit has been settled by whoever gave it up.
    ///
    /// @param worker the worker that took it
    void run(WorkerContext worker);

    /// Ends a unit that no worker has taken and none will.
    ///
    /// @param cause why
    void drop(Throwable cause);

    /// Ends a unit whose `run` has thrown, which is a fault of this library or of the JVM's resources.
    ///
    /// @param worker the worker that ran it, which holds no lease
    /// @param cause what was thrown
    void crashed(WorkerContext worker, Throwable cause);
}
