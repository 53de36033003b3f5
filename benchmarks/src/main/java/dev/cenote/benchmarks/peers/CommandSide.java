// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A command that reads lines from standard input and prints each as it is, in any order.
///
/// @param name of the side
/// @param version what it says it is
/// @param line the command and its arguments
/// @param processEach whether it takes a process for each line, and so gets fewer of [Work#LINES]
/// @param folder where files may be put
record CommandSide(String name, String version, List<String> line, boolean processEach, Path folder) implements Side {

    CommandSide {
        line = List.copyOf(line);
    }

    /// {@return the first line that a command prints}
    ///
    /// @param line the command
    /// @throws IOException if it cannot be started or fails
    static String firstLine(String... line) throws IOException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try (var reader = process.inputReader()) {
            List<String> lines = reader.lines().toList();
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("it fails: " + String.join(" ", lines));
            }
            return lines.isEmpty() ? "" : lines.getFirst();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    @Override
    public Kind kind() {
        return Kind.COMMAND;
    }

    @Override
    public Set<String> operations() {
        return Set.of("lines");
    }

    @Override
    public Round round(Task task) throws IOException, InterruptedException {
        int count = processEach && task.work() == Work.LINES ? Math.max(1, task.size() / 50) : task.size();
        Path input = lines(count);
        Path output = folder.resolve(name + "-output");
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve(name + "-errors").toFile());
        long begin = System.nanoTime();
        Process process = builder.start();
        try {
            int code = process.waitFor();
            long nanos = System.nanoTime() - begin;
            if (code != 0) {
                throw new IOException("exit code " + code + ": "
                        + Files.readString(folder.resolve(name + "-errors")).strip());
            }
            return new Round(new double[] {(double) nanos / count}, same(input, output) ? 0 : Double.NaN);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static boolean same(Path input, Path output) throws IOException {
        return Files.readAllLines(output).stream()
                .sorted()
                .toList()
                .equals(Files.readAllLines(input).stream().sorted().toList());
    }

    private Path lines(int count) {
        Path file = folder.resolve("lines-" + count);
        if (!Files.exists(file)) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                lines.add("line-" + i);
            }
            try {
                Files.write(file, lines);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return file;
    }

    @Override
    public void close() {}
}
