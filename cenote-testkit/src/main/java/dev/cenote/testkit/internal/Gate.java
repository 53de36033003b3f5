// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.Serializable;
import java.time.Duration;

/// Holds tasks until a test lets them go, whichever process they run in. A task captures it; what comes out in another
/// process is another object that tells this one of its visitors.
public abstract class Gate implements Serializable {

    Gate() {}

    /// Waits until the gate is open.
    ///
    /// @param value what to return then
    /// @param <T> its type
    /// @return the value
    /// @throws InterruptedException if interrupted while waiting, which is counted
    public abstract <T> T pass(T value) throws InterruptedException;

    /// Waits until the gate is open, whatever interrupts come.
    ///
    /// @param value what to return then
    /// @param <T> its type
    /// @return the value
    public abstract <T> T passStubbornly(T value);

    /// Runs for about this long: waits for the gate and goes on without it.
    ///
    /// @param time how long
    /// @param value what to return then
    /// @param <T> its type
    /// @return the value
    /// @throws InterruptedException if interrupted
    public abstract <T> T passAfter(Duration time, T value) throws InterruptedException;

    /// Waits until this many tasks have come.
    ///
    /// @param tasks how many
    public abstract void awaitArrivals(int tasks);

    // ---- for the test

    /// Lets everybody go, now and later.
    public abstract void open();

    /// Waits until this many tasks were stopped here.
    ///
    /// @param times how often
    public abstract void awaitStops(int times);

    /// {@return how many tasks have come}
    public abstract int arrivals();

    /// {@return how many were stopped here: by an interrupt, or killed with their process}
    public abstract int stops();

    /// {@return how many tasks have come and are here no more}
    public abstract int departures();
}
