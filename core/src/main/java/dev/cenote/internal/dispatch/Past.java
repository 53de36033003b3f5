// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The failed attempts at one item: what is shown with the failure of the last one, as an item that fails in another
/// way each time, or that has ended one worker after another, is understood only from all of them. Immutable.
///
/// @param attempts how many there were
/// @param spared how often its worker has died after the item was sent and before it was begun, which is no attempt
/// @param errors what the latest of both have thrown, the earliest first
record Past(int attempts, int spared, List<Throwable> errors) {

    /// How many failures are kept: an item that is tried a thousand times must not fill the memory.
    private static final int KEPT = 10;

    /// {@return the past with one attempt more}
    ///
    /// @param before the attempts before; `null` if there was none
    /// @param error what this one has thrown
    static Past and(@Nullable Past before, Throwable error) {
        return new Past(count(before) + 1, timesSpared(before), errors(before, error));
    }

    /// {@return the past with one more worker that has died before it had begun the item}
    ///
    /// @param before the attempts before; `null` if there was none
    /// @param death how the worker has died
    static Past andSpared(@Nullable Past before, Throwable death) {
        return new Past(count(before), timesSpared(before) + 1, errors(before, death));
    }

    private static List<Throwable> errors(@Nullable Past before, Throwable error) {
        if (before == null) {
            return List.of(error);
        }
        List<Throwable> errors = new ArrayList<>(before.errors);
        if (errors.size() == KEPT) {
            errors.removeFirst();
        }
        errors.add(error);
        return List.copyOf(errors);
    }

    /// {@return how many attempts there were}
    static int count(@Nullable Past past) {
        return past == null ? 0 : past.attempts;
    }

    /// {@return how many workers have died before they had begun the item}
    static int timesSpared(@Nullable Past past) {
        return past == null ? 0 : past.spared;
    }

    /// Adds the earlier failures to the last one. An exception that a task throws again and again, such as a constant,
    /// is not added to itself, and does not grow without end.
    ///
    /// @param past the attempts before; `null` if there was none
    /// @param last what the last attempt has thrown
    static void tell(@Nullable Past past, Throwable last) {
        if (past == null) {
            return;
        }
        for (Throwable earlier : past.errors) {
            List<Throwable> told = Arrays.asList(last.getSuppressed());
            if (earlier != last && told.size() < 2 * KEPT && !told.contains(earlier)) {
                last.addSuppressed(earlier);
            }
        }
    }
}
