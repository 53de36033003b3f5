// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.internal.launch.Death.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Starts real JVMs and lets them end in all the ways they can.
class LauncherTest {

    private static final Settings PLAIN = Settings.of(1);

    private final BlockingQueue<OutputLine> output = new LinkedBlockingQueue<>();
    private Launcher launcher;

    @AfterEach
    void close() {
        if (launcher != null) {
            launcher.close();
            assertThat(launcher.folder()).doesNotExist();
        }
    }

    private Child start(String... arguments) throws IOException {
        return start(PLAIN, output::add, arguments);
    }

    private Child start(Settings settings, Consumer<OutputLine> consumer, String... arguments) throws IOException {
        if (launcher == null) {
            launcher = new Launcher(WorkerCommand.of(new Settings(
                    ChildMain.class.getName(),
                    settings.workers(),
                    settings.heap(),
                    settings.jvmArguments(),
                    settings.environment(),
                    settings.workingDirectory(),
                    settings.java())));
        }
        return launcher.start("p-1", List.of(arguments), consumer);
    }

    private static Settings withOptions(String... options) {
        return new Settings("unused", 1, null, List.of(options), Map.of(), null, null);
    }

    private static Death death(Child child) throws Exception {
        return child.death().get(20, TimeUnit.SECONDS);
    }

    private String line() throws InterruptedException {
        OutputLine line = output.poll(20, TimeUnit.SECONDS);
        assertThat(line).isNotNull();
        return line.text();
    }

    // ends

    @Test
    void main_thatReturns_isAnExitWithZero() throws Exception {
        Child child = start("return");
        Death death = death(child);
        assertThat(death.exitCode()).isZero();
        assertThat(death.reason()).isEqualTo(Reason.EXIT);
        assertThat(death.text()).startsWith("worker p-1 (pid " + child.pid() + ") ended by itself with exit code 0");
    }

    @Test
    void exit_isToldWithItsCode() throws Exception {
        Death death = death(start("exit", "3"));
        assertThat(death.exitCode()).isEqualTo(3);
        assertThat(death.reason())
                .as("3 is also the code of an OutOfMemoryError")
                .isEqualTo(Reason.EXIT);
    }

    @Test
    void halt_isToldWithItsCode() throws Exception {
        assertThat(death(start("halt", "77")).exitCode()).isEqualTo(77);
    }

    @Test
    void exception_isInTheLastOutput() throws Exception {
        Death death = death(start("throw"));
        assertThat(death.exitCode()).isEqualTo(1);
        assertThat(death.text()).contains("its main threw");
        assertThat(death.report()).contains("java.lang.IllegalStateException: on purpose");
    }

    @Test
    void ownCodes_areExplained() throws Exception {
        Death death = death(start("halt", Integer.toString(ExitCode.ORPHANED)));
        assertThat(death.reason()).isEqualTo(Reason.WORKER);
        assertThat(death.text()).contains("the process that runs the pool was gone");
    }

    @Test
    void fullHeap_isAnOutOfMemory() throws Exception {
        Death death = death(start(withHeap("16m"), Output.DISCARD, "oom"));
        assertThat(death.reason()).isEqualTo(Reason.OUT_OF_MEMORY);
        assertThat(death.text()).contains("OutOfMemoryError");
    }

    private static Settings withHeap(String heap) {
        return new Settings("unused", 1, heap, List.of(), Map.of(), null, null);
    }

    @Test
    void fullHeap_isAnOutOfMemory_whenTheJvmExits() throws Exception {
        Settings settings = withOptions("-Xmx16m", "-XX:+ExitOnOutOfMemoryError");
        assertThat(death(start(settings, Output.DISCARD, "oom")).reason()).isEqualTo(Reason.OUT_OF_MEMORY);
    }

    @Test
    void fullHeap_isAnOutOfMemory_whenTheJvmCrashes() throws Exception {
        Settings settings = withOptions("-Xmx16m", "-XX:+CrashOnOutOfMemoryError", "-XX:-CreateCoredumpOnCrash");
        Death death = death(start(settings, Output.DISCARD, "oom"));
        assertThat(death.reason()).isEqualTo(Reason.OUT_OF_MEMORY);
        Files.deleteIfExists(death.crashFile());
    }

    @Test
    void kill_isToldWithItsReason() throws Exception {
        Child child = start("wait");
        assertThat(line()).isEqualTo("ready");
        child.kill("item 3 took too long");
        child.kill("it was closed");
        Death death = death(child);
        assertThat(death.reason()).isEqualTo(Reason.KILLED);
        assertThat(death.text()).endsWith("was killed: item 3 took too long");
    }

    @Test
    void kill_ofTheDead_changesNothing() throws Exception {
        Child child = start("exit", "3");
        Death death = death(child);
        child.kill("too late");
        assertThat(death(child)).isSameAs(death);
        assertThat(death.reason()).isEqualTo(Reason.EXIT);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void signalFromOutside_isNotTakenForOurs() throws Exception {
        Child child = start("wait");
        assertThat(line()).isEqualTo("ready");
        child.process().toHandle().destroyForcibly();
        Death death = death(child);
        assertThat(death.exitCode()).isEqualTo(137);
        assertThat(death.reason()).isEqualTo(Reason.SIGNAL);
        assertThat(death.text()).contains("was killed from outside by signal 9 (SIGKILL)");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void crash_bringsTheHeadOfItsReport() throws Exception {
        Child child = start(withOptions("-XX:-CreateCoredumpOnCrash"), output::add, "wait");
        assertThat(line()).isEqualTo("ready");
        new ProcessBuilder("kill", "-SEGV", Long.toString(child.pid())).start().waitFor();
        Death death = death(child);
        assertThat(death.reason()).isEqualTo(Reason.CRASH);
        assertThat(death.text()).contains("crashed: SIGSEGV");
        assertThat(death.crash()).contains("A fatal error has been detected", "Problematic frame");
        assertThat(death.crashFile()).isNotEmptyFile();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(death.crashFile())))
                .isEqualTo("rw-------");
        Files.delete(death.crashFile());
    }

    @Test
    void stuckShutdownHook_endsByAKill() throws Exception {
        Child child = start("stuck");
        assertThat(line()).isEqualTo("ready");
        child.kill("it did not end");
        assertThat(death(child).reason()).isEqualTo(Reason.KILLED);
    }

    @Test
    void wrongOption_isAFailedStart() throws Exception {
        Death death = death(start(withOptions("-XX:NoSuchOption=1"), Output.DISCARD, "return"));
        assertThat(death.reason()).isEqualTo(Reason.NOT_STARTED);
        assertThat(death.text()).contains("did not start: ", "NoSuchOption");
    }

    @Test
    void missingMainClass_isAFailedStart() throws Exception {
        launcher =
                new Launcher(WorkerCommand.of(new Settings("no.such.Main", 1, null, List.of(), Map.of(), null, null)));
        Death death = death(launcher.start("p-1", Output.DISCARD));
        assertThat(death.reason()).isEqualTo(Reason.NOT_STARTED);
        assertThat(death.text()).contains("no.such.Main");
    }

    @Test
    void missingJava_isNamed() {
        Settings settings = new Settings("unused", 1, null, List.of(), Map.of(), null, Path.of("/no/such/java"));
        assertThatThrownBy(() -> start(settings, Output.DISCARD, "return"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no java launcher at /no/such/java");
    }

    @Test
    void missingWorkingDirectory_isNamed(@TempDir Path folder) {
        Path directory = folder.resolve("gone");
        Settings settings = new Settings("unused", 1, null, List.of(), Map.of(), directory, null);
        assertThatThrownBy(() -> start(settings, Output.DISCARD, "return"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("working directory is not there: " + directory);
    }

    // trees

    @Test
    void grandchild_holdsUpNoDeath() throws Exception {
        Child child = start("grandchild");
        ProcessHandle grandchild = grandchild();
        child.stdin().close();
        assertThat(death(child).exitCode()).isZero();
        assertThat(grandchild.isAlive()).as("or this test shows nothing").isTrue();
        grandchild.destroyForcibly();
    }

    @Test
    void kill_takesTheTree() throws Exception {
        Child child = start("grandchild");
        ProcessHandle grandchild = grandchild();
        child.kill("in this test");
        assertThat(death(child).reason()).isEqualTo(Reason.KILLED);
        await().until(() -> !grandchild.isAlive());
    }

    private ProcessHandle grandchild() throws InterruptedException {
        String line = line();
        assertThat(line).startsWith("grandchild ");
        return ProcessHandle.of(Long.parseLong(line.substring("grandchild ".length())))
                .orElseThrow();
    }

    // output

    @Test
    void output_isTaggedAndKept() throws Exception {
        Death death = death(start("print", "both"));
        launcher.close();
        assertThat(output)
                .containsExactlyInAnyOrder(
                        new OutputLine("p-1", false, "to out", 0),
                        new OutputLine("p-1", true, "to err", 0),
                        new OutputLine("p-1", false, "not ended", 0));
        assertThat(death.lastOutput()).containsExactlyInAnyOrder("to out", "to err", "not ended");
    }

    @Test
    void muchOutput_neverBlocks() throws Exception {
        Death death = death(start(PLAIN, Output.DISCARD, "print", "much"));
        assertThat(death.exitCode()).isZero();
        assertThat(death.lastOutput()).hasSize(50).containsOnly("0123456789".repeat(4));
    }

    @Test
    void slowConsumer_holdsUpNoWorker() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Child child = start(
                PLAIN,
                line -> {
                    output.add(line);
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "print",
                "count",
                "20000");
        assertThat(death(child).exitCode()).isZero();
        release.countDown();
        launcher.close();
        assertThat(output).hasSizeLessThan(1_100);
        assertThat(output.stream().mapToLong(line -> 1 + line.lost()).sum())
                .as("each line was given out or counted")
                .isEqualTo(20_000);
        assertThat(List.copyOf(output).getLast().text()).isEqualTo("line 19999");
    }

    @Test
    void brokenConsumer_getsTheNextLine() throws Exception {
        Child child = start(
                PLAIN,
                line -> {
                    output.add(line);
                    throw new UncheckedIOException(new IOException("on purpose"));
                },
                "print",
                "count",
                "3");
        death(child);
        launcher.close();
        assertThat(output).extracting(OutputLine::text).containsExactly("line 0", "line 1", "line 2");
    }

    @Test
    void endlessLine_isCut() throws Exception {
        death(start("print", "long"));
        assertThat(line()).hasSizeLessThan(8_300).endsWith(" ... (91808 more bytes)");
    }

    @Test
    void encodings_areToldApart() throws Exception {
        death(start(withOptions("-Dstdout.encoding=ISO-8859-1"), output::add, "print", "bytes"));
        assertThat(line()).isEqualTo("a\u00e4");
        assertThat(line()).isEqualTo("\u00e4?");
    }

    @Test
    void output_isUtf8() throws Exception {
        death(start("print", "bytes"));
        line();
        assertThat(line()).isEqualTo("\u00e4\u4e16");
    }

    // options

    @Test
    void settings_reachTheWorker(@TempDir Path directory) throws Exception {
        Settings settings = new Settings(
                "unused",
                2,
                "100m",
                List.of("-XX:+UseParallelGC", "-Dgiven=a \"b\" \\ #c"),
                Map.of("GIVEN", "value"),
                directory,
                null);
        death(start(settings, output::add, "tell", "maxHeap", "collectors", "given", "$GIVEN", "directory"));
        assertThat(line()).matches("maxHeap=(9.|100)");
        assertThat(line()).startsWith("collectors=PS ");
        assertThat(line()).isEqualTo("given=a \"b\" \\ #c");
        assertThat(line()).isEqualTo("$GIVEN=value");
        assertThat(line()).isEqualTo("directory=" + directory.toRealPath());
    }

    @Test
    void shares_areDivided() throws Exception {
        int cpus = Runtime.getRuntime().availableProcessors();
        death(start(Settings.of(1_000), output::add, "tell", "cpus", "collectors", "options"));
        assertThat(line()).isEqualTo("cpus=" + Math.min(cpus, 2));
        assertThat(line()).isEqualTo("collectors=Copy");
        assertThat(line()).contains("-XX:MaxRAMPercentage=0.050");
    }

    @Test
    void temporaryFiles_goWithTheWorker() throws Exception {
        death(start("temporary"));
        Path file = Path.of(line());
        assertThat(file.getParent().getParent()).isEqualTo(launcher.folder());
        assertThat(file.getParent()).doesNotExist();
    }

    // folders

    @Test
    void folder_isRestored_whenACleanerHasTakenIt() throws Exception {
        assertThat(death(start("return")).exitCode()).isZero();
        PrivateFolder.delete(launcher.folder());
        assertThat(death(start("return")).exitCode()).isZero();
    }

    @Test
    void close_fromADeath_doesNotWaitForItself() throws Exception {
        Child child = start("wait");
        CompletableFuture<Void> closed = child.death().thenRun(launcher::close);
        child.kill("in this test");
        closed.get(2, TimeUnit.SECONDS);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void folder_isForThisUserAlone() throws Exception {
        launcher = new Launcher(WorkerCommand.of(PLAIN));
        for (Path folder : List.of(launcher.folder(), launcher.memoryFolder())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void close_killsAndDeletes() throws Exception {
        Child child = start("wait");
        Path memory = launcher.memoryFolder();
        assertThat(line()).isEqualTo("ready");
        launcher.close();
        assertThat(child.death()).isCompleted();
        assertThat(death(child).text()).endsWith("was killed: its pool was closed");
        assertThat(launcher.folder()).doesNotExist();
        assertThat(memory).doesNotExist();
        assertThatThrownBy(() -> start("wait")).isInstanceOf(IOException.class).hasMessageContaining("is closed");
    }
}
