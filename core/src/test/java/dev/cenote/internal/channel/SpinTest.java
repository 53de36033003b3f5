// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When a waiting thread spins.
class SpinTest {

    /// Lets everyone in and counts who is inside.
    private static final class Open implements Spin.Gate {
        int inside;

        @Override
        public boolean enter() {
            inside++;
            return true;
        }

        @Override
        public void exit() {
            inside--;
        }
    }

    private final Open gate = new Open();
    private final Spin spin = new Spin(gate);

    @Test
    void firstWait_isATrial() {
        assertThat(spin.begin()).isEqualTo(50_000);
        spin.end(true);
        assertThat(spin.begin()).isEqualTo(20_000);
        spin.end(true);
        assertThat(gate.inside).isZero();
    }

    @Test
    void spinningThatNeverPays_becomesRare() {
        long spun = 0;
        for (int i = 0; i < 10_000; i++) {
            long nanos = spin.begin();
            if (nanos > 0) {
                spun += nanos;
                spin.end(false);
            }
        }
        assertThat(spun / 10_000).as("nanoseconds of a wait").isLessThan(1_500);
        assertThat(gate.inside).isZero();
    }

    @Test
    void spinningThatPaysAgain_isTakenUpAgain() {
        for (int i = 0; i < 1_000; i++) {
            if (spin.begin() > 0) {
                spin.end(false);
            }
        }
        int spins = 0;
        for (int i = 0; i < 1_000; i++) {
            if (spin.begin() > 0) {
                spin.end(true);
                spins++;
            }
        }
        assertThat(spins).isGreaterThan(890);
    }

    @Test
    void oneFailure_doesNotEndGoodTimes() {
        for (int i = 0; i < 10; i++) {
            spin.begin();
            spin.end(true);
        }
        for (int i = 0; i < 8; i++) {
            assertThat(spin.begin()).isEqualTo(20_000);
            spin.end(false);
        }
    }

    @Test
    void spinning_isAllowedWhileProcessorsAreLeftByThoseThatWork(@TempDir Path folder) throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        List<SharedFile> workers = new ArrayList<>();
        int busy = 0;
        try {
            Cores.HereGate here = new Cores.HereGate();
            for (int i = 1; i <= processors; i++) {
                SharedFile worker = SharedFile.create(folder.resolve("r" + i), 4096, SharedFile::writeZeros);
                workers.add(worker);
                assertThat(new Cores.WorkerGate(worker).enter())
                        .as("a worker without work")
                        .isFalse();
                Cores.busy(worker);
                busy++;
                boolean left = i < processors;
                assertThat(new Cores.WorkerGate(worker).enter()).isEqualTo(left);
                assertThat(here.enter()).isEqualTo(left);
                if (left) {
                    here.exit();
                }
            }
            Cores.idle();
            busy--;
            assertThat(here.enter()).as("one is left").isTrue();
            assertThat(here.enter()).as("and is taken").isFalse();
            here.exit();
            Cores.busy(workers.getLast());
            busy++;
            assertThat(here.enter()).as("none is left").isFalse();
        } finally {
            for (int i = 0; i < busy; i++) {
                Cores.idle();
            }
            workers.forEach(SharedFile::close);
        }
    }

    /// Nobody rings, and nobody is heard.
    private static final class Silent implements Doorbell.Bell {

        @Override
        public void ring() {}

        @Override
        public int hear() {
            return 0;
        }

        @Override
        public int listen() {
            return -1;
        }

        @Override
        public void listen(long nanos) {}
    }

    @Test
    void memoryThatIsGone_endsTheSpin() {
        Doorbell.Cells unmapped = new Doorbell.Cells() {
            private int looks;

            @Override
            public long get(int cell) {
                looks++;
                if (looks > 2) {
                    throw new IllegalStateException("unmapped");
                }
                return 0;
            }

            @Override
            public void set(int cell, long value) {}
        };
        Doorbell doorbell = new Doorbell(unmapped, 0, true, new Silent(), spin);
        assertThatThrownBy(() -> doorbell.await(1)).isInstanceOf(IllegalStateException.class);
        assertThat(gate.inside).isZero();
    }
}
