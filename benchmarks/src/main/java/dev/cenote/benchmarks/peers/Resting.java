// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process with a pool that has nothing to do, and how it is looked at from outside.
///
/// It prints the process ids of itself and its workers in one line, and ends when its standard input does. What it
/// takes is read from `/proc`; where there is none, nothing is measured.
final class Resting implements AutoCloseable {

    private final Process process;
    private final long own;
    private final List<Long> workers;

    private Resting(Process process, long own, List<Long> workers) {
        this.process = process;
        this.own = own;
        this.workers = workers;
    }

    /// Starts the process and waits for its line.
    ///
    /// @param builder starts it
    /// @return the process
    /// @throws IOException if there is no such line
    static Resting start(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (line == null) {
            process.destroyForcibly();
            throw new IOException("a process with a resting pool ended: " + String.join(" ", builder.command()));
        }
        List<Long> pids = new ArrayList<>();
        for (String pid : line.trim().split(" ", -1)) {
            pids.add(Long.valueOf(pid));
        }
        return new Resting(process, pids.getFirst(), pids.subList(1, pids.size()));
    }

    /// {@return whether this system shows what is asked for here}
    static boolean canSee() {
        return Files.isReadable(Path.of("/proc", "self", "smaps_rollup"));
    }

    /// {@return an amount of memory of the worker that has most of it, in MB of 10^6 bytes}
    ///
    /// @param name its name in `smaps_rollup`
    /// @throws IOException if it cannot be read
    double megabytes(String name) throws IOException {
        double most = 0;
        for (long pid : workers) {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
                if (line.startsWith(name + ":")) {
                    most = Math.max(most, Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1_024 / 1e6);
                }
            }
        }
        return most;
    }

    /// {@return milliseconds of CPU that all of its processes take in a second}
    ///
    /// @param seconds how long to look
    /// @throws IOException if it cannot be seen
    double cpu(int seconds) throws IOException {
        long before = cpuNanos();
        long begin = System.nanoTime();
        pause(TimeUnit.SECONDS.toMillis(seconds));
        return (cpuNanos() - before) / 1e6 / ((System.nanoTime() - begin) / 1e9);
    }

    private long cpuNanos() throws IOException {
        long sum = threadNanos(own);
        for (long pid : workers) {
            sum += threadNanos(pid);
        }
        return sum;
    }

    /// By thread, since that is in nanoseconds; for a whole process it is in hundredths of a second.
    private static long threadNanos(long pid) throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads) {
                sum += Long.parseLong(
                        Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
            }
        }
        return sum;
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// {@return what a process that ends by itself has printed}
    ///
    /// @param builder starts it
    /// @throws IOException if it fails
    static String output(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            String text =
                    reader.lines().reduce("", (all, line) -> all + line + '\n').trim();
            if (process.waitFor() != 0) {
                throw new IOException("failed: " + String.join(" ", builder.command()));
            }
            return text;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
