// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.internal.engine.Engines;
import dev.cenote.internal.time.Time;

/// Opens pools that have a time of their own.
public final class TimedPools {

    private TimedPools() {}

    /// {@return a pool}
    ///
    /// @param engine the word for its engine
    /// @param config its configuration
    /// @param time what it takes for the time
    public static Pool open(String engine, PoolConfig config, Time time) {
        return DispatchingPool.open(Engines.named(engine), config, time);
    }
}
