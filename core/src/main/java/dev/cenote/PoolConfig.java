// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How a pool is made: an immutable value that the factories of {@link Pool} change.
///
/// ```java
/// Pool pool = Pool.threads(c -> c.workers(4).name("parsing").initializer(() -> new StringBuilder()));
/// ```
///
/// @param name the name of the pool; `null` for the engine's word and a number
/// @param workers how many workers there may be; 0 for the engine's default
/// @param initializer runs once in each worker before its first task; `null` for none
/// @param exit runs once in each worker after its last task; `null` for none
/// @param carried the scoped values that tasks see as their caller has them
/// @since 0.1
public record PoolConfig(
        @Nullable String name,
        int workers,
        @Nullable Job<?> initializer,
        @Nullable Job<?> exit,
        List<ScopedValue<?>> carried) {

    /// The configuration of a pool that sets nothing.
    public static final PoolConfig DEFAULT = new PoolConfig(null, 0, null, null, List.of());

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if `workers` is negative
    public PoolConfig {
        if (workers < 0) {
            throw new IllegalArgumentException("workers must be 1 or more: workers=" + workers);
        }
        carried = List.copyOf(carried);
    }

    /// Names the pool; thread names and messages begin with it.
    ///
    /// @param newName the name
    /// @return the changed configuration
    public PoolConfig name(String newName) {
        Objects.requireNonNull(newName, "newName");
        return new PoolConfig(newName, workers, initializer, exit, carried);
    }

    /// Sets how many workers there may be at a time.
    ///
    /// @param count how many, 1 or more
    /// @return the changed configuration
    /// @throws IllegalArgumentException if `count` is less than 1
    public PoolConfig workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("workers must be 1 or more: workers=" + count);
        }
        return new PoolConfig(name, count, initializer, exit, carried);
    }

    /// Sets what runs once in each worker before its first task. What it returns is the worker's own state, which
    /// tasks read with {@link Worker#state(Class)}. When it throws, the pool is broken: see {@link
    /// BrokenPoolException}.
    ///
    /// On virtual threads a worker lives only while there is work, so the initializer runs more often there: give
    /// such a pool a limit of workers or no initializer.
    ///
    /// @param job makes the state
    /// @return the changed configuration
    public PoolConfig initializer(Job<?> job) {
        Objects.requireNonNull(job, "job");
        return new PoolConfig(name, workers, job, exit, carried);
    }

    /// Sets what runs once in each worker after its last task, for closing what the initializer opened or for
    /// returning what the worker has gathered: {@link Pool#exitResults()} collects what it returns. It does not
    /// run in a worker that was given up. What it throws is logged.
    ///
    /// @param job takes leave
    /// @return the changed configuration
    public PoolConfig exit(Job<?> job) {
        Objects.requireNonNull(job, "job");
        return new PoolConfig(name, workers, initializer, job, carried);
    }

    /// Names scoped values that tasks, and the reading of lazy inputs, see as bound in the thread that made the
    /// call. The context class loader is always carried.
    ///
    /// @param values the scoped values, in addition to those named before
    /// @return the changed configuration
    public PoolConfig carry(ScopedValue<?>... values) {
        List<ScopedValue<?>> all =
                Stream.concat(carried.stream(), Stream.of(values)).toList();
        return new PoolConfig(name, workers, initializer, exit, all);
    }
}
