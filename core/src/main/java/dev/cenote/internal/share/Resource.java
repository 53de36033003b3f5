// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import org.jspecify.annotations.Nullable;

/// What a shared object does, in the JVM in which it lives.
///
/// A call never blocks the thread that brings it: it is answered at once, or its [Wait] is kept and answered by
/// whatever ends the wait. So the thread that serves another process is always free to notice its end, and nothing has
/// to be polled for. State is guarded by the monitor of the object; waits are answered under it, as that runs no code
/// of the user.
public abstract class Resource {

    /// What a process tells when its program does not have the object any more.
    static final int RELEASE = 0;

    /// What [#begin] returns when the wait was kept.
    static final Object LATER = new Mark("later");

    /// The answer to a wait that took as long as it may.
    static final Object TIMED_OUT = new Mark("timed out");

    /// The answer to a wait of a thread that was interrupted.
    static final Object INTERRUPTED = new Mark("interrupted");

    /// The answer to a call that has never come, and to one of a process that has ended.
    static final Object NOTHING = new Mark("nothing");

    /// A constant with a name.
    private record Mark(String name) {

        @Override
        public String toString() {
            return name;
        }
    }

    /// What stands for it in other processes, if it was ever sent to one; see [Home].
    volatile @Nullable Ref ref;

    /// How the program sees it, from then on, so that a thread that waits here keeps that too; written before `ref`.
    @Nullable
    Object face;

    Resource() {}

    /// Begins a call.
    ///
    /// @param operation which
    /// @param argument its argument
    /// @param wait who calls
    /// @return the answer, or [#LATER]
    abstract @Nullable Object begin(int operation, @Nullable Object argument, Wait wait);

    /// Ends a wait, if it has not been answered.
    ///
    /// @param wait the wait, which [#begin] has kept
    /// @param why [#TIMED_OUT] or [#INTERRUPTED]
    abstract void giveUp(Wait wait, Object why);

    /// Is told that a party has ended, and takes back what it held.
    ///
    /// @param party the party
    /// @param killed whether it ended without saying so
    abstract void gone(Party party, boolean killed);

    /// {@return whether a party waits here, or holds something that it gives back by its end}
    ///
    /// @param party the party
    abstract boolean isUsedBy(Party party);

    /// Takes what another process sends without waiting for an answer.
    ///
    /// @param operation which
    /// @param argument its argument
    /// @param party who sends
    void tell(int operation, @Nullable Object argument, Party party) {
        throw new IllegalArgumentException("operation " + operation + " needs an answer");
    }

    /// {@return the exception for an operation that this kind of object does not have}
    static IllegalArgumentException unknown(int operation) {
        return new IllegalArgumentException("a shared object has no operation " + operation);
    }
}
