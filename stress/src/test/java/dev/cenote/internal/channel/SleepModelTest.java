// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How sleepers of a ring are woken, over several sleeps; see `SleepStress` for the memory accesses of one. A lost
/// wake-up shows as a deadlock.
@NullMarked
class SleepModelTest {

    private static final int ORDERS = 200 * Integer.getInteger("stress.factor", 1);

    /// Written by the programs, so that the scheduler sees their objects escape.
    @SuppressWarnings("UnusedVariable") // being written is its purpose
    private static volatile @Nullable Object escaped;

    private static final class Memory implements Doorbell.Cells {

        private final AtomicLongArray cells = new AtomicLongArray(8);

        @Override
        public long get(int cell) {
            return cells.get(index(cell));
        }

        @Override
        public void set(int cell, long value) {
            cells.set(index(cell), value);
        }

        private static int index(int cell) {
            return (cell - SharedFile.cellsOfRing(0)) / 128;
        }
    }

    /// Rings at its twin.
    private static final class Wire implements Doorbell.Bell {

        private @Nullable Wire twin;
        private int rings;
        private boolean dead;

        static Wire[] pair() {
            Wire[] wires = {new Wire(), new Wire()};
            wires[0].twin = wires[1];
            wires[1].twin = wires[0];
            return wires;
        }

        @Override
        public void ring() {
            twin.add(false);
        }

        /// Ends what the twin hears.
        void die() {
            twin.add(true);
        }

        private synchronized void add(boolean death) {
            rings++;
            dead |= death;
            notifyAll();
        }

        @Override
        public synchronized int hear() {
            int heard = rings;
            rings = 0;
            return heard == 0 && dead ? -1 : heard;
        }

        @Override
        public synchronized int listen() {
            try {
                while (rings == 0 && !dead) {
                    wait();
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return hear();
        }

        @Override
        public void listen(long nanos) {
            throw new AssertionError();
        }
    }

    private static final class Ends {

        final Memory memory = new Memory();
        final Wire[] wires = Wire.pair();
        final Doorbell writer = new Doorbell(memory, 0, false, wires[0], new Spin(new SleepStress.NoSpinning()));
        final Doorbell reader = new Doorbell(memory, 0, true, wires[1], new Spin(new SleepStress.NoSpinning()));

        static Ends shared() {
            Ends ends = new Ends();
            escaped = ends;
            return ends;
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void inParallel(Action... actions) {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (Action action : actions) {
            threads.add(new Thread(() -> {
                try {
                    action.run();
                } catch (Throwable t) {
                    synchronized (failures) {
                        failures.add(t);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("an action failed", failures.getFirst());
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    @Test
    void readerThatSleepsForEachStep_isWokenForEach() {
        Lincheck.runConcurrentTest(ORDERS, () -> {
            Ends ends = Ends.shared();
            inParallel(
                    () -> {
                        for (int i = 1; i <= 3; i++) {
                            ends.writer.publish(i);
                        }
                    },
                    () -> {
                        for (int i = 1; i <= 3; i++) {
                            require(ends.reader.await(i) >= i, "position " + i + " was awaited");
                        }
                    });
        });
    }

    @Test
    void twoThatTakeTurns_wakeEachOther() {
        Lincheck.runConcurrentTest(ORDERS, () -> {
            Ends ends = Ends.shared();
            inParallel(
                    () -> {
                        for (int i = 1; i <= 2; i++) {
                            ends.writer.publish(i);
                            require(ends.writer.await(i) >= i, "the reader has read " + i);
                        }
                    },
                    () -> {
                        for (int i = 1; i <= 2; i++) {
                            require(ends.reader.await(i) >= i, "the writer has written " + i);
                            ends.reader.publish(i);
                        }
                    });
        });
    }

    @Test
    void stepsBeforeDeath_areSeenAndThenTheEnd() {
        Lincheck.runConcurrentTest(ORDERS, () -> {
            Ends ends = Ends.shared();
            inParallel(
                    () -> {
                        ends.writer.publish(1);
                        ends.writer.publish(2);
                        ends.wires[0].die();
                    },
                    () -> {
                        require(ends.reader.await(1) >= 1, "the first step was seen");
                        require(ends.reader.await(3) == 2, "the second step was seen, and the end");
                    });
        });
    }

    /// The tests above would pass just as well if the scheduler tried nothing.
    @Test
    void lookingBeforeAnnouncing_isFoundToLoseAWakeUp() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(ORDERS, () -> {
                    Ends ends = Ends.shared();
                    inParallel(() -> ends.writer.publish(1), () -> {
                        if (ends.reader.look() < 1) {
                            ends.reader.announce(1);
                            ends.wires[1].listen();
                        }
                    });
                }))
                .isInstanceOf(LincheckAssertionError.class);
    }
}
