// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.Messages;

/// The shared words that say what a worker has begun, and keep it from beginning anything else, see [Messages].
///
/// | step | the worker, before request n | the pool |
/// | --- | --- | --- |
/// | takes back up to m | | `SKIP := m` |
/// | the same, at once | finds another turn in `BEGUN`: looks again | `SKIP := m`; `BEGUN`: next turn; b is the last |
/// | begins n | if `SKIP >= n`, answers that it has not begun it; else `BEGUN`: n - 1 or less becomes n | |
/// | gives up | finds another value in `BEGUN`, and begins nothing | `BEGUN`: b becomes `CLOSED`; b is the last |
///
/// Both change `BEGUN` by compare-and-set, so what the pool finds there has been begun, and what comes after it never
/// will be. The lower half of `BEGUN` is the number, the upper one counts the turns; a worker knows the value before it
/// looks at `SKIP`, so that it cannot begin what was taken back between the two. Where the pool only sets `SKIP`, a
/// worker may have begun a request a moment before: then that is answered like any other.
public final class Begun {

    private static final long TURN = 1L << 32;

    private final Words words;

    /// What the worker believes to be in `BEGUN`.
    private long word;

    /// Begins to keep account in a worker, which has begun nothing.
    ///
    /// @param words the words
    public Begun(Words words) {
        this.words = words;
    }

    /// Words that both sides share.
    public interface Words {

        /// {@return the value of a word}
        ///
        /// @param index which
        long loadWord(int index);

        /// Sets a word.
        ///
        /// @param index which
        /// @param value what it becomes
        void storeWord(int index, long value);

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
    /// @param number the number of the request
    /// @return whether it now is
    public Leave begin(int number) {
        while (words.loadWord(Messages.SKIP) < number) {
            long next = (word & -TURN) + number;
            if (words.casWord(Messages.BEGUN, word, next)) {
                word = next;
                return Leave.BEGUN;
            }
            word = words.loadWord(Messages.BEGUN);
            if (word == Messages.CLOSED) {
                return Leave.CLOSED;
            }
        }
        return Leave.TAKEN_BACK;
    }

    /// Takes requests back, in the pool.
    ///
    /// @param words the words
    /// @param number the number of the last of them, behind which no other may be sent meanwhile
    /// @return the number of the last request that the worker has begun: it begins none from there to `number`;
    ///     `CLOSED` if the pool has given up on it
    public static int takeBack(Words words, int number) {
        words.storeWord(Messages.SKIP, number);
        return change(words, Step.TAKE_BACK);
    }

    /// Keeps the worker, in the pool, from beginning any other request.
    ///
    /// @param words the words
    /// @return the number of the last request that it has begun and ever will; `CLOSED` if this was done before
    public static int close(Words words) {
        return change(words, Step.CLOSE);
    }

    /// Changes what the worker believes to be there.
    ///
    /// @return the number that was there
    private static int change(Words words, Step step) {
        long begun = words.loadWord(Messages.BEGUN);
        while (begun != Messages.CLOSED
                && !words.casWord(Messages.BEGUN, begun, step == Step.CLOSE ? Messages.CLOSED : begun + TURN)) {
            long now = words.loadWord(Messages.BEGUN);
            if (now == begun) {
                break; // the channel is closed, and these are the words as they were last
            }
            begun = now;
        }
        return (int) begun;
    }

    private enum Step {
        TAKE_BACK,
        CLOSE
    }
}
