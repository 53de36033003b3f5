// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Measures pools of two processes against Python's, in turns, and reports.
///
/// ```
/// java -cp core/target/cenote-0.1.0-SNAPSHOT.jar:benchmarks/target/benchmarks.jar \
///     dev.cenote.benchmarks.peers.Comparison [--python COMMAND] [--only CALL,START] [--quick] [benchmarks/results]
/// ```
///
/// Without a directory the table is printed. With one, the table and the numbers of all rounds go into it, named by
/// the date. In each round both sides do the same work, one right after the other; in the next one the other begins.
/// What counts is the median of the rounds.
public final class Comparison {

    private final Map<Metric, List<Double>> cenote = new EnumMap<>(Metric.class);
    private final Map<Metric, List<Double>> python = new EnumMap<>(Metric.class);
    private final Set<Work> works;
    private final boolean quick;

    private Comparison(Set<Work> works, boolean quick) {
        this.works = works;
        this.quick = quick;
    }

    /// Measures and reports.
    ///
    /// @param args see the class
    /// @throws IOException if a process cannot be started, or a file not be written
    @SuppressWarnings("SystemOut") // its standard output is what a command is for
    public static void main(String[] args) throws IOException {
        String command = "python3";
        Set<Work> works = EnumSet.allOf(Work.class);
        boolean quick = false;
        Path directory = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--python" -> command = args[++i];
                case "--only" -> {
                    works = EnumSet.noneOf(Work.class);
                    for (String work : args[++i].split(",", -1)) {
                        works.add(Work.valueOf(work));
                    }
                }
                case "--quick" -> quick = true;
                default -> directory = Path.of(args[i]);
            }
        }
        Comparison comparison = new Comparison(works, quick);
        LocalDate date = LocalDate.now(ZoneOffset.UTC);
        String machine = comparison.measure(command);
        String table = comparison.markdown(date, machine);
        if (directory == null) {
            System.out.print(table);
            return;
        }
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(date + "-processes.md"), table);
        Files.writeString(directory.resolve(date + "-processes.json"), comparison.json(date, machine));
    }

    /// {@return what was measured, and where}
    private String measure(String command) throws IOException {
        Path folder = Files.createTempDirectory("cenote-peers");
        try (CenoteSide ours = new CenoteSide(Files.createDirectory(folder.resolve("cache")));
                PythonSide theirs = PythonSide.find(command, folder)) {
            for (Work work : works) {
                measure(work, ours, theirs);
            }
            return ours.name() + "; " + (theirs == null ? "no Python here" : theirs.name()) + "; "
                    + Runtime.getRuntime().availableProcessors() + " CPUs, " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch") + ", " + System.getProperty("java.vm.name") + " "
                    + System.getProperty("java.runtime.version");
        } finally {
            delete(folder);
        }
    }

    private void measure(Work work, CenoteSide ours, @Nullable PythonSide theirs) throws IOException {
        boolean own = work == Work.START || work == Work.REST;
        if (!own) { // what a warm pool does is done by warm pools
            warm(work, ours, work == Work.BYTES || work == Work.LONGS ? 2 : 10);
            if (theirs != null) {
                theirs.round(work, size(work));
            }
        }
        for (int round = 0; round < (quick ? 1 : work.rounds()); round++) {
            if (round % 2 == 0) {
                add(cenote, ours.round(work, size(work)));
            }
            if (theirs != null) {
                add(python, theirs.round(work, size(work)));
            }
            if (round % 2 == 1) {
                add(cenote, ours.round(work, size(work)));
            }
        }
    }

    private void warm(Work work, CenoteSide ours, int times) throws IOException {
        for (int i = 0; i < (quick ? 1 : times); i++) {
            ours.round(work, size(work));
        }
    }

    private int size(Work work) {
        return !quick || work == Work.START
                ? work.size()
                : work == Work.REST ? 1 : work.size() / 100 / Long.BYTES * Long.BYTES;
    }

    private static void add(Map<Metric, List<Double>> all, Map<Metric, Double> round) {
        round.forEach((metric, number) ->
                all.computeIfAbsent(metric, _ -> new ArrayList<>()).add(number));
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.toList().reversed()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private String markdown(LocalDate date, String machine) {
        return markdown(date, machine, cenote, python);
    }

    /// {@return the table}
    ///
    /// @param date when it was measured
    /// @param machine who, and where
    /// @param cenote our numbers
    /// @param python Python's; empty if there is no Python
    static String markdown(
            LocalDate date, String machine, Map<Metric, List<Double>> cenote, Map<Metric, List<Double>> python) {
        StringBuilder text = new StringBuilder("# Pools of two processes, ")
                .append(date)
                .append("\n\n")
                .append(machine)
                .append(". Medians; Python's pool is `multiprocessing.Pool` by fork, unless it says spawn.\n\n")
                .append("| work | Cenote | Python | times better | bar | holds |\n")
                .append("| --- | ---: | ---: | ---: | ---: | --- |\n");
        for (Contest contest : Contest.ALL) {
            text.append(contest.row(cenote, python));
        }
        return text.toString();
    }

    private String json(LocalDate date, String machine) {
        return "{\n  \"date\": \"" + date + "\",\n  \"machine\": \"" + machine + "\",\n  \"cenote\": " + json(cenote)
                + ",\n  \"python\": " + json(python) + "\n}\n";
    }

    private static String json(Map<Metric, List<Double>> numbers) {
        List<String> members = new ArrayList<>();
        numbers.forEach((metric, values) -> members.add("\n    \"" + metric + "\": {\"unit\": \"" + metric.unit()
                + "\", \"rounds\": ["
                + String.join(
                        ", ",
                        values.stream()
                                .map(value -> String.format(Locale.ROOT, "%.4g", Objects.requireNonNull(value)))
                                .toList())
                + "]}"));
        return "{" + String.join(",", members) + "\n  }";
    }
}
