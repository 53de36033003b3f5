// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waiting for a state that another thread brings about: bounded, and never longer than it takes.
public final class Waits {

    /// Longer than any healthy machine needs, shorter than the limit of a test.
    public static final Duration LONG = Duration.ofSeconds(10);

    private static final long POLL_NANOS = Duration.ofMillis(1).toNanos();

    private Waits() {}

    /// Waits until something is true.
    ///
    /// @param what says what is awaited, for the failure
    /// @param state the state
    public static void eventually(String what, BooleanSupplier state) {
        eventually(() -> "not within " + LONG + ": " + what, state, LONG);
    }

    /// Waits until something is true.
    ///
    /// @param failure what to say when it never is
    /// @param state the state
    /// @param limit how long to wait
    public static void eventually(Supplier<String> failure, BooleanSupplier state, Duration limit) {
        if (!within(limit, state)) {
            throw new AssertionError(failure.get());
        }
    }

    /// Waits until something is true, at most for some time.
    ///
    /// @param limit how long to wait
    /// @param state the state
    /// @return whether it became true
    public static boolean within(Duration limit, BooleanSupplier state) {
        long end = System.nanoTime() + limit.toNanos();
        while (!state.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }
}
