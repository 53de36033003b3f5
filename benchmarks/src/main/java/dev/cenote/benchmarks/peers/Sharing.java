// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Action;
import dev.cenote.Broadcast;
import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedCounter;
import dev.cenote.SharedDoubles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Measures memory that processes share: a sum against the same on threads, a broadcast against copies, and a counter
/// against Python's.
///
/// ```
/// java -cp core/target/cenote-0.1.0-SNAPSHOT.jar:benchmarks/target/benchmarks.jar \
///     dev.cenote.benchmarks.peers.Sharing [--python COMMAND] [--quick]
/// ```
///
/// What is compared is done in turns in one run. Prints the medians and the least of all rounds, in milliseconds: on a
/// machine that has other work to do the least says more.
public final class Sharing {

    private static final int TASKS = 4;
    private static final int INCREMENTS = 1_000_000;

    private final String python;
    private final int rounds;
    private final int numbers;
    private final int broadcastNumbers;

    Sharing(String python, boolean quick) {
        this.python = python;
        this.rounds = quick ? 2 : 9;
        this.numbers = quick ? 1 << 20 : 1 << 27;
        this.broadcastNumbers = quick ? 100_000 : 25_000_000;
    }

    /// Measures and prints.
    ///
    /// @param args see the class
    /// @throws IOException if Python's script cannot be written
    @SuppressWarnings("SystemOut") // its standard output is what a command is for
    public static void main(String[] args) throws IOException {
        List<String> words = List.of(args);
        int at = words.indexOf("--python");
        Sharing sharing = new Sharing(at < 0 ? "python3" : words.get(at + 1), words.contains("--quick"));
        sharing.report().forEach(System.out::println);
    }

    List<String> report() throws IOException {
        List<String> lines = new ArrayList<>();
        sums(lines);
        broadcasts(lines);
        counts(lines);
        return lines;
    }

    /// What some rounds took, in milliseconds.
    private record Times(String name, List<Double> all) {

        static Times of(String name) {
            return new Times(name, new ArrayList<>());
        }

        void time(Runnable work) {
            long begin = System.nanoTime();
            work.run();
            all.add((System.nanoTime() - begin) / 1e6);
        }

        double median() {
            double[] sorted =
                    all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return sorted.length == 0 ? Double.NaN : sorted[(sorted.length - 1) / 2];
        }

        double least() {
            return all.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "  %-50s median %8.1f  least %8.1f", name, median(), least());
        }
    }

    private static void add(List<String> lines, String title, List<Times> rows, String ratios) {
        lines.add(title);
        rows.forEach(row -> lines.add(row.toString()));
        lines.add("  " + ratios);
    }

    private static String ratio(String what, Times one, Times other) {
        return String.format(
                Locale.ROOT,
                "%s: %.2f by medians, %.2f by the least",
                what,
                one.median() / other.median(),
                one.least() / other.least());
    }

    // ---- sums

    private void sums(List<String> lines) {
        Times onThreads = Times.of("two threads");
        Times onProcesses = Times.of("two processes");
        try (SharedDoubles array = SharedDoubles.of(numbers);
                Pool threads = Pool.threads(2);
                Pool processes = Pool.processes(2)) {
            array.fill(1);
            for (int round = -3; round < 3 * rounds; round++) { // short ones
                Times first = round < 0 ? Times.of("") : onThreads;
                Times second = round < 0 ? Times.of("") : onProcesses;
                first.time(() -> sum(threads, array));
                second.time(() -> sum(processes, array));
            }
        }
        String title = "sum of " + (numbers >> 17) + " MiB of shared doubles by four tasks";
        add(lines, title, List.of(onThreads, onProcesses), ratio("processes to threads", onProcesses, onThreads));
    }

    private static void sum(Pool pool, SharedDoubles array) {
        long part = array.length() / TASKS;
        double sum = pool
                .with(o -> o.chunk(1))
                .map(Range.of(0, TASKS), task -> {
                    double own = 0;
                    for (long i = task * part; i < (task + 1) * part; i++) {
                        own += array.get(i);
                    }
                    return own;
                })
                .stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        if (sum != array.length()) {
            throw new IllegalStateException("wrong: " + sum);
        }
    }

    // ---- broadcasts

    private void broadcasts(List<String> lines) {
        Times copy = Times.of("clone() of the array");
        Times into = Times.of("copied into shared memory");
        Times sent = Times.of("captured by a job for one worker");
        Times sentTwice = Times.of("captured by a job for each of two workers");
        Times array = Times.of("broadcast, asked for by two workers");
        Times segment = Times.of("the same as a memory segment");
        double[] value = new double[broadcastNumbers];
        Arrays.fill(value, 1);
        try (Pool pool = Pool.processes(c -> c.workers(2).heap("1g"))) {
            inBoth(pool, () -> 1.0);
            for (int round = 0; round < rounds; round++) {
                copy.time(() -> check(value.clone()[7]));
                into.time(() -> SharedDoubles.copyOf(value).close());
                sent.time(() -> check(pool.call(() -> value[7])));
                sentTwice.time(() -> inBoth(pool, () -> value[7]));
                array.time(() -> broadcast(pool, value));
                segment.time(() -> broadcastSegment(pool, value));
            }
        }
        add(
                lines,
                "broadcast of " + broadcastNumbers / 125_000 + " MB",
                List.of(copy, into, sent, sentTwice, array, segment),
                ratio("broadcast to one copy sent", array, sent) + "; " + ratio("to two copies sent", array, sentTwice)
                        + "; " + ratio("to one copy into shared memory", array, into) + "; "
                        + ratio("segment to that", segment, into));
    }

    private static void broadcast(Pool pool, double[] value) {
        try (Broadcast<double[]> broadcast = pool.broadcast(value)) {
            inBoth(pool, () -> broadcast.value()[7]);
        }
    }

    private static void broadcastSegment(Pool pool, double[] value) {
        try (Broadcast<MemorySegment> broadcast = pool.broadcast(MemorySegment.ofArray(value))) {
            inBoth(pool, () -> broadcast.value().getAtIndex(ValueLayout.JAVA_DOUBLE, 7));
        }
    }

    private static void check(double number) {
        if (number != 1) {
            throw new IllegalStateException("wrong: " + number);
        }
    }

    /// Runs a job in both workers of a pool at the same time.
    private static void inBoth(Pool pool, Job<Double> job) {
        try (SharedCounter arrived = SharedCounter.of(0)) {
            Job<Double> together = () -> {
                arrived.increment();
                long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
                while (arrived.get() < 2 && System.nanoTime() - end < 0) {
                    Thread.onSpinWait();
                }
                return job.call();
            };
            CompletableFuture<Double> first = pool.submit(together);
            CompletableFuture<Double> second = pool.submit(together);
            check(first.join());
            check(second.join());
        }
    }

    // ---- counts

    private void counts(List<String> lines) throws IOException {
        Times ours = Times.of("SharedCounter");
        Times theirs = Times.of("multiprocessing.Value with its lock");
        Action<SharedCounter> half = counter -> {
            for (int i = 0; i < INCREMENTS / 2; i++) {
                counter.increment();
            }
        };
        try (Pool pool = Pool.processes(2)) {
            for (int round = -3; round < rounds; round++) {
                try (SharedCounter counter = SharedCounter.of(0)) {
                    Times row = round < 0 ? Times.of("") : ours;
                    row.time(() -> inBoth(pool, () -> {
                        half.accept(counter);
                        return 1.0;
                    }));
                    if (counter.get() != INCREMENTS) {
                        throw new IllegalStateException("lost: " + counter.get());
                    }
                }
            }
        }
        theirs.all().addAll(python());
        String title = INCREMENTS + " increments by two processes";
        if (theirs.all().isEmpty()) {
            add(lines, title, List.of(ours), "no Python here");
        } else {
            add(lines, title, List.of(ours, theirs), ratio("Python to Cenote", theirs, ours));
        }
    }

    private List<Double> python() throws IOException {
        Path script = Files.createTempFile("cenote-counting", ".py");
        try (InputStream in = Sharing.class.getResourceAsStream("counting.py")) {
            Files.copy(Objects.requireNonNull(in, "counting.py"), script, StandardCopyOption.REPLACE_EXISTING);
            Process process = new ProcessBuilder(python, script.toString(), INCREMENTS + "", Math.min(rounds, 5) + "")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.getOutputStream().close();
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                return output.lines().map(nanos -> Long.parseLong(nanos) / 1e6).toList();
            }
        } catch (IOException e) {
            return List.of();
        } finally {
            Files.delete(script);
        }
    }
}
