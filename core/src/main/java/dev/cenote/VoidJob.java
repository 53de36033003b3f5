// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serializable;

/// A piece of work without a result that may throw checked exceptions; the form of {@link Job} that a lambda with a
/// block and no `return` becomes in {@link Pool#submit(VoidJob)}.
///
/// @since 0.1
@FunctionalInterface
public interface VoidJob extends Runnable, Serializable {

    /// Does the work.
    ///
    /// @throws Exception whatever the work throws; the pool reports it as the failure of this job
    void call() throws Exception;

    /// Does the work as a {@link Runnable}: a checked exception arrives as the cause of a {@link TaskException}.
    @Override
    @SuppressWarnings("FunctionalInterfaceMethodChanged") // on purpose: a Runnable cannot throw what call() can
    default void run() {
        try {
            call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new TaskException(e);
        }
    }
}
