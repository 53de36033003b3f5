// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.wire;

/// The kinds of frames between a pool and a worker process. A frame is its length, as four bytes, and what is below. If
/// the highest bit of the length is set, then large arrays follow the frame, and its last bytes say which: for each a
/// byte for its type and eight for its length, and then four for how many there are. See [Attachments].
///
/// | to a worker | content |
/// | --- | --- |
/// | [#CONFIG] | the pool's name, the worker's number and name, how much memory it may hold or 0, the domain |
/// | [#PRELUDE] | what the classes of the next frames need |
/// | [#FUNCTION] | its number, its name, the number of its context class loader, its variables, the function |
/// | [#RELEASE] | the number of a function that is not used any more |
/// | [#ITEM] | sequence number, number of the function, position, attempt, the item |
/// | [#ITEMS] | numbers as for an item, of the first; how many; 0 and the items, or 1 and one value of numbers |
/// | [#CALL] | sequence number, role, then as in [#FUNCTION] without its number: run once, with no item |
/// | [#BYE] | nothing; the worker ends |
///
/// | from a worker | content |
/// | --- | --- |
/// | [#VALUE] | sequence number of the request, the result |
/// | [#TIMED] | as [#VALUE], with the nanoseconds between: to read the item and to run it, or all of an [#ITEMS] |
/// | [#THROWN] | sequence number of the request, the exception |
/// | [#SKIPPED] | sequence number of the request, which was not begun because the pool took it back |
/// | [#RETIRE] | how many bytes of memory it holds, which are too many; before an answer, which it does not count as |
///
/// Requests are answered one by one, in their order. The sequence number is there to be checked.
///
/// Two words that both sides share say what may not wait for a frame. [#BEGUN] is the number of the last request that
/// the worker has begun; it sets it by compare-and-set from the one before, so that a pool that has set it to
/// [#CLOSED] knows which that is, and that no other will ever be begun. [#SKIP] is the number of the last request that
/// the pool takes back; the worker looks there before it begins one.
///
/// A third, [#PROGRESS], is the last report of progress by a task: the number of its request in the upper half, then a
/// count in 16 bits, so that it changes also when the task is as far as before, then how far it is, of 65535. Without
/// shared words it goes over the control path ([#REPORT]: the word), some times a second.
///
/// On the control path a worker asks for classes ([#ASK]: number, request) and is answered ([#ANSWER]: number, whether
/// there is an answer, the answer). It also says that it is ending, whoever wants that, and is answered with the same
/// ([#ENDING]: the ids of processes that are to end after it, as it has started them; without them in the answer).
public final class Messages {

    /// See above.
    public static final int CONFIG = 1;

    /// See above.
    public static final int PRELUDE = 2;

    /// See above.
    public static final int FUNCTION = 3;

    /// See above.
    public static final int RELEASE = 4;

    /// See above.
    public static final int ITEM = 5;

    /// See above.
    public static final int CALL = 6;

    /// See above.
    public static final int BYE = 7;

    /// See above.
    public static final int VALUE = 8;

    /// See above.
    public static final int THROWN = 9;

    /// See above.
    public static final int ASK = 10;

    /// See above.
    public static final int ANSWER = 11;

    /// See above.
    public static final int SKIPPED = 12;

    /// See above.
    public static final int ITEMS = 13;

    /// See above.
    public static final int ENDING = 14;

    /// See above.
    public static final int RETIRE = 14;

    /// See above.
    public static final int REPORT = 15;

    /// See above.
    public static final int TIMED = 16;

    /// A shared word, see above.
    public static final int BEGUN = 0;

    /// A shared word, see above.
    public static final int SKIP = 1;

    /// The word of the last report of progress, see above.
    public static final int PROGRESS = 2;

    private static final int WHOLE = 0xFFFF;

    /// The value of [#BEGUN] that lets the worker begin nothing more.
    public static final long CLOSED = -1;

    /// The role of a [#CALL] that is a submitted job.
    public static final int JOB = 0;

    /// The role of a [#CALL] that is the initializer, whose result stays in the worker.
    public static final int INITIALIZER = 1;

    /// The role of a [#CALL] that is the exit function.
    public static final int EXIT = 2;

    /// The role of a [#CALL] that is no function but the codec of the user.
    public static final int CODEC = 3;

    /// The role of a [#CALL] that is the whole program of the worker: it ends with it, as a JVM does with its `main`.
    public static final int PROGRAM = 4;

    /// Set in the length of a frame that arrays follow.
    public static final int ATTACHED = Integer.MIN_VALUE;

    private Messages() {}

    /// {@return a report of progress}
    ///
    /// @param request the number of the request
    /// @param count how many reports there were
    /// @param fraction how far it is, from 0 to 1
    public static long progress(int request, int count, double fraction) {
        long low = ((long) (count & WHOLE) << Short.SIZE) | Math.round(fraction * WHOLE);
        return ((long) request << Integer.SIZE) | low;
    }

    /// {@return the number of the request that a report is about}
    ///
    /// @param report the report
    public static int progressOf(long report) {
        return (int) (report >>> Integer.SIZE);
    }

    /// {@return how far that request is, from 0 to 1}
    ///
    /// @param report the report
    public static double fractionOf(long report) {
        return (double) (report & WHOLE) / WHOLE;
    }

    /// Begins a frame.
    ///
    /// @param out where to
    /// @param kind its kind
    /// @return where it begins, for [#end]
    public static int begin(WireWriter out, int kind) {
        int at = out.skip(Integer.BYTES);
        out.putByte(kind);
        return at;
    }

    /// Ends a frame: writes its length.
    ///
    /// @param out where it was written
    /// @param begin where it begins
    public static void end(WireWriter out, int begin) {
        boolean attached = out.attachedSince(begin) > 0;
        if (attached) {
            out.describeAttached(begin);
        }
        int length = out.position() - begin - Integer.BYTES;
        out.setInt(begin, attached ? length | ATTACHED : length);
    }
}
