// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The lease of a worker between three threads; see `LeaseStress` for two.
@NullMarked
class LeaseModelTest {

    private static final Dispatcher DISPATCHER = Scene.dispatcher(1, true);

    @Test
    void workerTimeoutAndCancellation_exactlyOneSpeaks() {
        Model.check(100, () -> {
            Object holder = new Object();
            WorkerContext worker = Model.shared(Scene.worker(DISPATCHER, new Thread()));
            long token = worker.begin(holder, 0, 1);
            AtomicInteger winners = new AtomicInteger();
            Model.inParallel(
                    () -> count(winners, worker.release()),
                    () -> count(winners, worker.giveUp(token)),
                    () -> count(winners, worker.giveUpOn(holder)));
            Model.require(winners.get() == 1, "winners=" + winners);
        });
    }

    @Test
    void severalItems_eachIsSpokenForOnce() {
        Model.check(100, () -> {
            WorkerContext worker = Model.shared(Scene.worker(DISPATCHER, new Thread()));
            AtomicInteger answered = new AtomicInteger();
            AtomicInteger givenUp = new AtomicInteger();
            AtomicInteger begun = new AtomicInteger();
            Model.inParallel(
                    () -> {
                        boolean held = true;
                        for (int item = 0; item < 3 && held; item++) {
                            worker.begin(new Object(), item, 1);
                            begun.incrementAndGet();
                            held = worker.release();
                            count(answered, held);
                        }
                    },
                    () -> count(givenUp, worker.giveUp(1)),
                    () -> count(givenUp, worker.giveUp(2)));
            Model.require(givenUp.get() <= 1, "givenUp=" + givenUp);
            Model.require(answered.get() + givenUp.get() == begun.get(), "begun=" + begun + ", answered=" + answered);
            Model.require(worker.givenUp() == (givenUp.get() == 1), "givenUp=" + givenUp);
        });
    }

    private static void count(AtomicInteger counter, boolean happened) {
        if (happened) {
            counter.incrementAndGet();
        }
    }
}
