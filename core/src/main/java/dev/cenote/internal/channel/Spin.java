// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

/// Decides, for one waiting thread, whether looking again and again for some microseconds is better than to sleep.
///
/// It must not hurt: a spinning thread takes a processor that a task could have had. So it spins only while there
/// are processors to spare (see [Cores]), and only as long as it pays. Each success earns credit and each failure costs
/// some; without credit it sleeps at once, and tries again after 1, 2, 4 ... 64 waits.
///
/// Such a trial is longer than other spins. Both sides of a channel learn on their own, and two that sleep keep each
/// other asleep: what one waits for is the other's waking up, which takes longer than a spin. The longer trial of
/// one outlasts the waking up of the other and earns credit for some spins; if the other makes a trial meanwhile,
/// both find that the answers come at once. The waits between trials are random, as otherwise the trials of two sides
/// that take turns might never meet.
///
/// For one thread.
final class Spin {

    /// Whether there are processors to spare.
    interface Gate {

        /// {@return whether this thread may spin now; if so, it must say when it has ended}
        boolean enter();

        void exit();
    }

    private static final long SPIN_NANOS = 20_000;
    private static final long TRIAL_NANOS = 50_000;
    private static final int MAX_CREDIT = 8;
    private static final int MAX_PAUSE = 64;

    private final Gate gate;

    private int credit;

    /// How many waits to sleep before the next trial.
    private int left;

    /// About how many there will be if that fails.
    private int pause = 1;

    /// A linear congruential generator.
    private int random = System.identityHashCode(this);

    Spin(Gate gate) {
        this.gate = gate;
    }

    /// {@return for how long to spin; if that is not 0, [#end] must be called}
    long begin() {
        if (credit == 0 && left > 0) {
            left--;
            return 0;
        }
        if (!gate.enter()) {
            return 0;
        }
        return credit > 0 ? SPIN_NANOS : TRIAL_NANOS;
    }

    /// Learns from a spin.
    void end(boolean success) {
        gate.exit();
        if (success) {
            credit = Math.min(MAX_CREDIT, credit + 2);
            pause = 1;
        } else if (credit > 0) {
            credit--;
        } else {
            random = random * 1_664_525 + 1_013_904_223;
            left = pause / 2 + Integer.remainderUnsigned(random >>> 8, pause + 1);
            pause = Math.min(MAX_PAUSE, pause * 2);
        }
    }
}
