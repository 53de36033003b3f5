// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import org.jspecify.annotations.Nullable;

/// A thread of some process that has called a shared object and has no answer yet.
abstract class Wait {

    /// The process.
    final Party party;

    /// The thread within that process.
    final long thread;

    /// How long it may wait; 0 not to wait at all.
    final long nanos;

    Wait(Party party, long thread, long nanos) {
        this.party = party;
        this.thread = thread;
        this.nanos = nanos;
    }

    /// {@return whether this may wait}
    boolean mayWait() {
        return nanos > 0;
    }

    /// {@return whether the same thread has made another call}
    boolean isOf(@Nullable Party otherParty, long otherThread) {
        return party == otherParty && thread == otherThread;
    }

    /// Answers. Called once, under the monitor of the object that was called; never blocks.
    ///
    /// @param answer the answer
    abstract void answer(@Nullable Object answer);
}
