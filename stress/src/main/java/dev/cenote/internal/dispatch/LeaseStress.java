// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// The lease of a worker: whoever ends it speaks for the item, and it is exactly one.
///
/// Two actors each, so that two CPUs are enough; what three do is in `LeaseModelTest`.
@NullMarked
public final class LeaseStress {

    private static final Dispatcher DISPATCHER = Scene.dispatcher(1, true);

    private LeaseStress() {}

    /// A worker that holds its lease.
    public static class Held {

        final Object holder = new Object();
        final WorkerContext worker = Scene.worker(DISPATCHER, new Thread("victim"));
        final long token = worker.begin(holder, 0, 1);
    }

    /// The worker ends its lease while another thread gives up on it.
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the worker's answer counts")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the worker was given up on")
    @State
    public static class ReleaseOrGiveUp extends Held {

        /// The worker.
        @Actor
        public void worker(ZZ_Result r) {
            r.r1 = worker.release();
        }

        /// The other.
        @Actor
        public void other(ZZ_Result r) {
            r.r2 = worker.giveUp(token);
        }
    }

    /// A late time-out of one item must not hit the next.
    @JCStressTest
    @Outcome(id = "true, true, false", expect = ACCEPTABLE, desc = "too late for the first item")
    @Outcome(id = "false, false, true", expect = ACCEPTABLE, desc = "in time; the thread stops")
    @State
    public static class LateGiveUp extends Held {

        /// The worker runs two items, unless it is given up on.
        @Actor
        public void worker(ZZZ_Result r) {
            r.r1 = worker.release();
            if (r.r1) {
                worker.begin(new Object(), 1, 1);
                r.r2 = worker.release();
            }
        }

        /// The time-out of the first item.
        @Actor
        public void timeout(ZZZ_Result r) {
            r.r3 = worker.giveUp(token);
        }
    }

    /// Someone who wants to stop one holder must not stop the one that follows.
    @JCStressTest
    @Outcome(id = "true, true, false", expect = ACCEPTABLE, desc = "the holder had gone")
    @Outcome(id = "false, false, true", expect = ACCEPTABLE, desc = "in time; the thread stops")
    @State
    public static class LateGiveUpOnHolder extends Held {

        /// The worker runs two items of different holders, unless it is given up on.
        @Actor
        public void worker(ZZZ_Result r) {
            r.r1 = worker.release();
            if (r.r1) {
                worker.begin(new Object(), 1, 1);
                r.r2 = worker.release();
            }
        }

        /// Stops the first holder.
        @Actor
        public void other(ZZZ_Result r) {
            r.r3 = worker.giveUpOn(holder);
        }
    }

    /// What a runner did to its chunk before it was given up on, is seen by whoever takes over what is left of it.
    @JCStressTest
    @Outcome(id = "true, false, true", expect = ACCEPTABLE, desc = "the worker's answer counts")
    @Outcome(id = "false, true, true", expect = ACCEPTABLE, desc = "whoever gave up sees the new end")
    @State
    public static class TakeOver extends Held {

        private final Chunk chunk = new Chunk(0, 10, List.of(), 0, null);

        /// The worker splits its chunk between two items.
        @Actor
        public void worker(ZZZ_Result r) {
            worker.release();
            chunk.end = 5;
            worker.begin(holder, 1, 1);
            r.r1 = worker.release();
        }

        /// The time-out of the second item.
        @Actor
        public void timeout(ZZZ_Result r) {
            r.r2 = worker.giveUp(token + 1);
            r.r3 = !r.r2 || chunk.end == 5;
        }
    }

    /// A caller's thread is used again after it was given up on; the interrupt must not reach what it does next.
    @JCStressTest
    @Outcome(id = "true, false, true, false", expect = ACCEPTABLE, desc = "the caller's answer counts")
    @Outcome(id = "false, true, true, false", expect = ACCEPTABLE, desc = "given up, and usable again")
    @State
    public static class Reclaim extends Held {

        private volatile boolean ready;

        /// The caller's thread.
        @Actor
        public void caller(ZZZZ_Result r) {
            worker.thread(Thread.currentThread());
            ready = true;
            r.r1 = worker.release();
            if (!r.r1) {
                worker.reclaim();
            }
            worker.begin(new Object(), 1, 1);
            r.r3 = worker.release();
            r.r4 = Thread.interrupted();
        }

        /// The time-out of the first item.
        @Actor
        public void timeout(ZZZZ_Result r) {
            while (!ready) {
                Thread.onSpinWait();
            }
            r.r2 = worker.giveUp(token);
            if (r.r2) {
                worker.handBack();
            }
        }
    }
}
