// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cenote.internal.classes.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Programs that end while their workers run: nothing of these may be left, neither a process nor a file.
///
/// `-Dstress.rounds=50` kills as many programs, and gives what they have started a second to be gone.
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a worker starts a program of POSIX systems, others get a signal")
class ParentEndTest {

    private static final int ROUNDS = Integer.getInteger("stress.rounds", 4);
    private static final Duration SOON = Duration.ofSeconds(Integer.getInteger("stress.rounds") == null ? 5 : 1);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @TempDir
    private Path folder;

    private Process parent;
    private final List<Long> workers = new ArrayList<>();

    static IntStream rounds() {
        return IntStream.range(0, ROUNDS);
    }

    private void launch(String end) throws IOException {
        Path meetings = Files.createDirectory(folder.resolve("meetings"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParentMain.class.getName(),
                        meetings.toString(),
                        end)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void start(String end) throws IOException {
        launch(end);
        BufferedReader out = new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        assertThat(line).as("the processes of the program").isNotNull();
        Stream.of(line.split(" ")).map(Long::valueOf).forEach(workers::add);
        assertThat(workers).hasSize(ParentMain.PROCESSES).doesNotHaveDuplicates();
    }

    private int awaitParent() throws InterruptedException {
        assertThat(parent.waitFor(20, TimeUnit.SECONDS))
                .as("the program has ended")
                .isTrue();
        return parent.exitValue();
    }

    private void assertThatNothingIsLeft() {
        await().atMost(SOON).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
            assertThat(workers).noneMatch(ParentEndTest::runs);
            assertThat(runningWith(folder)).isEmpty();
            assertThat(files(folder.resolve("tmp"), "cenote-")).isEmpty();
            for (long pid :
                    Stream.concat(Stream.of(parent.pid()), workers.stream()).toList()) {
                assertThat(files(Path.of("/tmp"), "cenote-" + pid + "-")).isEmpty();
                assertThat(files(SHARED_MEMORY, "cenote-" + pid + "-")).isEmpty();
            }
        });
    }

    private static List<Path> files(Path where, String beginning) throws IOException {
        if (!Files.isDirectory(where)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(where)) {
            return all.filter(file -> file.getFileName().toString().startsWith(beginning))
                    .toList();
        }
    }

    /// {@return whether a process runs; one that has ended may be listed until somebody asks for its exit code}
    private static boolean runs(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return !Files.isDirectory(Path.of("/proc/self"))
                    && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
        }
    }

    /// {@return the processes in whose command line a folder is named, where that can be read}
    private static List<Long> runningWith(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()))
                .map(ProcessHandle::pid)
                .filter(ParentEndTest::runs)
                .toList();
    }

    @AfterEach
    void killAll() {
        runningWith(folder).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        workers.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        if (parent != null) {
            parent.destroyForcibly();
        }
    }

    @RepeatedTest(2)
    void returnFromMain_leavesNothing() throws Exception {
        start("return");
        assertThat(awaitParent()).isZero();
        assertThatNothingIsLeft();
    }

    @RepeatedTest(2)
    void exit_leavesNothing() throws Exception {
        start("exit");
        assertThat(awaitParent()).isEqualTo(5);
        assertThatNothingIsLeft();
    }

    @RepeatedTest(2)
    void signal_leavesNothing() throws Exception {
        start("wait");
        parent.toHandle().destroy();
        assertThat(awaitParent()).isEqualTo(143);
        assertThatNothingIsLeft();
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void kill_leavesNothing(int round) throws Exception {
        assertThat(round).isNotNegative();
        start("wait");
        parent.toHandle().destroyForcibly();
        awaitParent();
        assertThatNothingIsLeft();
    }

    /// While its first workers start, or it has not even begun with them.
    @ParameterizedTest
    @MethodSource("rounds")
    void killAtAnyMoment_leavesNothing(int round) throws Exception {
        launch("wait");
        assertThat(parent.waitFor(150 + 977L * round % 1_000, TimeUnit.MILLISECONDS))
                .isFalse();
        workers.addAll(runningWith(folder));
        parent.toHandle().destroyForcibly();
        awaitParent();
        assertThatNothingIsLeft();
    }

    @Test
    void childProcess_isWaitedForAfterMainUnlessItIsADaemon() throws Exception {
        Files.writeString(folder.resolve("Waits.java"), """
                import dev.cenote.*;

                void main() {
                    ChildProcess.start(() -> {
                        Thread.sleep(200); // subject: a child that is waited for
                        IO.println("child");
                    });
                    ChildProcess.start(() -> {
                        Thread.sleep(100_000); // subject: a child that is not
                        IO.println("daemon");
                    }, c -> c.daemon(true));
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> IO.println("hook")));
                    IO.println("main");
                }
                """);
        assertThat(Program.run(folder, "", "java", "Waits.java").lines())
                .containsExactly("main", "[process-1] child", "hook");
    }
}
