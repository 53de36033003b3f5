// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.internal.dispatch.Model;
import dev.cenote.internal.wire.Messages;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// What a worker begins while the pool takes requests back, gives up on it, or finds it dead: what the pool is told is
/// what has run, so that nothing is sent elsewhere that has run, and nothing is blamed that has not.
@NullMarked
class BegunModelTest {

    private static final int REQUESTS = 3;

    /// The words, and what the worker has done.
    private static final class Worker implements Begun.Words {

        private final AtomicLongArray words = new AtomicLongArray(3);

        /// How many requests have run.
        private final AtomicInteger ran = new AtomicInteger();

        /// How many were answered, as run or as taken back.
        private final AtomicInteger answered = new AtomicInteger();

        private final AtomicInteger takenBack = new AtomicInteger();

        /// Which have run, as bits.
        private final AtomicInteger which = new AtomicInteger();

        @Override
        public long loadWord(int index) {
            return words.get(index);
        }

        @Override
        public void storeWord(int index, long value) {
            words.set(index, value);
        }

        @Override
        public boolean casWord(int index, long expected, long value) {
            return words.compareAndSet(index, expected, value);
        }

        private final Begun begun = new Begun(this);

        /// As the loop of a worker does.
        void run() {
            for (int number = 1; number <= REQUESTS; number++) {
                switch (begun.begin(number)) {
                    case BEGUN -> {
                        which.set(which.get() | 1 << number);
                        ran.set(number);
                    }
                    case TAKEN_BACK -> takenBack.incrementAndGet();
                    case CLOSED -> {
                        return;
                    }
                }
                answered.set(number);
            }
        }

        void skip(int number) {
            words.set(Messages.SKIP, number);
        }
    }

    @Test
    void givingUp_tellsTheLastThatEverRuns() {
        Model.check(100, () -> {
            Worker worker = Model.shared(new Worker());
            AtomicInteger begun = new AtomicInteger();
            AtomicInteger answered = new AtomicInteger();
            Model.inParallel(worker::run, () -> {
                answered.set(worker.answered.get());
                begun.set(Begun.close(worker));
            });
            Model.require(worker.ran.get() == begun.get(), "ran=" + worker.ran + ", begun=" + begun);
            Model.require(begun.get() >= answered.get(), "begun=" + begun + ", answered=" + answered);
        });
    }

    @Test
    void twoThatGiveUp_oneOfThemIsTold() {
        Model.check(100, () -> {
            Worker worker = Model.shared(new Worker());
            AtomicInteger one = new AtomicInteger();
            AtomicInteger other = new AtomicInteger();
            Model.inParallel(worker::run, () -> one.set(Begun.close(worker)), () -> other.set(Begun.close(worker)));
            int closed = (int) Messages.CLOSED;
            Model.require((one.get() == closed) != (other.get() == closed), "one=" + one + ", other=" + other);
            Model.require(worker.ran.get() == Math.max(one.get(), other.get()), "ran=" + worker.ran);
        });
    }

    @Test
    void takingBack_leavesEachRequestOneEnd() {
        Model.check(100, () -> {
            Worker worker = Model.shared(new Worker());
            AtomicInteger begun = new AtomicInteger();
            Model.inParallel(worker::run, () -> worker.skip(2), () -> begun.set(Begun.close(worker)));
            int taken = worker.takenBack.get();
            Model.require(taken <= 2, "takenBack=" + taken);
            Model.require(worker.ran.get() == begun.get(), "ran=" + worker.ran + ", begun=" + begun);
            Model.require(
                    worker.answered.get() <= Math.max(begun.get(), 2),
                    "answered=" + worker.answered + ", begun=" + begun);
        });
    }

    @Test
    void takingBackAtOnce_tellsWhatNeverRuns() {
        Model.check(100, () -> {
            Worker worker = Model.shared(new Worker());
            AtomicInteger begun = new AtomicInteger();
            Model.inParallel(worker::run, () -> begun.set(Begun.takeBack(worker, REQUESTS)));
            for (int number = 1; number <= REQUESTS; number++) {
                boolean ran = (worker.which.get() & 1 << number) != 0;
                Model.require(
                        ran == number <= begun.get(),
                        "number=" + number + ", begun=" + begun + ", which=" + worker.which);
            }
            Model.require(worker.begun.begin(REQUESTS + 1) == Begun.Leave.BEGUN, "what is sent later is not begun");
        });
    }

    @Test
    void takingBackTwice_thenGivingUp_tellsTheSame() {
        Model.check(100, () -> {
            Worker worker = Model.shared(new Worker());
            AtomicInteger one = new AtomicInteger();
            AtomicInteger other = new AtomicInteger();
            AtomicInteger closed = new AtomicInteger();
            Model.inParallel(worker::run, () -> {
                one.set(Begun.takeBack(worker, REQUESTS));
                other.set(Begun.takeBack(worker, REQUESTS));
                closed.set(Begun.close(worker));
            });
            int ran = worker.ran.get();
            Model.require(
                    ran == one.get() && ran == other.get() && ran == closed.get(),
                    "ran=" + ran + ", one=" + one + ", other=" + other + ", closed=" + closed);
        });
    }

    /// The worker dies anywhere, and only then the pool looks: what it was waiting for had begun, or it goes elsewhere.
    @Test
    void death_isBlamedOnWhatHadBegun() {
        Model.check(100, () -> {
            Worker worker = Model.shared(new Worker());
            AtomicInteger died = new AtomicInteger();
            Model.inParallel(
                    () -> {
                        Begun begun = new Begun(worker);
                        int last = 0;
                        while (died.get() == 0 && last < REQUESTS) {
                            if (begun.begin(last + 1) != Begun.Leave.BEGUN) {
                                return;
                            }
                            last++;
                            worker.ran.set(last);
                            if (died.get() != 0) {
                                return; // it has run for a while, and is not answered
                            }
                            worker.answered.set(last);
                        }
                    },
                    () -> died.set(1));
            int waitedFor = worker.answered.get() + 1;
            boolean spared = Begun.close(worker) < waitedFor;
            Model.require(spared == worker.ran.get() < waitedFor, "ran=" + worker.ran + ", waitedFor=" + waitedFor);
        });
    }

    /// The tests above would pass just as well if the scheduler tried nothing.
    @Test
    void beginningWithoutCompareAndSet_isFoundToRunWhatWasGivenBack() {
        assertThatThrownBy(() -> Model.check(100, () -> {
                    Worker worker = Model.shared(new Worker());
                    AtomicInteger begun = new AtomicInteger();
                    Model.inParallel(
                            () -> {
                                if (worker.loadWord(Messages.BEGUN) != Messages.CLOSED) {
                                    worker.words.set(Messages.BEGUN, 1);
                                    worker.ran.set(1);
                                }
                            },
                            () -> begun.set(Begun.close(worker)));
                    Model.require(worker.ran.get() == begun.get(), "ran=" + worker.ran + ", begun=" + begun);
                }))
                .isInstanceOf(LincheckAssertionError.class);
    }
}
