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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Programs that end while their workers run: nothing of these may be left, neither a process nor a file.
@Timeout(60)
class ParentEndTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int ROUNDS = 5;

    @TempDir
    private Path folder;

    private Process parent;
    private final List<Long> workers = new ArrayList<>();

    private void start(String end) throws IOException {
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
        BufferedReader out = new BufferedReader(
                new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        assertThat(line).as("the processes of the program").isNotNull();
        Stream.of(line.split(" ")).map(Long::valueOf).forEach(workers::add);
        assertThat(workers).hasSize(5).doesNotHaveDuplicates();
    }

    private int awaitParent() throws InterruptedException {
        assertThat(parent.waitFor(20, TimeUnit.SECONDS)).as("the program has ended").isTrue();
        return parent.exitValue();
    }

    private void assertThatNothingIsLeft() {
        await().atMost(SOON).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
            assertThat(workers).noneMatch(ParentEndTest::runs);
            assertThat(files(folder.resolve("tmp"), "cenote-")).isEmpty();
            for (long pid : Stream.concat(Stream.of(parent.pid()), workers.stream()).toList()) {
                assertThat(files(Path.of("/tmp"), "cenote-" + pid + "-")).isEmpty();
                assertThat(files(Path.of("/dev/shm"), "cenote-" + pid + "-")).isEmpty();
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

    @AfterEach
    void killAll() {
        workers.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        if (parent != null) {
            parent.destroyForcibly();
        }
    }

    @RepeatedTest(ROUNDS)
    void returnFromMain_leavesNothing() throws Exception {
        start("return");
        assertThat(awaitParent()).isZero();
        assertThatNothingIsLeft();
    }

    @RepeatedTest(ROUNDS)
    void exit_leavesNothing() throws Exception {
        start("exit");
        assertThat(awaitParent()).isEqualTo(5);
        assertThatNothingIsLeft();
    }

    @RepeatedTest(ROUNDS)
    @DisabledOnOs(OS.WINDOWS)
    void signal_leavesNothing() throws Exception {
        start("wait");
        parent.toHandle().destroy();
        assertThat(awaitParent()).isEqualTo(143);
        assertThatNothingIsLeft();
    }

    @RepeatedTest(ROUNDS)
    void kill_leavesNothing() throws Exception {
        start("wait");
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
                        Thread.sleep(200);
                        IO.println("child");
                    });
                    ChildProcess.start(() -> {
                        Thread.sleep(100_000);
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
