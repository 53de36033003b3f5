// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Options;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MapCommandTest {

    private static final String THOUSAND =
            IntStream.rangeClosed(1, 1000).mapToObj(i -> i + "\n").collect(Collectors.joining());

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path dir;

    private static void assertOutput(Cli.Result result, String... lines) {
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).containsExactly(lines);
        assertThat(result.code()).isZero();
    }

    private static void assertRefused(Cli.Result result, String... parts) {
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(parts).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual", "processes", "THREADS"})
    void engines_giveTheSameInOrder(String engine) {
        Cli.Result result = Cli.run(THOUSAND, "map", "n -> Long.parseLong(n) * 2", "--engine", engine);

        assertOutput(
                result, IntStream.rangeClosed(1, 1000).mapToObj(i -> "" + 2 * i).toArray(String[]::new));
    }

    @Test
    void unordered_givesAllInAnyOrder() {
        Cli.Result result = Cli.run(THOUSAND, "map", "line", "--unordered", "--workers", "3", "--chunk", "7");

        assertThat(result.out().lines())
                .containsExactlyInAnyOrderElementsOf(THOUSAND.lines().toList());
        assertThat(result.code()).isZero();
    }

    @Test
    void chunkLargerThanTheInput_doesNotWait() {
        assertOutput(Cli.run("a\nb\n", "map", "line", "--chunk", "100000"), "a", "b");
    }

    @Test
    void workers_runAtTheSameTime() {
        String meeting = "{ System.getProperties().computeIfAbsent(\"cenote.meeting\", k -> new CyclicBarrier(4));"
                + " ((CyclicBarrier) System.getProperties().get(\"cenote.meeting\")).await(); return line; }";

        assertOutput(Cli.run("a\nb\nc\nd\n", "map", meeting, "--workers", "4", "--chunk", "1"), "a", "b", "c", "d");
    }

    @Test
    void results_becomeLines() {
        assertOutput(Cli.run("a\n", "map", "x -> null"));
        assertOutput(Cli.run("a\nb\n", "map", "line.equals(\"b\") ? line : null"), "b");
        assertOutput(Cli.run("a b\n\nc\n", "map", "Stream.of(line.split(\" \"))"), "a", "b", "", "c");
        assertOutput(Cli.run("a b\n", "map", "line.split(\" \")"), "a", "b");
        assertOutput(Cli.run("a\n", "map", "List.of(1, List.of(2, 3))"), "1", "2", "3");
        assertOutput(Cli.run("a\n", "map", "List.of()"));
        assertOutput(Cli.run("a\n", "map", "IntStream.range(0, 2)"), "0", "1");
        assertOutput(Cli.run("a\n", "map", "Optional.of(line)"), "a");
        assertOutput(Cli.run("a\n", "map", "Optional.empty()"));
        assertOutput(Cli.run("a\n", "map", "Map.of(1, 2)"), "{1=2}");
        assertOutput(Cli.run("a/b\n", "map", "Path.of(line).getParent()"), "a");
        assertOutput(Cli.run("ä\n", "map", "line.getBytes(StandardCharsets.UTF_8)"), "ä");
        assertOutput(Cli.run("a\n", "map", "line.isEmpty()"), "false");
    }

    @Test
    void ranges_areItems() {
        assertOutput(Cli.run("", "map", "n * n", "0..4"), "0", "1", "4", "9");
        assertOutput(Cli.run("", "map", "x -> x", "-2..=0"), "-2", "-1", "0");
        assertOutput(Cli.run("", "map", "--workers", "1", "n", "-5..-4", "--unordered"), "-5");
        assertOutput(Cli.run("", "map", "n", "3..0"));
        assertOutput(Cli.run("", "map", "n", "4_000_000_000..=4_000_000_001"), "4000000000", "4000000001");
    }

    @Test
    void files_areReadOneAfterTheOther() throws IOException {
        Path first = Files.writeString(dir.resolve("a b"), "1\n2");
        Path second = Files.writeString(dir.resolve("0..3"), "3\r\n");

        assertOutput(Cli.run("in\n", "map", "line", first.toString(), "-", second.toString()), "1", "2", "in", "3");
        assertOutput(Cli.run(
                "", "map", "line", Files.createFile(dir.resolve("empty")).toString()));
        assertOutput(Cli.run("a\0b\nc\0", "map", "-0", "line.length()"), "1", "3");
    }

    @Test
    void inputThatCannotBeRead_isRefused() {
        assertRefused(Cli.run("", "map", "line", "no such"), "cenote: no such file: no such\n");
        assertRefused(Cli.run("", "map", "line", dir.toString()), "cenote: is a directory: " + dir);
        assertRefused(Cli.run("", "map", "n", "0..99999999999999999999"), "does not fit into 64 bits");
        assertRefused(Cli.run("", "map", "n", "0..3", "-"), "a range is an input of its own");
    }

    @Test
    void inputThatFailsLater_isReportedAfterWhatCameBefore() {
        InputStream broken = new InputStream() {
            private final InputStream good = new ByteArrayInputStream("a\nb\n".getBytes(StandardCharsets.UTF_8));

            @Override
            public int read() throws IOException {
                int b = good.read();
                if (b < 0) {
                    throw new IOException("disk on fire");
                }
                return b;
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                return good.available() > 0 ? good.read(bytes, from, length) : read();
            }
        };

        Cli.Result result = Cli.run(broken, "map", "line");

        assertThat(result.out()).isEqualTo("a\nb\n");
        assertThat(result.err()).isEqualTo("cenote: cannot read the input: disk on fire\n");
        assertThat(result.code()).isEqualTo(2);
    }

    @Test
    void failure_haltsAndShowsTheFramesOfTheUser() {
        Cli.Result result = Cli.run("1\nx\n3\n", "map", "n -> {\n  return Integer.parseInt(n); }");

        assertThat(result.out()).isEqualTo("1\n");
        assertThat(result.err()).matches("""
                        cenote: line 2 failed: java.lang.NumberFormatException: For input string: "x" \\(item: x\\)
                            at java.lang.Integer.parseInt\\(Integer.java:\\d+\\)
                            at expression, line 2
                        """);
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void failure_showsItsCauses() {
        Cli.Result result =
                Cli.run("a\n", "map", "{ throw new IllegalStateException(line, new IOException(\"why\")); }");

        assertThat(result.err()).contains("IllegalStateException: a", "\n  caused by java.io.IOException: why\n");
    }

    @Test
    void failure_cannotSpeakToTheTerminal() {
        Cli.Result result = Cli.run("a\u001b[31m\tb\n", "map", "Integer::parseInt");

        assertThat(result.err()).doesNotContain("\u001b").contains("(item: a [31m b)");
    }

    @Test
    void keepGoing_reportsEachAndGoesOn() {
        Cli.Result result = Cli.run("1\nx\n3\ny\n", "map", "Integer::parseInt", "--keep-going");

        assertThat(result.out()).isEqualTo("1\n3\n");
        assertThat(result.err()).isEqualTo("""
                        cenote: line 2 failed: java.lang.NumberFormatException: For input string: "x" (item: x)
                        cenote: line 4 failed: java.lang.NumberFormatException: For input string: "y" (item: y)
                        cenote: 2 of 4 items failed
                        """);
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void haltOnError_isTheDefaultSaid() {
        assertThat(Cli.run("x\n1\n", "map", "Integer::parseInt", "--halt-on-error")
                        .out())
                .isEmpty();
    }

    @Test
    void json_isOneObjectPerItem() {
        Cli.Result result = Cli.run("1\n\"x\n", "map", "Integer::parseInt", "--output", "json", "--keep-going");

        assertThat(result.out()).isEqualTo("""
                        {"index":0,"item":"1","value":1}
                        {"index":1,"item":"\\"x","error":{"type":"java.lang.NumberFormatException",\
                        "message":"For input string: \\"\\"x\\""},"attempts":1}
                        """);
        assertThat(result.err()).isEqualTo("cenote: 1 of 2 items failed\n");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void json_keepsNullAndTypes() {
        assertOutput(
                Cli.run("", "map", "-o", "json", "n == 0 ? null : Map.of(\"n\", n)", "0..2"),
                "{\"index\":0,\"item\":0,\"value\":null}",
                "{\"index\":1,\"item\":1,\"value\":{\"n\":1}}");
    }

    @Test
    void valueThatCannotBeWritten_failsItsItemOnly() {
        Cli.Result result = Cli.run(
                "a\nb\n",
                "map",
                "-k",
                "new Object() { public String toString() { return line + 1 / (line.charAt(0) - 97); } }");

        assertThat(result.out()).isEqualTo("b1\n");
        assertThat(result.err()).contains("line 1 failed: java.lang.ArithmeticException");
    }

    @Test
    void timeout_failsTheItem() {
        Cli.Result result = Cli.run(
                "a\nb\n",
                "map",
                "-k",
                "-t",
                "200ms",
                "{ if (line.equals(\"a\")) new CountDownLatch(1).await(); return line; }");

        assertThat(result.out()).isEqualTo("b\n");
        assertThat(result.err()).contains("cenote: line 1 failed: took longer than 0.2s (item: a)");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void retries_startAFailedItemAgain() {
        String failsTwice = "{ var k = \"cenote.retries.\" + line; int n = Integer.getInteger(k, 0) + 1;"
                + " System.setProperty(k, \"\" + n); if (n < 3) throw new IOException(\"no\"); return n; }";

        assertOutput(Cli.run("a\n", "map", failsTwice, "--retries", "2"), "3");
        assertThat(Cli.run("b\n", "map", failsTwice, "--retries", "1").err()).contains("failed after 2 attempts");
    }

    @Test
    void stall_failsTheItemThatIsSilent() {
        Cli.Result result = Cli.run(
                "a\nb\n",
                "map",
                "-k",
                "--stall",
                "200ms",
                "{ if (line.equals(\"a\")) new CountDownLatch(1).await(); return line; }");

        assertThat(result.out()).isEqualTo("b\n");
        assertThat(result.err()).contains("cenote: line 1 failed: reported no progress for 0.2s (item: a)");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void stall_sparesTheItemThatReports() {
        assertOutput(
                Cli.run(
                        "1\n",
                        "map",
                        "-i",
                        "dev.cenote.Worker",
                        "--stall",
                        "2s",
                        "{ Worker.current().progress(0.5); return Worker.current().attempt(); }"),
                "1");
    }

    @Test
    void backoff_letsAFailedItemWait() {
        String fails = "{ if (System.setProperty(\"cenote.backoff.\" + line, \"\") == null) throw new IOException(); "
                + "return System.nanoTime(); }";
        long start = System.nanoTime();

        Cli.Result result = Cli.run("a\n", "map", fails, "-r", "1", "--backoff", "500ms..1s");

        long nanos = Long.parseLong(result.out().strip()) - start;
        assertThat(Duration.ofNanos(nanos)).isGreaterThanOrEqualTo(Duration.ofMillis(250));
    }

    @ParameterizedTest
    @CsvSource({"200ms, 200, 60000", "2m, 120000, 120000", "1s..10s, 1000, 10000", "1..1, 1000, 1000"})
    void backoff_isAPauseOrTwo(String text, long first, long limit) {
        assertThat(new Backoffs().convert(text))
                .isEqualTo(new Options.Backoff(Duration.ofMillis(first), Duration.ofMillis(limit)));
    }

    @Test
    void imports_mayBeWrittenInSeveralWays() {
        assertOutput(
                Cli.run(
                        "a\n",
                        "map",
                        "-i",
                        "java.util.zip.CRC32;java.util.logging.*",
                        "-i",
                        "import static java.lang.Long.*;",
                        "-i",
                        "module java.sql",
                        "new CRC32().getValue() + parseLong(\"1\") + \"\" + Level.INFO + Types.NULL"),
                "1INFO0");
    }

    @Test
    void classPath_bringsClassesOfTheUser() throws IOException {
        Path source = Files.writeString(
                dir.resolve("Greeter.java"), "class Greeter { static String greet(String s) { return \"hi \" + s; } }");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, OutputStream.nullOutputStream(), null, source.toString()))
                .isZero();

        assertOutput(Cli.run("a\n", "map", "-cp", dir.toString(), "Greeter::greet"), "hi a");
        assertRefused(Cli.run("a\n", "map", "Greeter::greet"), "expression:1:1: error: cannot find symbol");
        assertRefused(
                Cli.run("a\n", "map", "-cp", "/no/such.jar", "line"), "no such file or directory on the class path");
    }

    @Test
    void ownClasses_areHiddenFromTheExpression() {
        assertRefused(Cli.run("a\n", "map", "picocli.CommandLine.VERSION"), "package picocli does not exist");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "map --engine thread line     | did you mean threads?",
                "map --engine spark line      | there is no engine 'spark', only serial, threads, virtual, processes",
                "map --enginee threads line   | Did you mean: --engine?",
                "map --output xml line        | there is no format 'xml', only text, json",
                "map --workers 0 line         | --workers must be 1 or more, not 0",
                "map --workers x line         | 'x' is not an int",
                "map --engine serial -w 2 line | --engine serial has one worker, not 2",
                "map --heap 1g line           | --heap is for worker processes, so it needs --engine processes",
                "map --jvm-arg=-ea line       | --jvm-arg is for worker processes, so it needs --engine processes",
                "map --max-tasks-per-worker 1 -e virtual line | --max-tasks-per-worker is for worker processes",
                "map -e processes --heap 1x line | --heap must be a size such as 512m or 2g, not '1x'",
                "map -e processes --jvm-arg ea line | --jvm-arg must be an option of the JVM with its value",
                "map -e processes --jvm-arg=-jar line | -jar is not for the workers of a pool to choose",
                "map -e processes --max-tasks-per-worker 0 line | --max-tasks-per-worker must be 1 or more, not 0",
                "map --chunk 0 line           | --chunk must be 1 or more, not 0",
                "map --retries -1 line        | --retries must be 0 or more, not -1",
                "map --timeout soon line      | 'soon' is not a duration such as 30s",
                "map --stall 0s line          | '0s' is not longer than zero",
                "map --backoff 1s line        | --backoff is for items that are tried again, so it needs --retries",
                "map -r 1 --backoff x line    | 'x' is not a duration such as 30s",
                "map -r 1 --backoff 1s.. line | '' is not a duration such as 30s",
                "map -r 1 --backoff 2s..1s line | the longest pause in '2s..1s' is shorter than the first",
                "map -k --halt-on-error line  | --keep-going, --halt-on-error are mutually exclusive",
                "map                          | Missing required parameter: 'EXPRESSION'",
                "mapp line                    | Did you mean: map?",
                "String::length | Did you mean: cenote map 'String::length'?",
            })
    void badArguments_areExplained(String args, String expected) {
        assertRefused(Cli.run("", args.split(" +")), expected);
    }

    @Test
    void noCommand_isExplained() {
        assertRefused(Cli.run(""), "cenote: a command is missing");
    }

    @Test
    void help_teachesByExample() {
        Cli.Result help = Cli.run("", "map", "--help");

        assertOutput(help, help.out().lines().toArray(String[]::new));
        assertThat(help.out()).contains("seq 5 | cenote map 'n -> Long.parseLong(n) * 2'", "Exit codes:");
        assertThat(help.out().lines().filter(line -> line.length() > 80)).isEmpty();
        assertThat(Cli.run("", "help", "map").out()).isEqualTo(help.out());
        assertThat(Cli.run("", "--help").out()).contains("Examples:", "generate-completion");
        assertThat(Cli.run("", "--version").out()).startsWith("cenote ").contains("Java 2");
    }

    @Test
    void completion_knowsTheWords() {
        Cli.Result result = Cli.run("", "generate-completion");

        assertThat(result.out())
                .contains("#!/usr/bin/env bash", "--keep-going", "serial", "virtual", "processes", "--heap");
        assertThat(result.code()).isZero();
    }

    @Test
    void progress_isQuietUnlessAskedFor() {
        assertOutput(Cli.run(THOUSAND, "map", "x -> null"));
        Cli.Result shown = Cli.run(THOUSAND, "map", "x -> null", "--progress");
        assertThat(shown.err())
                .contains("1000")
                .contains("items/s")
                .doesNotContain("\r")
                .doesNotContain("\u001b");
        assertOutput(Cli.run(THOUSAND, "map", "x -> null", "--no-progress"));
    }

    @Test
    void progressOfARange_endsAtItsSize() {
        Cli.Result shown = Cli.run("", "map", "-k", "--progress", "{ if (n == 7) throw new IOException(); }", "0..50");

        assertThat(shown.err()).contains("50/50", "100%", "1 failed", "1 of 50 items failed");
        assertThat(List.of(shown.code())).containsExactly(1);
    }
}
