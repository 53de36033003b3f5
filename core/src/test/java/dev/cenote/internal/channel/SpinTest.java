// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

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
    void workersMaySpin_onlyWhileProcessorsAreLeft(@TempDir Path folder) throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        List<SharedFile> workers = new ArrayList<>();
        try {
            Cores.HereGate here = new Cores.HereGate();
            for (int i = 1; i <= processors; i++) {
                SharedFile worker = SharedFile.create(folder.resolve("r" + i), 4096, SharedFile::writeZeros);
                workers.add(worker);
                Cores.add(worker);
                boolean left = i < processors;
                for (SharedFile each : workers) {
                    assertThat(new Cores.WorkerGate(each).enter()).isEqualTo(left);
                }
                assertThat(here.enter()).isEqualTo(left);
                if (left) {
                    here.exit();
                }
            }
            Cores.remove(workers.getLast());
            workers.removeLast().close();
            for (SharedFile each : workers) {
                assertThat(new Cores.WorkerGate(each).enter()).isTrue();
            }
            assertThat(here.enter()).as("one is left").isEqualTo(processors > 1 || workers.isEmpty());
            here.exit();
            assertThat(new Cores.WorkerGate(SharedFile.create(folder.resolve("x"), 4096, SharedFile::writeZeros))
                            .enter())
                    .as("a worker that is not counted yet")
                    .isFalse();
        } finally {
            workers.forEach(worker -> {
                Cores.remove(worker);
                worker.close();
            });
        }
    }
}
