// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Measures our pools and their peers at the same work, in turns, and reports. It is what `./bench` starts.
///
/// For each work, every side that can do it warms up; then each does it once in every round, one after the other, and
/// in each round another one begins. What they hand back is compared, and a side with another result has failed.
/// A side that takes longer than its share of the time has fewer rounds, but at least one. Pools live for the works of
/// a group.
public final class Bench {

    /// Rounds below this are preceded by one that does not count.
    private static final long BRIEF_NANOS = 100_000_000;

    private final Options options;
    private final PrintStream log;
    private final Results results = new Results();
    private final Set<Side> lost = new HashSet<>();
    private final ExecutorService rounds = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("round-", 1).factory());

    private Bench(Options options, PrintStream log) {
        this.options = options;
        this.log = log;
    }

    /// What is asked for.
    ///
    /// @param home the root of the source tree
    /// @param out where the report goes
    /// @param pace how much time is taken
    /// @param only works or groups; empty for all
    /// @param peers peers, or how their names begin; empty for all
    /// @param python the command for Python; empty to look for one
    record Options(Path home, Path out, Pace pace, Set<String> only, Set<String> peers, String python) {

        Options {
            only = Set.copyOf(only);
            peers = Set.copyOf(peers);
        }

        static Options parse(String[] args) {
            Path home = Path.of("");
            Path out = Path.of("");
            Pace pace = Pace.FULL;
            Set<String> only = Set.of();
            Set<String> peers = Set.of();
            String python = Objects.requireNonNullElse(System.getenv("BENCH_PYTHON"), "");
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--quick" -> pace = Pace.QUICK;
                    case "--smoke" -> pace = Pace.SMOKE;
                    case "--home" -> home = Path.of(value(args, ++i));
                    case "--out" -> out = Path.of(value(args, ++i));
                    case "--only" -> only = names(value(args, ++i));
                    case "--peers" -> peers = names(value(args, ++i));
                    case "--python" -> python = value(args, ++i);
                    default -> throw new IllegalArgumentException("unknown option " + args[i]);
                }
            }
            check(only);
            home = home.toAbsolutePath();
            return new Options(
                    home,
                    out.toString().isEmpty() ? home.resolve("benchmarks/target/bench") : out,
                    pace,
                    only,
                    peers,
                    python);
        }

        private static String value(String[] args, int at) {
            if (at >= args.length) {
                throw new IllegalArgumentException("a value is missing after " + args[at - 1]);
            }
            return args[at];
        }

        private static Set<String> names(String list) {
            return Set.of(list.toLowerCase(Locale.ROOT).replace('_', '-').split(",", -1));
        }

        private static void check(Set<String> only) {
            Set<String> known = new HashSet<>();
            for (Work work : Work.values()) {
                known.add(work.key());
                known.add(work.group().key());
            }
            for (String name : only) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException("there is no work or group " + name + "; there are "
                            + String.join(", ", known.stream().sorted().toList()));
                }
            }
        }

        boolean wants(Work work) {
            return only.isEmpty()
                    || only.contains(work.key())
                    || only.contains(work.group().key());
        }

        boolean wantsPeer(String name) {
            return peers.isEmpty() || peers.stream().anyMatch(name::startsWith);
        }
    }

    /// How much time is taken.
    ///
    /// @param warmMillis how long a side warms up at least; six times as long if it goes on getting faster
    /// @param budgetMillis after which a side has no more rounds of a work
    /// @param limitSeconds after which a round is given up
    /// @param rounds the most rounds
    record Pace(String name, long warmMillis, long budgetMillis, long limitSeconds, int rounds) {

        static final Pace FULL = new Pace("full", 1_500, 4_000, 240, 15);
        static final Pace QUICK = new Pace("quick", 250, 1_200, 60, 5);
        static final Pace SMOKE = new Pace("smoke", 0, 0, 120, 1);

        int size(Plan plan) {
            return this == FULL ? plan.size() : this == QUICK ? plan.quickSize() : Math.min(plan.quickSize(), 24);
        }

        int rounds(Plan plan) {
            return Math.clamp(this == FULL ? plan.rounds() : plan.rounds() / 2 + 1, 1, rounds);
        }
    }

    /// Measures and reports.
    ///
    /// @param args `--home ROOT`, `--out FOLDER`, `--quick`, `--smoke`, `--only NAMES`, `--peers NAMES`,
    ///     `--python COMMAND`
    /// @throws Exception if the report cannot be written
    @SuppressWarnings("SystemOut") // its output is what a command is for
    public static void main(String[] args) throws Exception {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
            return;
        }
        String name = run(options, System.err);
        System.out.print(Files.readString(options.out().resolve(name + ".md")));
        System.err.println("bench: the report is " + options.out().resolve(name + ".md"));
        System.exit(0); // whoever was given up does not hold it up
    }

    /// Measures, and writes the report.
    ///
    /// @param options what is asked for
    /// @param log where to say how it goes
    /// @return how the names of the files begin
    /// @throws IOException if a file cannot be written
    static String run(Options options, PrintStream log) throws IOException {
        Path folder = Files.createTempDirectory("cenote-bench");
        try (LoopbackServer server = new LoopbackServer()) {
            return new Bench(options, log).run(folder, server.port());
        } finally {
            delete(folder);
        }
    }

    private String run(Path folder, int port) throws IOException {
        long begin = System.nanoTime();
        Map<String, Object> about = about();
        log.println("bench: looking for peers");
        Peers peers = Peers.find(options::wantsPeer, options.home(), options.python(), folder);
        peers.absent().forEach((name, why) -> log.println("bench: absent: " + name + ": " + why));
        for (Group group : Group.values()) {
            for (Work work : Work.values()) {
                if (work.group() == group && options.wants(work)) {
                    measure(work, port, peers.sides());
                }
            }
            peers.sides().forEach(this::close);
        }
        rounds.shutdownNow();
        about.put("seconds", Math.round((System.nanoTime() - begin) / 1e9));
        Map<String, String> versions = new LinkedHashMap<>();
        peers.sides().forEach(side -> versions.putIfAbsent(side.name(), side.version()));
        Set<String> took = new HashSet<>();
        results.works().forEach(work -> took.addAll(results.rounds(work).keySet()));
        String name = LocalDate.now(ZoneOffset.UTC) + "-peers"
                + (options.pace() == Pace.FULL ? "" : "-" + options.pace().name());
        new Report(about, Report.only(versions, took::contains), peers.absent(), results).write(options.out(), name);
        return name;
    }

    private Map<String, Object> about() {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        about.put("pace", options.pace().name());
        about.put("CPUs", Runtime.getRuntime().availableProcessors());
        about.put("CPU", firstMatch(Path.of("/proc/cpuinfo"), "model name"));
        about.put("memory", firstMatch(Path.of("/proc/meminfo"), "MemTotal"));
        about.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        about.put("JVM", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        about.put("load before", firstLine(Path.of("/proc/loadavg")));
        return about;
    }

    private static String firstMatch(Path file, String name) {
        return lines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String firstLine(Path file) {
        return lines(file).stream().findFirst().orElse("unknown");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /// One side's part in a work.
    private static final class Part {

        final Side side;
        long nanos;

        /// How long the last round took, also one that does not count.
        long lastNanos = Long.MAX_VALUE;

        boolean active = true;

        Part(Side side) {
            this.side = side;
        }
    }

    private void measure(Work work, int port, List<Side> sides) {
        List<Part> parts = new ArrayList<>();
        for (Side side : sides) {
            if (side.operations().contains(work.operation())
                    && work.plan().kinds().contains(side.kind())
                    && !lost.contains(side)
                    && (!side.name().equals("cenote-shared") || work == Work.WARM)) {
                parts.add(new Part(side));
            }
        }
        int size = options.pace().size(work.plan());
        log.println("bench: " + work.key() + ", " + parts.size() + " sides");
        if (!work.isFresh()) {
            Task warm = Task.of(work, Math.min(size, work.warmSize(size)), port);
            parts.forEach(part -> warm(part, warm));
        }
        Task task = Task.of(work, size, port);
        Map<Work, Double> checks = new HashMap<>();
        for (int round = 0; round < options.pace().rounds(work.plan()); round++) {
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get((round + i) % parts.size());
                if (part.active && (round == 0 || part.nanos < options.pace().budgetMillis() * 1_000_000)) {
                    round(part, task, checks);
                }
            }
        }
    }

    /// For a while at least, and then for as long as it gets faster: some compile what they run.
    private void warm(Part part, Task task) {
        long begin = System.nanoTime();
        double best = Double.POSITIVE_INFINITY;
        int idle = 0;
        while (true) {
            Round round = attempt(part, task);
            if (round == null) {
                return;
            }
            double now = task.work().numbers(task, part.side.kind(), round.samples())[0];
            idle = now < 0.95 * best ? 0 : idle + 1;
            best = Math.min(best, now);
            long millis = (System.nanoTime() - begin) / 1_000_000;
            Pace pace = options.pace();
            boolean steady =
                    idle >= 3 || millis >= 6 * pace.warmMillis() || task.work().isSteady();
            if (millis >= pace.warmMillis() && steady) {
                part.nanos = 0;
                return;
            }
        }
    }

    private void round(Part part, Task task, Map<Work, Double> checks) {
        if (part.side instanceof JvmSide) {
            System.gc(); // so that nobody pays for the garbage of another
        }
        if (part.lastNanos < BRIEF_NANOS && !task.work().isFresh() && attempt(part, task) == null) {
            return; // what others did meanwhile, and the collection, would be most of what is measured
        }
        Round round = attempt(part, task);
        if (round == null) {
            return;
        }
        Work work = task.work();
        if (Double.isNaN(round.check())) {
            failed(part, task, "a wrong result");
            return;
        }
        double expected = checks.computeIfAbsent(work, _ -> round.check());
        if (!(Math.abs(round.check() - expected) <= 1e-9 * Math.max(1, Math.abs(expected)))) {
            failed(part, task, "a wrong result: " + round.check() + " and not " + expected);
            return;
        }
        double[] figures = work.numbers(task, part.side.kind(), round.samples());
        results.add(work, task.size(), part.side.name(), part.side.kind(), figures);
    }

    /// {@return what a round gave, or `null` if it failed, and then this side does no more of this work}
    private @Nullable Round attempt(Part part, Task task) {
        long begin = System.nanoTime();
        Future<Round> future = rounds.submit(() -> part.side.round(task));
        try {
            return future.get(options.pace().limitSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            failed(part, task, String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            failed(part, task, "no answer in " + options.pace().limitSeconds() + " s");
            future.cancel(true);
            if (part.side instanceof JvmSide) {
                lost.add(part.side); // it may still be at it, so it cannot be closed either
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(part, task, "interrupted");
        } finally {
            part.lastNanos = System.nanoTime() - begin;
            part.nanos += part.lastNanos;
        }
        close(part.side);
        return null;
    }

    private void failed(Part part, Task task, String reason) {
        part.active = false;
        results.fail(task.work(), part.side.name(), reason);
        log.println("bench: " + part.side.name() + " failed at " + task.work().key() + ": " + reason);
    }

    private void close(Side side) {
        if (lost.contains(side)) {
            return;
        }
        Future<?> closed = rounds.submit(side::close);
        try {
            closed.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            lost.add(side);
            closed.cancel(true);
            log.println("bench: " + side.name() + " could not be closed and takes no more part: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.toList().reversed()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
