// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Programs;
import dev.cenote.testkit.internal.Waits;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Whole programs: a pool never keeps a JVM from ending. Each program runs once for each engine word.
public abstract class ProgramContract extends EngineContract {

    private static final Map<String, String> ENDS = new ConcurrentHashMap<>();

    @Test
    @Case(40)
    void shouldLetAProgramEndThatNeverClosesItsPool() {
        assertThat(run("unclosed")).isEqualTo("exit code 0: mapped");
    }

    @Test
    @Case(112)
    void shouldRejectWhatAShutdownHookSubmitsToAClosedPool() {
        assertThat(run("hook")).isEqualTo("exit code 0: rejected");
    }

    @Test
    @Case(122)
    void shouldLetAProgramEndRightAfterShutdownNow() {
        assertThat(run("now")).isEqualTo("exit code 0: ended");
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldNotOutliveAProgramThatIsKilled() {
        String end = run("killed");
        assertThat(end).startsWith("exit code 5: worker ");
        long worker = Long.parseLong(end.substring(end.lastIndexOf(' ') + 1));
        Waits.eventually(
                "the worker ends by itself",
                () -> ProcessHandle.of(worker).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    @Case(194)
    @Needs(Trait.ISOLATED)
    void shouldNotRunTheMainClassAgain() {
        assertThat(run("unguarded")).isEqualTo("exit code 0: main 3");
    }

    @Test
    @Case(194)
    @Needs(Trait.ISOLATED)
    void shouldRefuseAPoolInAStaticInitializerThatRunsAgain() {
        assertThat(run("static")).startsWith("exit code 0: refused: ").contains("static initializer");
    }

    private String run(String program) {
        Pool pool = open();
        return ENDS.computeIfAbsent(pool.engine() + " " + program, _ -> runInAnotherJvm(pool.engine(), program));
    }

    private static String runInAnotherJvm(String engine, String program) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = Stream.of(Pool.class, Programs.class)
                .map(ProgramContract::origin)
                .collect(Collectors.joining(File.pathSeparator));
        ProcessBuilder builder = new ProcessBuilder(
                java, "-XX:TieredStopAtLevel=1", "-cp", classes, Programs.class.getName(), engine, program);
        try {
            Process process = builder.redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(20, TimeUnit.SECONDS);
            return (ended ? "exit code " + process.exitValue() : "still running") + ": " + output.strip();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }

    private static String origin(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot find the classes of " + type, e);
        }
    }
}
