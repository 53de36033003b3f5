// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Starts an example as its header says: in a JVM of its own, from its source file, with nothing but Cenote on the
/// class path.
final class Program {

    static final Path SOURCES = Path.of("src", "main", "java", "dev", "cenote", "examples");

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private Program() {}

    /// Runs the source file of an example and returns the lines it printed; fails unless it ends with 0 in time.
    static List<String> run(Class<?> example, String... args) throws Exception {
        Path source = SOURCES.resolve(example.getSimpleName() + ".java");
        return java(classPath(Pool.class), source.toString(), args);
    }

    /// Runs the compiled class of an example.
    static List<String> runCompiled(Class<?> example, String... args) throws Exception {
        String classPath = classPath(Pool.class) + System.getProperty("path.separator") + classPath(example);
        return java(classPath, example.getName(), args);
    }

    private static List<String> java(String classPath, String program, String... args) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(JAVA.toString(), "--enable-native-access=ALL-UNNAMED", "-cp", classPath, program));
        command.addAll(List.of(args));
        Path output = Files.createTempFile("cenote-example", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = end(process);
            List<String> lines = Files.readAllLines(output);
            assertThat(ended).as("ended in time: %s printed %s", command, lines).isTrue();
            assertThat(process.exitValue())
                    .as("exit code: %s printed %s", command, lines)
                    .isZero();
            return lines;
        } finally {
            Files.delete(output);
        }
    }

    private static boolean end(Process process) throws InterruptedException, IOException {
        process.getOutputStream().close();
        try {
            return process.waitFor(60, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String classPath(Class<?> type) throws Exception {
        URI location = type.getProtectionDomain().getCodeSource().getLocation().toURI();
        return Path.of(location).toString();
    }
}
