// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is different with `--engine processes`.
@Timeout(60)
class WorkerProcessesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path dir;

    private static Cli.Result map(String stdin, String... args) {
        String[] all = new String[args.length + 5];
        System.arraycopy(new String[] {"map", "--engine", "processes", "--workers", "1"}, 0, all, 0, 5);
        System.arraycopy(args, 0, all, 5, args.length);
        return Cli.run(stdin, all);
    }

    private static void assertOutput(Cli.Result result, String... lines) {
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).containsExactly(lines);
        assertThat(result.code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "String::length",
                "n -> n.length()",
                "{ record Size(int n) {} return new Size(line.length()).n(); }",
                "new Object() { int size() { return line.length(); } }.size()",
                "Stream.of(line).map(s -> s.length()).findFirst()",
                "switch (line) { case \"cat\" -> 3; default -> Pattern.compile(\"o\").matcher(line).results().count() + 4; }",
            })
    void expression_ofAnyForm_runsInAnotherProcess(String text) {
        assertOutput(map("cat\nhorse\n", text), "3", "5");
    }

    @Test
    void worker_isAnotherProcess() {
        assertThat(map("", "ProcessHandle.current().pid()", "0..1").out().strip())
                .isNotEqualTo(String.valueOf(ProcessHandle.current().pid()))
                .containsOnlyDigits();
    }

    @Test
    void json_isWrittenByTheWorkers() {
        assertOutput(
                map("", "-o", "json", "Map.of(\"n\", n)", "0..2"),
                "{\"index\":0,\"item\":0,\"value\":{\"n\":0}}",
                "{\"index\":1,\"item\":1,\"value\":{\"n\":1}}");
    }

    @Test
    void crash_failsItsLineOnly() {
        Cli.Result result = map("1\n2\n3\n4\n", "-k", "{ if (line.equals(\"2\")) System.exit(7); return line; }");

        assertThat(result.out()).isEqualTo("1\n3\n4\n");
        assertThat(result.err()).matches("""
                        cenote: line 2 failed: worker worker-\\d+ \\(pid \\d+\\) ended by itself with exit code 7 \
                        \\(something in it called System.exit or Runtime.halt\\) \\(item: 2\\)
                        cenote: 1 of 4 items failed
                        """);
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void crash_haltsTheRun_withoutFramesOfThisProgram() {
        Cli.Result result = map("1\n2\n3\n", "{ if (line.equals(\"2\")) Runtime.getRuntime().halt(9); return line; }");

        assertThat(result.out()).isEqualTo("1\n");
        assertThat(result.err())
                .startsWith("cenote: line 2 failed: worker worker-")
                .contains("exit code 9")
                .hasLineCount(1);
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void outOfMemory_failsItsLinesOnly() {
        Cli.Result result = map("", "-k", "--heap", "32m", "n % 2 == 1 ? new byte[1 << 28].length : n", "0..4");

        assertThat(result.out()).isEqualTo("0\n2\n");
        assertThat(result.err()).contains("item 2 failed: java.lang.OutOfMemoryError", "2 of 4 items failed");
    }

    @Test
    void failure_showsTheFramesOfTheUser() {
        Cli.Result result = map("1\nx\n", "n -> {\n  return Integer.parseInt(n); }");

        assertThat(result.out()).isEqualTo("1\n");
        assertThat(result.err()).matches("""
                        cenote: line 2 failed: java.lang.NumberFormatException: For input string: "x" \\(item: x\\)
                            at java.lang.Integer.parseInt\\(Integer.java:\\d+\\)
                            at expression, line 2
                        """);
    }

    @Test
    void timeout_killsWhatDoesNotListen() {
        Cli.Result result =
                map("a\nb\n", "-k", "-t", "1s", "{ while (line.equals(\"a\")) Thread.onSpinWait(); return line; }");

        assertThat(result.out()).isEqualTo("b\n");
        assertThat(result.err()).contains("cenote: line 1 failed: took longer than 1s (item: a)");
    }

    @Test
    void stall_sparesWhatReportsProgress() {
        Cli.Result result = map(
                "a\nb\n",
                "-k",
                "--stall",
                "3s",
                "-i",
                "dev.cenote.Worker",
                "{ while (line.equals(\"a\")) Thread.onSpinWait(); Worker.current().progress(1); return line; }");

        assertThat(result.out()).isEqualTo("b\n");
        assertThat(result.err()).contains("cenote: line 1 failed: reported no progress for 3s (item: a)");
    }

    @Test
    void retries_followACrash() throws IOException {
        Path once = Files.createFile(dir.resolve("once"));

        assertOutput(
                map(
                        once + "\n",
                        "--retries",
                        "1",
                        "{ if (Files.deleteIfExists(Path.of(line))) System.exit(1); return \"again\"; }"),
                "again");
    }

    @Test
    void whatWorkersPrint_isNotAmongTheResults() {
        Cli.Result result =
                map("a\n", "{ System.out.println(\"out \" + line); System.err.println(\"err\"); return line; }");

        assertThat(result.out()).isEqualTo("a\n");
        assertThat(result.err().lines()).containsExactlyInAnyOrder("[worker-1] out a", "[worker-1] err");
        assertThat(result.code()).isZero();
    }

    @Test
    void lastWordsBeforeAFailure_areShown() {
        Cli.Result result = map("a\n", "{ System.out.println(\"going\"); throw new IOException(\"gone\"); }");

        assertThat(result.err()).contains("[worker-1] going\n", "cenote: line 1 failed: java.io.IOException: gone");
    }

    @Test
    void options_reachTheWorkers() {
        assertOutput(
                map(
                        "a\n",
                        "--heap",
                        "48m",
                        "--jvm-arg=-Dcenote.test=x y",
                        "--jvm-arg=-ea",
                        "(Runtime.getRuntime().maxMemory() <= 48 << 20) + System.getProperty(\"cenote.test\")"),
                "truex y");
    }

    @Test
    void maxTasksPerWorker_bringsFreshOnes() {
        Cli.Result result = map("", "--max-tasks-per-worker", "1", "ProcessHandle.current().pid()", "0..3");

        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().distinct()).hasSize(3);
    }

    @Test
    void classPath_reachesTheWorkers() throws IOException {
        Path source = Files.writeString(dir.resolve("Greeter.java"), """
                class Greeter {
                    record Words(String text) {}
                    static String greet(String s) { return new Words("hi " + s).text(); }
                }
                """);
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, OutputStream.nullOutputStream(), null, source.toString()))
                .isZero();

        assertOutput(map("a\n", "-cp", dir.toString(), "Greeter::greet"), "hi a");
    }

    @Test
    void workerThatDoesNotStart_isExplainedOnce() {
        Cli.Result result = map("a\n", "--jvm-arg=-XX:+NoSuchOption", "line");

        assertThat(result.code()).isEqualTo(2);
        List<String> ours =
                result.err().lines().filter(line -> line.startsWith("cenote")).toList();
        assertThat(ours).singleElement().asString().contains("did not start: Unrecognized VM option 'NoSuchOption'");
        assertThat(result.err()).doesNotContain("\tat ");
    }
}
