// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.cenote.ChildProcess;
import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Worker;
import dev.cenote.WorkerDiedException;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Notes;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A single job in a process of its own, without a pool; the same whatever engine is under test.
public abstract class ChildContract extends EngineContract {

    private final List<ChildProcess<?>> started = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

    private <R> ChildProcess<R> start(Job<R> job) {
        return start(job, c -> c);
    }

    private <R> ChildProcess<R> start(Job<R> job, UnaryOperator<ChildProcess.Config> change) {
        ChildProcess<R> child = ChildProcess.start(job, c -> change.apply(c.output((_, line) -> lines.add(line))));
        started.add(child);
        return child;
    }

    @AfterEach
    void killAll() throws InterruptedException {
        for (ChildProcess<?> child : started) {
            child.kill();
            assertThat(child.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    @Case(150)
    @Needs(Trait.ISOLATED)
    void shouldLive() throws Exception {
        Gate gate = gate();
        String captured = "an argument";
        ChildProcess<List<Object>> child = start(
                () -> gate.pass(List.of(captured, Worker.current().name(), Inputs.pid())), c -> c.name("the child"));
        gate.awaitArrivals(1);
        assertThat(child.isAlive()).isTrue();
        assertThat(child.exitCode()).isEmpty();
        assertThat(child.result()).isNotDone();
        assertThat(ChildProcess.active()).contains(child);
        gate.open();
        child.join();
        assertThat(child.result().join()).containsExactly(captured, "the child", child.pid());
        assertThat(child.exitCode()).hasValue(0);
        assertThat(child.isAlive()).isFalse();
        assertThat(ChildProcess.active()).doesNotContain(child);
    }

    @Test
    @Case(149)
    @Needs(Trait.ISOLATED)
    void shouldBeADaemonOnlyWhenAsked() {
        Gate gate = gate();
        assertThat(start(() -> gate.pass(1)).isDaemon()).isFalse();
        assertThat(start(() -> gate.pass(1), c -> c.daemon(true)).isDaemon()).isTrue();
        assertThat(start(() -> gate.pass(1), c -> c.daemon(false)).isDaemon()).isFalse();
    }

    @Test
    @Case(152)
    @Needs(Trait.ISOLATED)
    void shouldEndWhenItIsStopped() throws Exception {
        Gate gate = gate();
        ChildProcess<Integer> terminated = start(() -> gate.pass(1));
        ChildProcess<Integer> killed = start(() -> gate.pass(2));
        gate.awaitArrivals(2);
        for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThat(terminated.join(none)).isFalse();
        }
        assertThat(terminated.isAlive()).isTrue();
        terminated.terminate();
        killed.kill();
        assertThat(terminated.join(Duration.ofSeconds(10))).isTrue();
        assertThat(killed.join(Duration.ofSeconds(10))).isTrue();
        assertThat(terminated.exitCode()).hasValue(128 + 15);
        assertThat(killed.exitCode()).hasValue(128 + 9);
        for (ChildProcess<?> child : List.of(terminated, killed)) {
            assertThatThrownBy(() -> child.result().join()).hasCauseInstanceOf(WorkerDiedException.class);
        }
    }

    @Test
    @Case(153)
    @Needs(Trait.ISOLATED)
    void shouldHaveChildren() {
        Notes said = notes();
        assertThat(start(() -> {
                            said.add("0");
                            int sum = 0;
                            for (int n = 1; n <= 2; n++) {
                                String name = "0." + n;
                                ChildProcess<Integer> inner = ChildProcess.start(() -> said.add(name));
                                inner.join();
                                sum += inner.result().join();
                            }
                            return sum;
                        })
                        .result()
                        .join())
                .isEqualTo(2 + 3);
        assertThat(said.all()).containsExactly("0", "0.1", "0.2");
    }

    @Test
    @Case(42)
    @Needs(Trait.ISOLATED)
    void shouldHaveAPoolOfItsOwn() {
        assertThat(start(() -> {
                            try (Pool pool = Pool.processes(2)) {
                                return pool.map(Range.of(0, 7), Inputs::square);
                            }
                        })
                        .result()
                        .join())
                .isEqualTo(Inputs.squares(7));
    }

    @Test
    @Case(154)
    @Needs(Trait.ISOLATED)
    void shouldBeWaitedForTogetherWithOtherThings() throws Exception {
        Gate gate = gate();
        ChildProcess<Integer> quick = start(() -> 1);
        ChildProcess<Integer> slow = start(() -> gate.pass(2));
        CompletableFuture<Object> other = new CompletableFuture<>();
        Object first =
                CompletableFuture.anyOf(slow.onExit(), quick.onExit(), other).get(10, TimeUnit.SECONDS);
        assertThat(first).isSameAs(quick);
        assertThat(slow.onExit()).isNotDone();
        gate.open();
        assertThat(slow.onExit().get(10, TimeUnit.SECONDS)).isSameAs(slow);
    }

    @Test
    @Case(156)
    @Needs(Trait.ISOLATED)
    void shouldHaveManySiblings() throws Exception {
        List<ChildProcess<Integer>> quick = new ArrayList<>();
        List<ChildProcess<Integer>> slow = new ArrayList<>();
        Gate gate = gate();
        for (int i = 0; i < 10; i++) {
            int n = i;
            quick.add(start(() -> n));
            ChildProcess<Integer> killed = start(() -> gate.pass(n));
            killed.kill();
            slow.add(killed);
        }
        for (int i = 0; i < 10; i++) {
            quick.get(i).join();
            assertThat(quick.get(i).result().join()).isEqualTo(i);
            assertThat(quick.get(i).exitCode()).hasValue(0);
            slow.get(i).join();
            assertThat(slow.get(i).exitCode()).hasValue(128 + 9);
        }
    }

    @Test
    @Case(157)
    @Needs(Trait.ISOLATED)
    void shouldNotKeepItsJob() {
        List<WeakReference<Object>> captured = new ArrayList<>();
        ChildProcess<Integer> child = startCapturing(captured);
        assertThat(child.result().join()).isEqualTo(5);
        MemoryContract.assertCollected(captured);
    }

    private ChildProcess<Integer> startCapturing(List<WeakReference<Object>> references) {
        StringBuilder object = new StringBuilder("fresh");
        references.add(new WeakReference<>(object));
        return start(object::length);
    }

    @Test
    @Case(158)
    @Needs(Trait.ISOLATED)
    void shouldNotInheritTheOpenFilesOfItsSiblings() {
        assumeThat(Path.of("/proc/self/fd")).isDirectory();
        Gate gate = gate();
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Notes counted = notes();
            start(() -> {
                counted.add(openFiles());
                return gate.pass(1);
            });
            gate.awaitArrivals(i + 1);
            counts.add(Integer.valueOf(counted.all().getFirst()));
        }
        assertThat(counts.getLast()).isLessThanOrEqualTo(counts.getFirst() + 2);
    }

    private static int openFiles() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.count();
        }
    }

    @Test
    @Case(160)
    @Needs(Trait.ISOLATED)
    void shouldPrintWhatItsJobThrowsAndEndWithACode() throws Exception {
        ChildProcess<Integer> failing = start(() -> Failing.run(new IllegalStateException("thrown by a child")));
        failing.join();
        assertThat(failing.exitCode()).hasValue(1);
        assertThat(lines)
                .anyMatch(line -> line.contains("thrown by a child"))
                .anyMatch(line -> line.contains("ChildContract"));
        assertThatThrownBy(() -> failing.result().join())
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("thrown by a child");
        for (int code : new int[] {0, 8}) {
            ChildProcess<Integer> exiting = start(() -> {
                System.exit(code);
                return 0;
            });
            exiting.join();
            assertThat(exiting.exitCode()).hasValue(code);
        }
    }

    @Test
    @Case(161)
    @Needs(Trait.ISOLATED)
    void shouldRunItsShutdownHooks() throws Exception {
        Notes said = notes();
        ChildProcess<Integer> child = start(() -> {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> said.add("bye")));
            return said.add("job");
        });
        child.join();
        assertThat(said.all()).containsExactly("job", "bye");
    }
}
