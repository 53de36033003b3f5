// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.NotShippableException;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Worker;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Waits;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only pools of processes are told: it reaches the workers of such a pool, and others ignore it.
public abstract class SettingsContract extends EngineContract {

    @Test
    void shouldTakeEverySettingOnEveryEngine(@TempDir Path folder) {
        Pool pool = openWith(
                1,
                c -> c.heap("64m")
                        .jvmArgs("-Dcenote.test=1")
                        .environment("CENOTE_TEST", "2")
                        .directory(folder)
                        .output((_, _) -> {})
                        .maxTasksPerWorker(1_000)
                        .idleTimeout(Duration.ofMinutes(1))
                        .startTimeout(Duration.ofMinutes(1)));
        assertThat(pool.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldTellItsProcessesWhatItWasTold(@TempDir Path folder) throws IOException {
        Pool pool = openWith(
                1,
                c -> c.heap("32m")
                        .jvmArgs("-Dcenote.test=1", "-Dcenote.other=a b")
                        .environment("CENOTE_TEST", "2")
                        .directory(folder));
        assertThat(pool.submit(() -> List.of(
                                System.getProperty("cenote.test"),
                                System.getProperty("cenote.other"),
                                System.getenv("CENOTE_TEST"),
                                Path.of("").toRealPath().toString()))
                        .join())
                .containsExactly("1", "a b", "2", folder.toRealPath().toString());
        assertThat(pool.submit(() -> Runtime.getRuntime().maxMemory()).join()).isLessThanOrEqualTo(32L << 20);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldRefuseAnInitializerOrExitFunctionThatCannotTravel() {
        Object captured = new Object();
        assertThatThrownBy(() -> openWith(1, c -> c.initializer(captured::hashCode)))
                .isInstanceOf(NotShippableException.class);
        assertThatThrownBy(() -> openWith(1, c -> c.exit(captured::hashCode)))
                .isInstanceOf(NotShippableException.class);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldPassOnWhatWorkersPrint() {
        ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        Pool pool = openWith(2, c -> c.output((worker, line) -> lines.add(worker + ": " + line)));
        List<String> names = pool.with(o -> o.chunk(1)).map(Range.of(0, 6), n -> {
            PrintStream to = n % 2 == 0 ? System.out : System.err;
            to.println("line " + n);
            return Worker.current().name() + ": line " + n;
        });
        Waits.eventually("all lines are there", () -> lines.containsAll(names));
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldNotWaitForAConsumerOfOutputThatIsSlow() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(1, c -> c.output((_, _) -> gate.passStubbornly(0)));
        for (int i = 0; i < 3; i++) {
            assertThat(pool.submit(() -> {
                                for (int line = 0; line < 20_000; line++) {
                                    System.out.println("a line that nobody takes");
                                }
                                return 1;
                            })
                            .get(20, TimeUnit.SECONDS))
                    .isEqualTo(1);
        }
        gate.awaitArrivals(1);
        gate.open();
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldNotMindWhatATaskDoesToItsStreams() {
        Pool pool = openWith(1, c -> c.output((_, _) -> {}));
        long pid = pool.submit(Inputs::pid).join();
        assertThat(pool.submit(() -> System.in.read()).join()).isEqualTo(-1);
        pool.submit(() -> {
                    System.out.write(new byte[100_000]);
                    System.out.close();
                    System.err.close();
                    System.in.close();
                })
                .join();
        assertThat(pool.submit(Inputs::pid).join()).isEqualTo(pid);
    }

    @Test
    @Case({80, 117})
    @Needs(Trait.ISOLATED)
    void shouldRunEachWorkerInAProcessOfItsOwn() {
        Gate gate = gate();
        Pool pool = openWith(3);
        var pids = pool.with(o -> o.chunk(1)).mapAsync(Range.of(0, 3), _ -> gate.pass(Inputs.pid()));
        gate.awaitArrivals(3);
        gate.open();
        assertThat(pids.join()).doesNotHaveDuplicates().doesNotContain(Inputs.pid());
        Set<Long> later = new HashSet<>(pool.map(Range.of(0, 100), _ -> Inputs.pid()));
        assertThat(pids.join()).containsAll(later);
        pool.close();
        for (long pid : pids.join()) {
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        }
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldKeepStaticStateApart() {
        Pool pool = openWith(1);
        assertThat(pool.submit(() -> Seen.add("there")).join()).isEqualTo(1);
        assertThat(pool.submit(() -> Seen.add("there again")).join()).isEqualTo(2);
        assertThat(Seen.add("here")).isEqualTo(1);
    }

    /// A class with a variable, of which each process has its own.
    private static final class Seen {

        private static final Set<String> ALL = Collections.synchronizedSet(new HashSet<>());

        static int add(String what) {
            ALL.add(what);
            return ALL.size();
        }
    }
}
