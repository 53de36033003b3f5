// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.PoolConfig;
import org.jspecify.annotations.Nullable;

/// What a task takes along from the thread that made the call: the context class loader and the scoped values that
/// the pool was told to carry.
///
/// @param loader the context class loader of the caller
/// @param bindings the scoped values as bound in the caller; `null` when there are none
record Surroundings(@Nullable ClassLoader loader, ScopedValue.@Nullable Carrier bindings) {

    static Surroundings capture(PoolConfig config) {
        ScopedValue.Carrier bindings = null;
        for (ScopedValue<?> value : config.carried()) {
            if (value.isBound()) {
                bindings = bind(bindings, value);
            }
        }
        return new Surroundings(Thread.currentThread().getContextClassLoader(), bindings);
    }

    private static <V> ScopedValue.Carrier bind(ScopedValue.@Nullable Carrier before, ScopedValue<V> value) {
        V bound = value.get();
        return before == null ? ScopedValue.where(value, bound) : before.where(value, bound);
    }

    /// {@return whether the calling thread is in these surroundings already}
    boolean areThose() {
        return bindings == null && Thread.currentThread().getContextClassLoader() == loader;
    }

    /// Runs something in these surroundings.
    void run(Runnable action) {
        Thread thread = Thread.currentThread();
        ClassLoader own = thread.getContextClassLoader();
        if (own == loader) {
            runBound(action);
            return;
        }
        thread.setContextClassLoader(loader);
        try {
            runBound(action);
        } finally {
            thread.setContextClassLoader(own);
        }
    }

    private void runBound(Runnable action) {
        if (bindings == null) {
            action.run();
        } else {
            bindings.run(action);
        }
    }
}
