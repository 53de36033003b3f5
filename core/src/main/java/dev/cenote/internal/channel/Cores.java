// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.util.concurrent.atomic.AtomicInteger;

/// The processors of this machine, as far as the workers of this JVM use them.
///
/// A worker that has something to do is counted as one busy processor, until its last answer is taken. What is left
/// over may be spent on spinning: here by threads that wait for a worker, and there by a worker that is done, if it was
/// given its work when a processor was left over for this JVM. That worker may spin for some microseconds although
/// others are busy by then; it is told anew each time it is given work. What else runs on the machine is not known;
/// [Spin] notices it because spinning stops to pay.
///
/// Thread-safe.
final class Cores {

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private static final AtomicInteger BUSY = new AtomicInteger();
    private static final AtomicInteger SPINNING = new AtomicInteger();

    private Cores() {}

    /// For threads that wait for a worker.
    static final class HereGate implements Spin.Gate {

        @Override
        public boolean enter() {
            if (SPINNING.incrementAndGet() + BUSY.get() <= PROCESSORS) {
                return true;
            }
            SPINNING.decrementAndGet();
            return false;
        }

        @Override
        public void exit() {
            SPINNING.decrementAndGet();
        }
    }

    /// For the threads of a worker, which its parent tells whether they may.
    static final class WorkerGate implements Spin.Gate {

        private final SharedFile shared;

        WorkerGate(SharedFile shared) {
            this.shared = shared;
        }

        @Override
        public boolean enter() {
            return shared.get(SharedFile.MAY_SPIN) != 0;
        }

        @Override
        public void exit() {}
    }

    /// Counts a worker, which is about to be given work.
    static void busy(SharedFile worker) {
        worker.set(SharedFile.MAY_SPIN, BUSY.incrementAndGet() < PROCESSORS ? 1 : 0);
    }

    /// Ceases to count a worker.
    static void idle() {
        BUSY.decrementAndGet();
    }
}
