// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.engine;

import dev.cenote.PoolConfig;
import dev.cenote.internal.remote.Remotes;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the dispatcher has to know of an engine.
///
/// @param word the engine's name, as in {@link dev.cenote.Pool#of(String)}
/// @param workers how many workers there may be by default; {@link Integer#MAX_VALUE} for no limit
/// @param chunk how many items a worker takes at a time by default; 0 to choose from their measured run time
/// @param keepsIdle whether a worker without work waits for more; otherwise it ends
/// @param threads makes the threads of workers; `null` when tasks run in the thread that calls
/// @param outside makes workers outside this JVM, for each of which one of the threads stands; `null` when tasks run in
///     the threads themselves
public record Engine(
        String word,
        int workers,
        int chunk,
        boolean keepsIdle,
        @Nullable Threads threads,
        @Nullable Outside outside) {

    /// {@return whether tasks run in the thread that calls}
    public boolean inline() {
        return threads == null;
    }

    /// Makes the threads of workers.
    @FunctionalInterface
    public interface Threads {

        /// Makes a thread that has not started.
        ///
        /// @param name its name
        /// @param loop what it runs
        /// @return the thread
        Thread make(String name, Runnable loop);
    }

    /// Makes workers outside this JVM.
    @FunctionalInterface
    public interface Outside {

        /// Makes the workers of a pool; starts none.
        ///
        /// @param pool the name of the pool
        /// @param config its configuration
        /// @param workers how many there may be
        /// @param exitResults takes what the exit function returns, on the threads that stand for workers
        /// @return the workers
        Remotes of(String pool, PoolConfig config, int workers, Consumer<@Nullable Object> exitResults);
    }
}
