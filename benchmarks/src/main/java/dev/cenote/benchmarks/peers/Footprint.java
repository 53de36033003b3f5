// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What processes take, as `/proc` shows it; where there is none, nothing is a number.
final class Footprint {

    private Footprint() {}

    /// Looks at a pool that has nothing to do.
    ///
    /// @param pids the process that has the pool, and its workers
    /// @param seconds how long to look
    /// @return resident memory of the worker that has most of it, and the same with its share of what it has in common
    ///     with others, in MB of 10^6 bytes, and milliseconds of CPU time that all take in a second
    /// @throws IOException if they cannot be seen
    static Round rest(List<Long> pids, int seconds) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(1); // what it had to do may still echo
        List<Long> workers = pids.subList(Math.min(1, pids.size() - 1), pids.size());
        double rss = megabytes(workers, "Rss");
        double pss = megabytes(workers, "Pss");
        long begin = System.nanoTime();
        long cpu = cpuNanos(pids);
        TimeUnit.SECONDS.sleep(seconds);
        double used = since(cpu, pids) / 1e6 / ((System.nanoTime() - begin) / 1e9);
        return new Round(new double[] {rss, pss, used}, 0);
    }

    private static double megabytes(List<Long> pids, String name) throws IOException {
        double most = Double.NaN;
        for (long pid : pids) {
            Path file = Path.of("/proc", Long.toString(pid), "smaps_rollup");
            for (String line : Files.isReadable(file) ? Files.readAllLines(file) : List.<String>of()) {
                if (line.startsWith(name + ":")) {
                    double here = Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1_024 / 1e6;
                    most = Double.isNaN(most) ? here : Math.max(most, here);
                }
            }
        }
        return most;
    }

    /// {@return the nanoseconds of CPU time since then, or NaN where they cannot be seen}
    ///
    /// @param before what [#cpuNanos] said
    /// @param pids the same processes
    /// @throws IOException if they can be seen but not be read
    static double since(long before, List<Long> pids) throws IOException {
        return before < 0 ? Double.NaN : cpuNanos(pids) - before;
    }

    /// {@return the nanoseconds of CPU time of all threads that these processes have, or -1 where they cannot be seen;
    /// a thread that has ended does not count}
    ///
    /// @param pids the processes
    /// @throws IOException if they can be seen but not be read
    static long cpuNanos(List<Long> pids) throws IOException {
        if (!Files.isReadable(Path.of("/proc", "self", "schedstat"))) {
            return -1;
        }
        long sum = 0;
        for (long pid : pids) {
            // by thread, since for a whole process it is in hundredths of a second
            try (DirectoryStream<Path> threads =
                    Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
                for (Path thread : threads) {
                    sum += threadNanos(thread);
                }
            }
        }
        return sum;
    }

    private static long threadNanos(Path thread) throws IOException {
        try {
            return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
