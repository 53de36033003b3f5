// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// What only a process of its own shows: pipes, signals, memory.
@Timeout(60)
class ProcessTest {

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static String errors(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), UTF_8);
    }

    private static void send(Process process, String text) throws IOException {
        process.getOutputStream().write(text.getBytes(UTF_8));
        process.getOutputStream().flush();
    }

    /// Writes lines without end until nobody reads them.
    private static void feedForever(OutputStream out) {
        Thread.ofVirtual().start(() -> {
            byte[] lines = "y\n".repeat(1000).getBytes(UTF_8);
            try (out) {
                while (true) {
                    out.write(lines);
                }
            } catch (IOException e) {
                // the process has ended, which is what the test waits for
            }
        });
    }

    @Test
    void result_isThereBeforeTheNextLineIs() throws Exception {
        Process process = Cli.start("map", "line + '!'");
        BufferedReader out = process.inputReader(UTF_8);

        send(process, "a\n");
        assertThat(out.readLine()).isEqualTo("a!");
        send(process, "b\nc");
        assertThat(out.readLine()).isEqualTo("b!");
        process.getOutputStream().close();
        assertThat(out.readLine()).isEqualTo("c!");
        assertThat(out.readLine()).isNull();
        assertThat(exitCode(process)).isZero();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void readerThatGoesAway_endsTheRunQuietly() throws Exception {
        Process process = Cli.start("map", "line");
        feedForever(process.getOutputStream());

        try (BufferedReader out = process.inputReader(UTF_8)) {
            assertThat(out.readLine()).isEqualTo("y");
        }
        assertThat(exitCode(process)).isEqualTo(141);
        assertThat(errors(process)).isEmpty();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void readerThatGoesAway_endsAnExpressionThatPrints() throws Exception {
        Process process = Cli.start("map", "System.out.println(line)");
        feedForever(process.getOutputStream());

        try (BufferedReader out = process.inputReader(UTF_8)) {
            assertThat(out.readLine()).isEqualTo("y");
        }
        assertThat(exitCode(process)).isEqualTo(141);
        assertThat(errors(process)).isEmpty();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void interrupt_endsAtOnceWithWholeLines() throws Exception {
        String ignoresInterrupts =
                "{ if (line.equals(\"last\")) while (true) Thread.onSpinWait(); return line.repeat(3); }";
        Process process = Cli.start("map", "--workers", "2", ignoresInterrupts);
        send(process, "a\nb\nlast\n");
        BufferedReader out = process.inputReader(UTF_8);
        assertThat(out.readLine()).isEqualTo("aaa");

        long start = System.nanoTime();
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                .start()
                .waitFor();

        assertThat(exitCode(process)).isEqualTo(130);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(3));
        assertThat(out.lines()).containsExactly("bbb");
        assertThat(errors(process)).isEmpty();
    }

    /// Sends what Ctrl-C sends.
    ///
    /// @param target a process, or a group of processes if it is negative
    private static void sendInterrupt(long target) throws Exception {
        new ProcessBuilder("kill", "-INT", "--", String.valueOf(target)).start().waitFor();
    }

    /// A terminal sends the signal to all processes of the command, the workers too.
    @Test
    @EnabledOnOs(OS.LINUX)
    void interrupt_ofAllProcesses_endsAtOnceAndLeavesNone() throws Exception {
        String sticks = "{ if (line.equals(\"last\")) while (true) Thread.onSpinWait();"
                + " return ProcessHandle.current().pid(); }";
        Process process =
                Cli.startSession("map", "-k", "--engine", "processes", "--workers", "2", "--chunk", "1", sticks);
        send(process, "a\nb\nlast\n");
        BufferedReader out = process.inputReader(UTF_8);
        List<String> workers = out.lines().limit(2).toList();

        long start = System.nanoTime();
        sendInterrupt(-process.pid());

        assertThat(exitCode(process)).isEqualTo(130);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(errors(process)).isEmpty();
        assertThat(workers).allSatisfy(ProcessTest::assertGone);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void interrupt_ofThisProcessOnly_leavesNoWorker() throws Exception {
        Process process = Cli.start(
                "map",
                "--engine",
                "processes",
                "--workers",
                "1",
                "{ if (line.equals(\"last\")) new CountDownLatch(1).await(); return ProcessHandle.current().pid(); }");
        send(process, "a\nlast\n");
        String worker = process.inputReader(UTF_8).readLine();

        sendInterrupt(process.pid());

        assertThat(exitCode(process)).isEqualTo(130);
        assertThat(errors(process)).isEmpty();
        assertGone(worker);
    }

    /// The process is being taken down by others, which may take a moment.
    private static void assertGone(String pid) throws Exception {
        Optional<ProcessHandle> worker = ProcessHandle.of(Long.parseLong(pid));
        if (worker.isPresent()) {
            worker.get().onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void readerThatGoesAway_endsWorkerProcessesToo() throws Exception {
        Process process = Cli.start("map", "--engine", "processes", "ProcessHandle.current().pid()");
        feedForever(process.getOutputStream());

        String worker;
        try (BufferedReader out = process.inputReader(UTF_8)) {
            worker = out.readLine();
        }
        assertThat(exitCode(process)).isEqualTo(141);
        assertThat(errors(process)).isEmpty();
        assertGone(worker);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void interrupt_endsWhenNobodyReads() throws Exception {
        Process process = Cli.start("map", "line.repeat(1000)");
        feedForever(process.getOutputStream());
        InputStream out = process.getInputStream();
        assertThat(out.read()).isEqualTo('y');

        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                .start()
                .waitFor();

        assertThat(exitCode(process)).isEqualTo(130);
        assertThat(errors(process)).isEmpty();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void bar_isRemovedByAnInterrupt() throws Exception {
        Process process = Cli.start(
                List.of("-Dcenote.terminal=true", "-Dcenote.columns=100"), "map", "new CountDownLatch(1).await()");
        send(process, "a\n");
        InputStream err = process.getErrorStream();
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf("items/s") < 0) {
            seen.append((char) err.read());
        }

        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                .start()
                .waitFor();

        assertThat(exitCode(process)).isEqualTo(130);
        assertThat(new String(err.readAllBytes(), UTF_8)).endsWith("\r\u001b[K");
    }

    @Test
    void memory_doesNotGrowWithTheInput() throws Exception {
        Process process = Cli.start(List.of("-Xmx32m"), "map", "n -> n * 2", "0..3_000_000");

        assertThat(process.inputReader(UTF_8).lines().count()).isEqualTo(3_000_000);
        assertThat(exitCode(process)).isZero();
    }

    @Test
    void memory_isBoundedForLargeResultsToo() throws Exception {
        Process process = Cli.start(List.of("-Xmx64m"), "map", "\"x\".repeat(100_000)", "0..5_000");

        assertThat(process.inputReader(UTF_8).lines().count()).isEqualTo(5_000);
        assertThat(errors(process)).isEmpty();
        assertThat(exitCode(process)).isZero();
    }

    @Test
    void exit_inTheExpression_keepsWhatWasPrinted() throws Exception {
        Process process = Cli.start("map", "--engine", "serial", "{ if (n == 2) System.exit(7); return n; }", "0..5");

        assertThat(process.inputReader(UTF_8).lines()).containsExactly("0", "1");
        assertThat(exitCode(process)).isEqualTo(7);
    }
}
