// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Jobs in JVMs of their own, and all the ways in which these end.
@Timeout(60)
class ChildProcessTest {

    private static final int SIGTERM_CODE = 143;
    private static final int SIGKILL_CODE = 137;

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        for (ChildProcess<?> child : ChildProcess.active()) {
            child.kill();
            child.join();
        }
    }

    private ChildProcess.Config quiet(ChildProcess.Config config) {
        return config.output((name, line) -> lines.add(line));
    }

    private static void sleep() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE); // subject: a job that never ends by itself
    }

    /// Starts a child that does not end, and waits until its job runs.
    private ChildProcess<?> sleeper(VoidJob first) throws IOException {
        Path begun = Files.createTempDirectory(folder, "sleeper").resolve("begun");
        String path = begun.toString();
        ChildProcess<?> child = ChildProcess.start(
                () -> {
                    first.call();
                    Files.createFile(Path.of(path));
                    sleep();
                },
                this::quiet);
        await().until(() -> Files.exists(begun) || !child.isAlive());
        return child;
    }

    // ---- life

    @Test
    void job_runsInAProcessOfItsOwn() throws Exception {
        ChildProcess<List<Object>> child = ChildProcess.start(() -> List.of(
                ProcessHandle.current().pid(),
                ProcessHandle.current().parent().orElseThrow().pid(),
                Worker.current().name()));
        assertThat(child.pid()).isPositive().isEqualTo(child.toHandle().pid());
        assertThat(child.isDaemon()).isFalse();
        assertThat(child.name()).startsWith("process-");
        child.join();
        assertThat(child.result())
                .isCompletedWithValue(
                        List.of(child.pid(), ProcessHandle.current().pid(), child.name()));
        assertThat(child.isAlive()).isFalse();
        assertThat(child.exitCode()).hasValue(0);
        assertThat(child).hasToString("ChildProcess[" + child.name() + ", pid " + child.pid() + ", ended with 0]");
        child.join(); // again
        child.terminate();
        child.kill();
        assertThat(child.exitCode()).hasValue(0);
    }

    @Test
    void jobWithoutResult_endsWithNull() throws Exception {
        ChildProcess<?> child = ChildProcess.start(() -> {});
        assertThat(child.result().get(30, TimeUnit.SECONDS)).isNull();
        child.join();
        assertThat(child.exitCode()).hasValue(0);
    }

    @Test
    void runningChild_isAliveAndActive() throws Exception {
        ChildProcess<?> child = sleeper(() -> {});
        assertThat(child.isAlive()).isTrue();
        assertThat(child.exitCode()).isEmpty();
        assertThat(child.result()).isNotDone();
        assertThat(child.onExit()).isNotDone();
        assertThat(ChildProcess.active().stream().map(ChildProcess::pid)).containsExactly(child.pid());
        assertThat(child.join(Duration.ZERO)).isFalse();
        assertThat(child.join(Duration.ofSeconds(-1))).isFalse();
        assertThat(child.join(Duration.ofMillis(20))).isFalse();
        assertThat(child).asString().endsWith("alive]");
        child.kill();
        assertThat(child.join(Duration.ofSeconds(20))).isTrue();
        assertThat(ChildProcess.active()).isEmpty();
        assertThat(child.onExit().get(10, TimeUnit.SECONDS).exitCode()).hasValue(SIGKILL_CODE);
    }

    @Test
    void join_isInterruptible() throws Exception {
        ChildProcess<?> child = sleeper(() -> {});
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiting = Thread.ofPlatform().start(() -> thrown.complete(catchThrowable(child::join)));
        waiting.interrupt();
        assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(child.isAlive()).isTrue();
    }

    @Test
    void resultIsThere_beforeTheProcessHasEnded() throws Exception {
        String signal = folder.resolve("signal").toString();
        ChildProcess<Integer> child = ChildProcess.start(() -> {
            Thread.ofPlatform().start(() -> {
                while (!Files.exists(Path.of(signal))) {
                    try {
                        Thread.sleep(5); // subject: a thread that goes on when the job has ended
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            return 42;
        });
        assertThat(child.result().get(30, TimeUnit.SECONDS)).isEqualTo(42);
        assertThat(child.join(Duration.ofMillis(50))).isFalse();
        assertThat(child.isAlive()).isTrue();
        Files.createFile(Path.of(signal));
        assertThat(child.join(Duration.ofSeconds(20))).isTrue();
        assertThat(child.exitCode()).hasValue(0);
    }

    @Test
    void whatIsAttachedToTheResult_mayWaitForTheProcess() throws Exception {
        ChildProcess<Integer> child = ChildProcess.start(() -> 1);
        CompletableFuture<Integer> code = child.result().thenApply(value -> {
            try {
                child.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return child.exitCode().orElseThrow();
        });
        assertThat(code.get(30, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void shutdownHooksAndLastWords_comeBeforeJoinReturns() throws Exception {
        ChildProcess<?> child = ChildProcess.start(
                () -> {
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.print("last words")));
                    System.out.println("first words");
                },
                this::quiet);
        child.join();
        assertThat(lines).containsExactly("first words", "last words");
    }

    @Test
    void childOfAChild_isNamedAfterItAndWaitedForByIt() throws Exception {
        ChildProcess<String> child = ChildProcess.start(
                () -> {
                    ChildProcess<?> inner = ChildProcess.start(() -> {
                        Thread.sleep(100); // subject: a grandchild that lives longer than the job of its parent
                        System.out.println("grandchild");
                    });
                    return inner.name();
                },
                this::quiet);
        child.join();
        assertThat(child.result().join()).isEqualTo(child.name() + ":1");
        assertThat(lines).containsExactly("[" + child.name() + ":1] grandchild");
    }

    @Test
    void job_isNotKept() throws Exception {
        Object[] kept = {new byte[1]};
        WeakReference<Object> job = startWith(kept);
        for (ChildProcess<?> child : ChildProcess.active()) {
            child.result().join();
        }
        await().until(() -> {
            System.gc();
            return job.get() == null;
        });
    }

    private WeakReference<Object> startWith(Object[] captured) throws IOException {
        Job<Integer> job = () -> captured.length;
        var _ = ChildProcess.start(job);
        return new WeakReference<>(job);
    }

    @Test
    void manyChildren_allEndInOrder() throws Exception {
        List<ChildProcess<Integer>> children = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int n = i;
            children.add(ChildProcess.start(() -> n * n, c -> c.name("square-" + n)));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(children.get(i).result().get(30, TimeUnit.SECONDS)).isEqualTo(i * i);
            children.get(i).join();
            assertThat(children.get(i).exitCode()).hasValue(0);
            assertThat(children.get(i).name()).isEqualTo("square-" + i);
        }
    }

    // ---- failures

    private static void fail() {
        throw new IllegalArgumentException("on purpose", new IOException("below"));
    }

    @Test
    void exceptionOfTheJob_isTheResultAndIsPrinted() throws Exception {
        ChildProcess<?> child = ChildProcess.start(() -> fail(), c -> quiet(c).name("failing"));
        child.join();
        assertThat(child.exitCode()).hasValue(1);
        assertThat(child.result())
                .isCompletedExceptionally()
                .failsWithin(0, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .withMessage("on purpose")
                .havingCause()
                .isExactlyInstanceOf(IOException.class);
        assertThat(lines.getFirst())
                .isEqualTo("Exception in thread \"failing\" java.lang.IllegalArgumentException: on purpose");
        assertThat(lines.get(1)).contains("ChildProcessTest.fail(ChildProcessTest.java:");
        assertThat(lines).noneMatch(line -> line.contains("dev.cenote.internal"));
        assertThat(lines).contains("Caused by: java.io.IOException: below");
    }

    @Test
    void outOfMemory_isTheResult() throws Exception {
        ChildProcess<Integer> child = ChildProcess.start(
                () -> {
                    long[][] all = new long[1_000][];
                    for (int i = 0; i < all.length; i++) {
                        all[i] = new long[1 << 20];
                    }
                    return all.length;
                },
                c -> quiet(c).heap("24m"));
        child.join();
        assertThat(child.exitCode()).hasValue(1);
        assertThat(catchThrowable(() -> child.result().join())).hasCauseInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void jobThatCannotTravel_isRefusedAtTheCall() {
        Object local = new Object();
        assertThatThrownBy(() -> ChildProcess.start(() -> local.hashCode()))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContaining("local");
        assertThat(ChildProcess.active()).isEmpty();
    }

    @Test
    void resultThatCannotTravel_isSaidSo() throws Exception {
        ChildProcess<Object> child = ChildProcess.start(() -> new Object(), this::quiet);
        assertThat(catchThrowable(() -> child.result().join())).hasCauseInstanceOf(NotShippableException.class);
        child.join();
        assertThat(child.exitCode()).hasValue(0);
    }

    @Test
    void exitByTheJob_hasItsCode() throws Exception {
        for (int code : List.of(0, 3)) {
            ChildProcess<?> child = ChildProcess.start(() -> System.exit(code), this::quiet);
            child.join();
            assertThat(child.exitCode()).hasValue(code);
            assertThat(died(child).exitCode()).isEqualTo(code);
            assertThat(died(child).pid()).isEqualTo(child.pid());
        }
    }

    private static WorkerDiedException died(ChildProcess<?> child) {
        Throwable thrown = catchThrowable(() -> child.result().join());
        assertThat(thrown).isInstanceOf(CompletionException.class).hasCauseInstanceOf(WorkerDiedException.class);
        return (WorkerDiedException) thrown.getCause();
    }

    @Test
    void jvmThatDoesNotStart_isADeath() throws Exception {
        ChildProcess<Integer> child = ChildProcess.start(() -> 1, c -> quiet(c).jvmArgs("-XX:NoSuchOption=1"));
        child.join();
        assertThat(child.exitCode()).hasValue(1);
        assertThat(died(child).reason()).isEqualTo("NOT_STARTED");
        assertThat(died(child)).hasMessageContaining("NoSuchOption");
    }

    @Test
    void commandThatIsNotThere_isSaidAtTheCall() {
        assertThatThrownBy(() -> ChildProcess.start(() -> 1, c -> c.java(folder.resolve("java"))))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("there is no java launcher at " + folder.resolve("java"));
        assertThat(ChildProcess.active()).isEmpty();
    }

    @Test
    void valueThatCannotBeMeant_isRefused() {
        assertThatThrownBy(() -> ChildProcess.start(() -> 1, c -> c.heap("much")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("much");
    }

    // ---- killing

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void terminate_letsShutdownHooksRun() throws Exception {
        ChildProcess<?> child =
                sleeper(() -> Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("terminated"))));
        child.terminate();
        child.join();
        assertThat(child.exitCode()).hasValue(SIGTERM_CODE);
        assertThat(died(child).reason()).isEqualTo("SIGNAL");
        assertThat(lines).containsExactly("terminated");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void terminate_rightAfterTheStart_isASignalToo() throws Exception {
        List<ChildProcess<?>> children = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ChildProcess<?> child = ChildProcess.start(() -> sleep(), this::quiet);
            child.terminate();
            children.add(child);
        }
        for (ChildProcess<?> child : children) {
            child.join();
            assertThat(child.exitCode()).hasValue(SIGTERM_CODE);
            assertThat(died(child).exitCode()).isEqualTo(SIGTERM_CODE);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void kill_takesTheChildrenAlong() throws Exception {
        String pidFile = folder.resolve("pid").toString();
        ChildProcess<?> child = sleeper(() -> {
            Process inner = new ProcessBuilder("sleep", "60").start();
            Files.writeString(Path.of(pidFile), Long.toString(inner.pid()));
        });
        long inner = Long.parseLong(Files.readString(Path.of(pidFile)));
        assertThat(ProcessHandle.of(inner)).isPresent();
        child.kill();
        child.join();
        assertThat(child.exitCode()).hasValue(SIGKILL_CODE);
        assertThat(died(child)).hasMessageContaining("was killed: its kill() was called");
        assertThat(died(child).reason()).isEqualTo("KILLED");
        await().until(() ->
                ProcessHandle.of(inner).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void cancelOfTheResult_killsTheProcess() throws Exception {
        ChildProcess<?> child = sleeper(() -> {});
        assertThat(child.result().thenApply(value -> value).cancel(true))
                .as("a dependent")
                .isTrue();
        assertThat(child.isAlive()).isTrue();
        assertThat(child.result().cancel(false)).isTrue();
        assertThat(child.isAlive()).isTrue();
        child.kill();
        child.join();
        assertThat(child.result()).isCancelled();

        ChildProcess<?> other = sleeper(() -> {});
        assertThat(other.result().cancel(true)).isTrue();
        other.join();
        assertThat(other.exitCode()).hasValue(SIGKILL_CODE);
    }

    @Test
    void killAfterTheResult_leavesTheResult() throws Exception {
        ChildProcess<Integer> child = ChildProcess.start(() -> {
            Thread.ofPlatform().start(() -> {
                try {
                    sleep();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            return 7;
        });
        assertThat(child.result().get(30, TimeUnit.SECONDS)).isEqualTo(7);
        child.kill();
        child.join();
        assertThat(child.exitCode()).hasValue(SIGKILL_CODE);
        assertThat(child.result()).isCompletedWithValue(7);
    }

    // ---- configuration

    @Test
    void configuration_reachesTheProcess() throws Exception {
        ChildProcess<List<String>> child = ChildProcess.start(
                () -> List.of(
                        Path.of("").toAbsolutePath().toString(),
                        System.getenv("CENOTE_TEST"),
                        System.getProperty("cenote.test"),
                        System.getProperty("cenote.other"),
                        Long.toString(Runtime.getRuntime().maxMemory() >> 20)),
                c -> c.name("configured")
                        .daemon(true)
                        .directory(folder)
                        .environment("CENOTE_TEST", "value")
                        .jvmArgs("-Dcenote.test=one")
                        .jvmArgs("-Dcenote.other=two")
                        .startTimeout(Duration.ofSeconds(30))
                        .heap("64m"));
        assertThat(child.isDaemon()).isTrue();
        assertThat(child.name()).isEqualTo("configured");
        List<String> got = child.result().get(30, TimeUnit.SECONDS);
        assertThat(got.subList(0, 4)).containsExactly(folder.toRealPath().toString(), "value", "one", "two");
        assertThat(Integer.parseInt(got.get(4))).isBetween(56, 64);
    }

    @Test
    void output_isPrintedWithTheNameUnlessTaken() throws Exception {
        CountDownLatch named = new CountDownLatch(1);
        ChildProcess<?> child = ChildProcess.start(
                () -> System.err.println("to standard error"),
                c -> c.name("talking").output((name, line) -> {
                    if (name.equals("talking") && line.equals("to standard error")) {
                        named.countDown();
                    }
                }));
        child.join();
        assertThat(named.getCount()).isZero();
    }
}
