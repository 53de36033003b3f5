// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.time.Duration;
import java.util.OptionalLong;

/// How far a mapping call has come; given to the listener of {@link Options#progress(java.util.function.Consumer)}.
///
/// Counts are items, never chunks. Items that report how far they are, see {@link Worker#progress(double)}, are in
/// `underway` as long as they run, so that `done + failed + underway` grows smoothly also when there are few large
/// ones.
///
/// @param name the name of the call, see {@link Options#name(String)}
/// @param done items that have a value
/// @param failed items that failed for good
/// @param underway what the running items have reported, all together: 0.75 when one is half done and another a quarter
/// @param total items in the input, when that is known
/// @param elapsed time since the call began
/// @param finished whether this is the last report of the call
/// @since 0.1
public record Progress(
        String name, long done, long failed, double underway, OptionalLong total, Duration elapsed, boolean finished) {

    /// {@return finished items per second since the call began}
    public double rate() {
        double seconds = elapsed.toNanos() / 1e9;
        return seconds > 0 ? (done + failed) / seconds : 0;
    }
}
