// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Options;
import dev.cenote.internal.Nanos;
import java.util.concurrent.ThreadLocalRandom;

/// How long an item waits between two attempts: twice as long each time, up to a limit. A random part of it, up to
/// half, is left out, because items that have failed together would otherwise come back together, again and again.
final class Pauses {

    private Pauses() {}

    /// {@return the nanoseconds to wait before an attempt, a random number}
    ///
    /// @param attempt which, from 2
    /// @param backoff the first pause and the longest
    static long before(int attempt, Options.Backoff backoff) {
        long longest = longest(attempt, backoff);
        return longest - ThreadLocalRandom.current().nextLong(longest / 2 + 1);
    }

    private static long longest(int attempt, Options.Backoff backoff) {
        long limit = Nanos.of(backoff.limit());
        long pause = Math.min(Nanos.of(backoff.first()), limit);
        for (int i = 2; i < attempt && pause < limit; i++) {
            pause = pause > limit / 2 ? limit : pause * 2;
        }
        return pause;
    }
}
