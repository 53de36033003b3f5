// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.Main;

/// Runs the jcstress tests of this module for a moment each; the README of the module says how to run them for
/// longer.
@NullMarked
class JcstressTest {

    @Test
    void allOutcomes_areAcceptable(@TempDir Path results) throws IOException, InterruptedException {
        Path log = results.resolve("log");
        Process jcstress = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Main.class.getName(),
                        "-m",
                        "sanity",
                        "-sc",
                        "false",
                        "-r",
                        results.toString())
                .directory(results.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(jcstress.waitFor(5, TimeUnit.MINUTES))
                    .as("ended in time")
                    .isTrue();
        } finally {
            jcstress.destroyForcibly();
        }
        String output = Files.readString(log, StandardCharsets.UTF_8);
        assertThat(jcstress.exitValue()).as(output).isZero();
        assertThat(output).contains("0 failed, 0 soft errs, 0 hard errs").doesNotContain("FAILED");
    }
}
