// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.time;

/// A monotonic clock with a timer. Wall clock changes do not touch it.
public interface Time {

    /// {@return the current reading in nanoseconds; only differences mean something}
    long nanos();

    /// Runs an action once, on a thread of its own, when this much time has passed.
    ///
    /// @param delayNanos how long to wait, in nanoseconds
    /// @param action what to run
    /// @return takes the action back
    Alarm after(long delayNanos, Runnable action);

    /// An action that waits for its time.
    interface Alarm {

        /// Takes the action back; does nothing when it has begun.
        void cancel();
    }
}
