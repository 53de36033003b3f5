// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cenote.internal.launch.OwnFolder;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs that are killed while they and their workers use shared memory: nothing of it may be left.
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the next pool deletes what a killed process has left there")
class SharedMemoryEndTest {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @TempDir
    private Path folder;

    private Process program;
    private final List<Long> pids = new ArrayList<>();

    private void start(String mode, List<String> options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + folder);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SharedMemoryMain.class.getName(), mode));
        program = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        assertThat(line).as("the processes of the program").isNotNull();
        Stream.of(line.split(" ")).map(Long::valueOf).forEach(pids::add);
    }

    private void kill(long pid) throws Exception {
        ProcessHandle process = ProcessHandle.of(pid).orElse(null);
        if (process != null) { // a worker may have followed its program already
            process.destroyForcibly();
            process.onExit().get(20, TimeUnit.SECONDS);
        }
    }

    private void assertThatNothingIsLeft(Path... places) throws IOException {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(pids).noneMatch(SharedMemoryEndTest::runs);
            for (Path place : places) {
                assertThat(left(place)).allMatch(file -> file.toString().endsWith(".m") && isEmpty(file));
            }
        });
        for (Path place : places) {
            OwnFolder.sweep(place); // what was killed within some microseconds
            assertThat(left(place)).isEmpty();
        }
    }

    private static boolean runs(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private static boolean isEmpty(Path file) {
        try {
            return Files.size(file) == 0;
        } catch (IOException e) {
            return true; // gone meanwhile
        }
    }

    private List<Path> left(Path where) throws IOException {
        if (!Files.isDirectory(where)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(where)) {
            return all.filter(file -> pids.stream()
                            .anyMatch(pid -> file.getFileName().toString().startsWith("cenote-" + pid + "-")))
                    .toList();
        }
    }

    @AfterEach
    void killAll() {
        if (program != null) {
            program.descendants().forEach(ProcessHandle::destroyForcibly);
            program.destroyForcibly();
        }
        pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alone", "making", "pool"})
    void killedProgram_leavesNothing(String mode) throws Exception {
        start(mode, List.of());
        kill(program.pid());
        assertThatNothingIsLeft(SHARED_MEMORY, folder);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "0,1", "2,1"})
    void programAndWorkersKilledInAnyOrder_leaveNothing(int first, int second) throws Exception {
        start("pool", List.of());
        kill(pids.get(first));
        kill(pids.get(second));
        kill(program.pid());
        assertThatNothingIsLeft(SHARED_MEMORY, folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alone", "pool"})
    void killedProgramWithAFolderOfItsOwn_leavesNothing(String mode) throws Exception {
        Path own = Files.createDirectory(folder.resolve("memory"));
        start(mode, List.of("-Dcenote.memory=" + own));
        if (mode.equals("alone")) {
            assertThat(own).isEmptyDirectory();
        }
        kill(program.pid());
        assertThatNothingIsLeft(SHARED_MEMORY, folder, own);
    }
}
