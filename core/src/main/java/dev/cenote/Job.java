// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// A piece of work with a result and without an argument; a {@link Callable} that is serializable, so a lambda
/// written in place can also travel to another JVM.
///
/// @param <R> the type of the result
/// @since 0.1
@FunctionalInterface
public interface Job<R extends @Nullable Object> extends Callable<R>, Serializable {

    /// Does the work.
    ///
    /// @return the result
    /// @throws Exception whatever the work throws; the pool reports it as the failure of this job
    @Override
    R call() throws Exception;
}
