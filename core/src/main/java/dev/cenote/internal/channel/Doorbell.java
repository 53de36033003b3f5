// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.lang.invoke.VarHandle;

/// One end of a ring: its own position, which it publishes, and the position of the other end, for which it waits.
///
/// Both ends wait in the same way, the reader until more is written, the writer until more is read. This is the one
/// place where a thread sleeps for the other process and where it is woken.
///
/// # The protocol
///
/// Shared cells, each with one writer except the alarms: `own` and `other` position, which only grow, and an *alarm*
/// for each end: the position of the other end for which this end sleeps, or 0 when it is awake (nobody waits for
/// position 0). Between the ends lies a socket, the *bell*; a byte in it is a ring and means nothing but "look again".
///
/// ```
///   waiter W, for position p                  other end O, after moving to position q
///   ------------------------                  ---------------------------------------
///   W1  alarm := p                            O1  position := q      (release)
///   W2  full fence                            O2  full fence
///   W3  if position >= p: alarm := 0, done    O3  a := alarm; if a = 0 or q < a: done
///   W4  wait for bytes, read them; go to W1   O4  alarm := 0
///                                             O5  send a byte
/// ```
///
/// *No lost wake-up.* Say O moves to q >= p, and W sleeps in W4. Of the fences W2 and O2 one comes first in their
/// total order. If it is O2, then W3 sees q and W does not come to W4. If it is W2, then O3 sees an alarm that W set:
/// this one, or a later one of W, and a later one means that W has looked again. It rings if a <= q. Hence W sleeps for
/// good only if some O3 sees its alarm cleared by another, and the only other writer is O itself, in O4, after which
/// comes O5. So each clearing of an alarm, even of one that O never saw because W has retracted the old and set a new
/// one between O3 and O4, is followed by a byte; W reads it and goes to W1, where it sets the alarm anew. Sending the
/// byte can fail in two ways: the socket is full, then W has bytes to read; or W is gone.
///
/// *No endless sleep when O dies.* O can die anywhere, also between O4 and O5. Its end of the socket is then closed by
/// the system, and W4 sees the end. All that O stored before it died was stored before its socket was closed, so one
/// more look after the end finds everything there will ever be.
///
/// *Rings in vain* are harmless: W takes up to 64 at a time and looks again. There is at most one for each W1.
///
/// # Spinning
///
/// To be woken costs 5 to 45 µs, so where [Spin] allows it, W looks at the position for some microseconds before W1.
/// Nobody rings for a spinning waiter, as its alarm is not set: this is why a busy channel makes no system call.
///
/// After the first 3 µs W offers its processor to others between its looks. O may be waiting for just that one: Linux
/// puts whoever is woken by a byte in a socket on the processor of the one who rings, which is expected to sleep soon.
/// Two ends that spun without that kept each other from running, found that spinning does not pay, and slept for each
/// other for thousands of messages, at 16 to 40 µs there and back instead of 2.5.
///
/// One thread at a time.
final class Doorbell {

    /// Memory that both ends see.
    interface Cells {

        /// Reads and acquires.
        long get(int cell);

        /// Releases and writes.
        void set(int cell, long value);
    }

    /// Wakes the other end, and is heard here when the other end rings.
    interface Bell {

        /// Rings at the other end; it may be left out if the other end has rings to hear.
        void ring() throws IOException;

        /// {@return how many rings were taken, 0 if there are none now, -1 if there will be none}
        int hear();

        /// Waits for a ring.
        ///
        /// @return how many rings were taken, -1 if there will be none
        int listen() throws IOException;

        /// Waits for a ring without taking it; may return early.
        ///
        /// @param nanos at most how long
        void listen(long nanos) throws IOException, InterruptedException;
    }

    private static final long AWAKE = 0;
    private static final int LOOKS_PER_CLOCK_READING = 32;
    private static final long ALONE_NANOS = 3_000;

    private final Cells shared;
    private final int own;
    private final int other;
    private final int ownAlarm;
    private final int otherAlarm;
    private final Bell bell;
    private final Spin spin;

    /// There will be no more rings.
    private boolean ended;

    Doorbell(Cells shared, int ring, boolean reader, Bell bell, Spin spin) {
        int cells = SharedFile.cellsOfRing(ring);
        this.shared = shared;
        this.own = cells + (reader ? SharedFile.READ : SharedFile.WRITTEN);
        this.other = cells + (reader ? SharedFile.WRITTEN : SharedFile.READ);
        this.ownAlarm = cells + (reader ? SharedFile.READER_ALARM : SharedFile.WRITER_ALARM);
        this.otherAlarm = cells + (reader ? SharedFile.WRITER_ALARM : SharedFile.READER_ALARM);
        this.bell = bell;
        this.spin = spin;
    }

    /// {@return the position of the other end}
    long look() {
        return shared.get(other);
    }

    /// Moves to a position, and wakes the other end if it sleeps for that.
    void publish(long position) throws IOException {
        shared.set(own, position);
        VarHandle.fullFence();
        long alarm = shared.get(otherAlarm);
        if (alarm != AWAKE && position >= alarm) {
            shared.set(otherAlarm, AWAKE);
            bell.ring();
        }
    }

    /// Waits for the other end.
    ///
    /// @param wanted the position that it must have reached
    /// @return where it is; before the wanted position only if it will never come there
    long await(long wanted) throws IOException {
        long seen = spin(wanted);
        while (seen < wanted && !ended) {
            seen = announce(wanted);
            if (seen < wanted) {
                ended = bell.listen() < 0;
                seen = look();
            }
        }
        shared.set(ownAlarm, AWAKE);
        return seen;
    }

    /// Waits for the other end, but not for ever.
    ///
    /// @param wanted the position that it must have reached
    /// @param nanos at most how long
    /// @return whether it is there or will never come there
    boolean await(long wanted, long nanos) throws IOException, InterruptedException {
        long seen = nanos > 0 ? spin(wanted) : look();
        if (seen >= wanted || ended) {
            return true;
        }
        long deadline = System.nanoTime() + nanos;
        try {
            for (; ; ) {
                if (announce(wanted) >= wanted || ended) {
                    return true;
                }
                int count = bell.hear();
                ended = count < 0;
                long left = deadline - System.nanoTime();
                if (count == 0 && left <= 0) {
                    return false;
                }
                if (count == 0) {
                    bell.listen(left);
                }
            }
        } finally {
            shared.set(ownAlarm, AWAKE);
        }
    }

    /// Steps W1 to W3; for waiting at several ends. Afterwards comes a wait for the line, then [#take].
    ///
    /// @return where the other end is
    long announce(long wanted) {
        shared.set(ownAlarm, wanted);
        VarHandle.fullFence();
        return look();
    }

    /// {@return whether the other end is known to be gone}
    boolean isOver() {
        return ended;
    }

    /// Takes the bells that have rung, and is awake again.
    ///
    /// @return false if the other end is gone
    boolean take() {
        ended |= bell.hear() < 0;
        shared.set(ownAlarm, AWAKE);
        return !ended;
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint, and without it the wait is only longer
    private long spin(long wanted) {
        long seen = look();
        if (seen >= wanted || ended) {
            return seen;
        }
        long nanos = spin.begin();
        if (nanos == 0) {
            return seen;
        }
        try {
            long start = System.nanoTime();
            long passed = 0;
            do {
                if (passed > ALONE_NANOS) {
                    Thread.yield();
                }
                for (int i = 0; i < LOOKS_PER_CLOCK_READING && seen < wanted; i++) {
                    Thread.onSpinWait();
                    seen = look();
                }
                passed = seen < wanted ? System.nanoTime() - start : nanos;
            } while (passed < nanos);
            return seen;
        } finally {
            spin.end(seen >= wanted); // also when the memory is gone, as this side was closed meanwhile
        }
    }
}
