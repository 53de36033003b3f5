// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import java.io.IOException;
import java.nio.file.Path;

/// The ends of the items of one call, held against what its workers have written down: each item has one end, one with
/// a result has run, and none has begun more often than it was allowed to.
///
/// For one thread.
final class Reckoning {

    private final String what;
    private final int[] ends;
    private final boolean[] results;

    /// Begins with no ends.
    ///
    /// @param what the call, for messages
    /// @param items how many items it has
    Reckoning(String what, int items) {
        this.what = what;
        this.ends = new int[items];
        this.results = new boolean[items];
    }

    /// Notes that an item has ended with a result.
    void result(int item) {
        end(item);
        results[item] = true;
    }

    /// Notes that an item has ended without one.
    void failure(int item) {
        end(item);
    }

    private void end(int item) {
        if (item < 0 || item >= ends.length) {
            throw new AssertionError(what + ": there is no item " + item + " of " + ends.length);
        }
        ends[item]++;
        if (ends[item] > 1) {
            throw new AssertionError(what + ": item " + item + " has " + ends[item] + " ends");
        }
    }

    /// Checks all, when the call is over.
    ///
    /// @param ledger where the workers have written down what they have begun
    /// @param most how often an item may have begun
    void check(Path ledger, int most) throws IOException {
        for (int i = 0; i < ends.length; i++) {
            if (ends[i] != 1) {
                throw new AssertionError(what + ": item " + i + " has no end");
            }
        }
        checkRuns(ledger, most);
    }

    /// Checks how often items have run, and nothing else.
    ///
    /// @param ledger where the workers have written down what they have begun
    /// @param most how often an item may have begun
    void checkRuns(Path ledger, int most) throws IOException {
        int[] runs = Ledger.runs(ledger, ends.length);
        for (int i = 0; i < ends.length; i++) {
            if (runs[i] > most) {
                throw new AssertionError(
                        what + ": item " + i + " has begun " + runs[i] + " times, where " + most + " are allowed");
            }
            if (results[i] && runs[i] == 0) {
                throw new AssertionError(what + ": item " + i + " has a result and has not run");
            }
        }
    }
}
