// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal;

import dev.cenote.TaskException;
import org.jspecify.annotations.Nullable;

/// The one rule by which a task's failure becomes what its caller sees.
public final class Failures {

    private Failures() {}

    /// Returns what the caller of a mapping verb gets to see for a failed item: unchecked exceptions as themselves,
    /// everything that cannot be thrown in place as the cause of a {@link TaskException}.
    ///
    /// An exception returned as itself gets a suppressed {@link TaskException} that names the item and has the
    /// stack of this call, once: reading a failure again adds nothing.
    ///
    /// @param error what the task threw
    /// @param index the position of the item
    /// @param item the item
    /// @param attempts how often it was started
    /// @param worker the last worker, or the empty string
    /// @return the exception to throw
    /// @throws Error the error itself, unless it is a {@link VirtualMachineError}
    public static RuntimeException unchecked(
            Throwable error, long index, @Nullable Object item, int attempts, String worker) {
        if (error instanceof VirtualMachineError || !(error instanceof RuntimeException || error instanceof Error)) {
            return new TaskException(index, item, attempts, worker, error);
        }
        if (!explained(error)) {
            error.addSuppressed(new TaskException(index, item, attempts, worker, null));
        }
        if (error instanceof Error fatal) {
            throw fatal;
        }
        return (RuntimeException) error;
    }

    private static boolean explained(Throwable error) {
        for (Throwable suppressed : error.getSuppressed()) {
            if (suppressed instanceof TaskException && suppressed.getCause() == null) {
                return true;
            }
        }
        return false;
    }
}
