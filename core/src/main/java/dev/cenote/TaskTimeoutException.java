// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serial;
import java.time.Duration;

/// An item ran longer than {@link Options#timeout(Duration)} allows, counted from its own start, or without a report
/// for longer than {@link Options#stall(Duration)} allows.
///
/// The message names the pool, the position of the item, the limit and the worker. On threads the task was
/// interrupted and its thread is never used again; see {@link PoolStats#abandoned()}.
///
/// Time is that of a clock that nobody can set: a change of date, of time zone, or of summer time lets no limit pass.
/// While the machine sleeps the clock stands still on Linux and macOS.
///
/// @since 0.1
public final class TaskTimeoutException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// The limit that was exceeded.
    private final Duration limit;

    /// Creates an exception.
    ///
    /// @param message which item ran too long, and where
    /// @param limit the limit that was exceeded
    public TaskTimeoutException(String message, Duration limit) {
        super(message);
        this.limit = limit;
    }

    /// {@return the limit that was exceeded}
    public Duration limit() {
        return limit;
    }
}
