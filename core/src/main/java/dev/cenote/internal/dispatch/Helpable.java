// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

/// A future whose work a thread that waits for it may be able to do itself.
interface Helpable {

    /// Does some of the work in the calling thread, if that belongs to a worker of the same pool and there is some
    /// that nobody has begun: a task that waits for its own pool must not wait for a worker that may never be
    /// free.
    ///
    /// @return whether something was done
    boolean help();
}
