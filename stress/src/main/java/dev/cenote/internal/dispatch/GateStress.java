// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// The gate of a pool: what was let in is finished before the pool ends, what was not is refused, and it always
/// ends.
///
/// Two actors each, so that two CPUs are enough; what three do is in `GateModelTest`.
@NullMarked
public final class GateStress {

    private GateStress() {}

    /// A pool without threads.
    public static class Open {

        final Dispatcher dispatcher = Scene.dispatcher(1, true);

        boolean tryOpen() {
            try {
                dispatcher.openUnit();
                return true;
            } catch (RejectedExecutionException e) {
                return false;
            }
        }
    }

    /// Work comes and goes while the pool is shut down.
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "the work was let in")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the work was refused")
    @State
    public static class OpenAndClose extends Open {

        /// Brings in work and ends it.
        @Actor
        public void work(ZZ_Result r) {
            r.r1 = tryOpen();
            if (r.r1) {
                dispatcher.closeUnit();
            }
        }

        /// Shuts the pool down.
        @Actor
        public void shutdown() {
            dispatcher.shutdown();
        }

        /// Whether the pool has ended.
        @Arbiter
        public void after(ZZ_Result r) {
            r.r2 = dispatcher.isTerminated();
        }
    }

    /// Work that was let in keeps the pool from ending until it is over.
    @JCStressTest
    @Outcome(id = "true, false, true", expect = ACCEPTABLE, desc = "let in and waited for")
    @Outcome(id = "false, true, true", expect = ACCEPTABLE, desc = "refused; nothing to wait for")
    @State
    public static class OpenWork extends Open {

        /// Brings in work.
        @Actor
        public void work(ZZZ_Result r) {
            r.r1 = tryOpen();
        }

        /// Shuts the pool down.
        @Actor
        public void shutdown() {
            dispatcher.shutdown();
        }

        /// Whether the pool has ended before and after the work has.
        @Arbiter
        public void after(ZZZ_Result r) {
            r.r2 = dispatcher.isTerminated();
            if (r.r1) {
                dispatcher.closeUnit();
            }
            r.r3 = dispatcher.isTerminated();
        }
    }

    /// The last work ends while the pool is shut down.
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "it has ended")
    @State
    public static class LastWork extends Open {

        /// Opens the gate for work.
        public LastWork() {
            dispatcher.openUnit();
        }

        /// Ends the work.
        @Actor
        public void work() {
            dispatcher.closeUnit();
        }

        /// Shuts the pool down.
        @Actor
        public void shutdown(ZZ_Result r) {
            dispatcher.shutdown();
            r.r1 = dispatcher.isShutdown();
        }

        /// Whether the pool has ended.
        @Arbiter
        public void after(ZZ_Result r) {
            r.r2 = dispatcher.isTerminated();
        }
    }
}
