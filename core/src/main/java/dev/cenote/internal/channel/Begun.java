// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.Messages;

/// The shared words that say what a worker has begun, and keep it from beginning anything else, see [Messages].
///
/// | step | the worker, before request n | the pool |
/// | --- | --- | --- |
/// | takes back up to m | | `SKIP := m` |
/// | begins n | if `SKIP >= n`, answers that it has not begun it; else `BEGUN`: n - 1 or less becomes n | |
/// | gives up | finds another value in `BEGUN`, and begins nothing | `BEGUN`: b becomes `CLOSED`; b is the last |
///
/// Both change `BEGUN` by compare-and-set, so what the pool finds there has been begun, and what comes after it never
/// will be. A worker that takes a request back may have begun it a moment before `SKIP` was set: then it is answered
/// like any other.
public final class Begun {

    private Begun() {}

    /// Words that both sides share.
    public interface Words {

        /// {@return the value of a word}
        ///
        /// @param index which
        long loadWord(int index);

        /// Sets a word if it has the expected value.
        ///
        /// @param index which
        /// @param expected what it must be
        /// @param value what it becomes
        /// @return whether it was as expected
        boolean casWord(int index, long expected, long value);
    }

    /// What a worker may do with a request.
    public enum Leave {
        /// It has begun it.
        BEGUN,
        /// The pool has taken it back.
        TAKEN_BACK,
        /// The pool has given up on the worker, and kills it.
        CLOSED
    }

    /// Asks, in the worker, whether a request may be begun.
    ///
    /// @param words the words
    /// @param last the number of the last request that was begun
    /// @param number the number of this one
    /// @return whether it now is
    public static Leave begin(Words words, int last, int number) {
        if (words.loadWord(Messages.SKIP) >= number) {
            return Leave.TAKEN_BACK;
        }
        return words.casWord(Messages.BEGUN, last, number) ? Leave.BEGUN : Leave.CLOSED;
    }

    /// Keeps the worker, in the pool, from beginning any other request.
    ///
    /// @param words the words
    /// @return the number of the last request that it has begun and ever will; `CLOSED` if this was done before
    public static int close(Words words) {
        long begun = words.loadWord(Messages.BEGUN);
        while (begun != Messages.CLOSED && !words.casWord(Messages.BEGUN, begun, Messages.CLOSED)) {
            long now = words.loadWord(Messages.BEGUN);
            if (now == begun) {
                return (int) begun; // the channel is closed, and these are the words as they were last
            }
            begun = now;
        }
        return (int) begun;
    }
}
