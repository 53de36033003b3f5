// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The processors of this machine, as far as the workers of this JVM use them.
///
/// Each worker is counted as one busy processor. What is left over may be spent on spinning: here by threads that
/// wait for a worker, and there by the workers, if at least one is left over for this JVM. Then workers and spinning
/// threads together are never more than there are processors. What else runs on the machine is not known; [Spin]
/// notices it because spinning stops to pay.
///
/// Thread-safe.
final class Cores {

    private static final AtomicInteger SPINNING = new AtomicInteger();

    /// Guarded by itself.
    private static final List<SharedFile> WORKERS = new ArrayList<>();

    /// The size of the list, and what is left over by it. Written under its lock.
    private static volatile int spare;

    private Cores() {}

    /// For threads that wait for a worker.
    static final class HereGate implements Spin.Gate {

        @Override
        public boolean enter() {
            if (SPINNING.incrementAndGet() <= spare) {
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

    /// Counts a worker.
    static void add(SharedFile worker) {
        synchronized (WORKERS) {
            WORKERS.add(worker);
            tell();
        }
    }

    /// Forgets a worker, before its memory is unmapped.
    static void remove(SharedFile worker) {
        synchronized (WORKERS) {
            WORKERS.remove(worker);
            tell();
        }
    }

    private static void tell() {
        int left = Runtime.getRuntime().availableProcessors() - WORKERS.size();
        spare = left;
        for (SharedFile worker : WORKERS) {
            worker.set(SharedFile.MAY_SPIN, left > 0 ? 1 : 0);
        }
    }
}
