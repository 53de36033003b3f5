// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.benchmarks.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Writes down what was measured: a table, plots, and every round.
///
/// @param about what the run was: `date`, `machine` and the like
/// @param versions of each side
/// @param absent who did not take part, and why
/// @param results what was measured
record Report(Map<String, Object> about, Map<String, String> versions, Map<String, String> absent, Results results) {

    /// Writes the files.
    ///
    /// @param folder where
    /// @param name how they begin
    /// @throws IOException if they cannot be written
    void write(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".json"), json());
        Files.writeString(folder.resolve(name + ".md"), markdown(name));
        for (Group group : Group.values()) {
            String plot = plot(group);
            if (!plot.isEmpty()) {
                Files.writeString(folder.resolve(name + "-" + group.key() + ".svg"), plot);
            }
        }
    }

    private List<Work> works(Group group) {
        return results.works().stream().filter(work -> work.group() == group).toList();
    }

    /// {@return the report for readers}
    ///
    /// @param name how the files of the plots begin
    String markdown(String name) {
        StringBuilder text = new StringBuilder("# Cenote and its peers, " + about.get("date") + "\n\n");
        text.append("All did the same work in the same run, in turns. Figures are medians of all rounds, and less is"
                + " always better. *x Cenote* is a peer's figure divided by that of Cenote with workers of the same"
                + " kind: above 1, Cenote is faster.\n\n");
        about.forEach((key, value) ->
                text.append("- ").append(key).append(": ").append(value).append('\n'));
        text.append("\n## Bars\n\n");
        bars(text);
        for (Group group : Group.values()) {
            section(text, name, group);
        }
        text.append("\n## Who took part\n\n");
        row(text, "side", "workers", "version");
        text.append("| --- | --- | --- |\n");
        versions.forEach((side, version) -> row(text, side, results.kind(side).toString(), version));
        if (!absent.isEmpty()) {
            text.append("\nAbsent:\n\n");
            absent.forEach((side, why) -> text.append("- ")
                    .append(side)
                    .append(": ")
                    .append(plain(why))
                    .append('\n'));
        }
        return text.toString();
    }

    private void bars(StringBuilder text) {
        row(text, "bar", "Cenote", "against", "theirs", "measured", "limit", "holds");
        text.append("| --- | ---: | --- | ---: | ---: | ---: | --- |\n");
        for (Bar bar : Bar.ALL) {
            if (!results.works().contains(bar.work())) {
                continue;
            }
            Bar.Verdict verdict = bar.judge(results);
            String unit = bar.work().figures().get(bar.figure()).unit();
            @Nullable Boolean holds = verdict.holds();
            boolean alone = bar.rival().equals(Bar.NOBODY);
            row(
                    text,
                    bar.text(),
                    number(verdict.ours(), unit, "not measured"),
                    verdict.against(),
                    alone ? "" : number(verdict.theirs(), unit, "absent"),
                    number(verdict.measured(), alone ? unit : "x", ""),
                    (alone ? "≤ " : "≥ ") + number(bar.limit(), alone ? unit : "x", ""),
                    holds == null ? "" : holds ? "yes" : "**no**");
        }
    }

    private void section(StringBuilder text, String name, Group group) {
        List<Work> works = works(group);
        if (works.isEmpty()) {
            return;
        }
        text.append("\n## ").append(group.title()).append("\n\n");
        if (!plot(group).isEmpty()) {
            text.append("![")
                    .append(group.title())
                    .append("](")
                    .append(name)
                    .append('-')
                    .append(group.key());
            text.append(".svg)\n\n");
        }
        for (Work work : works) {
            table(text, work);
        }
    }

    private void table(StringBuilder text, Work work) {
        text.append("### ").append(work.key()).append("\n\n").append(work.text());
        text.append(String.format(
                Locale.ROOT,
                " (size %,d, %d workers)%n%n",
                results.size(work),
                work.plan().workers()));
        List<String> header = new ArrayList<>(List.of("side", "workers"));
        List<Figure> figures = work.figures();
        for (Figure figure : figures) {
            header.add(figure.name());
            if (!figure.unit().equals("x")) {
                header.add("x Cenote");
            }
        }
        header.add("rounds");
        row(text, header.toArray(String[]::new));
        text.append("| --- | --- |").append(" ---: |".repeat(header.size() - 2)).append('\n');
        sorted(work).forEach(side -> row(text, cells(work, side).toArray(String[]::new)));
        results.failures(work)
                .forEach((side, why) -> text.append("\n")
                        .append(side)
                        .append(" failed: ")
                        .append(plain(why))
                        .append("\n"));
        text.append('\n');
    }

    private List<String> cells(Work work, String side) {
        List<String> cells = new ArrayList<>(List.of(
                side.startsWith("cenote") ? "**" + side + "**" : side,
                results.kind(side).toString()));
        for (int i = 0; i < work.figures().size(); i++) {
            Figure figure = work.figures().get(i);
            cells.add(number(results.median(work, side, i), figure.unit(), ""));
            if (!figure.unit().equals("x")) {
                cells.add(number(results.ratio(work, side, i), "x", ""));
            }
        }
        cells.add(Integer.toString(
                results.rounds(work).getOrDefault(side, List.of()).size()));
        return cells;
    }

    /// By kind; ours first, and then the best.
    private List<String> sorted(Work work) {
        return results.rounds(work).keySet().stream()
                .sorted((a, b) -> {
                    Kind kind = results.kind(a);
                    int byKind = kind.compareTo(results.kind(b));
                    if (byKind != 0) {
                        return byKind;
                    }
                    int byOurs = Boolean.compare(b.equals(kind.ours()), a.equals(kind.ours()));
                    return byOurs != 0
                            ? byOurs
                            : Double.compare(results.median(work, a, 0), results.median(work, b, 0));
                })
                .toList();
    }

    /// {@return the plot of a group, by the first figure of each of its works; empty if there is nothing to compare}
    ///
    /// @param group which
    String plot(Group group) {
        List<Plot.Block> blocks = new ArrayList<>();
        for (Work work : works(group)) {
            List<Plot.Row> rows = new ArrayList<>();
            for (String side : sorted(work)) {
                double ratio = results.ratio(work, side, 0);
                if (ratio > 0 && Double.isFinite(ratio)) {
                    rows.add(new Plot.Row(
                            side,
                            ratio,
                            number(ratio, "x", "") + " ("
                                    + number(
                                            results.median(work, side, 0),
                                            work.figures().getFirst().unit(),
                                            "")
                                    + ")",
                            side.startsWith("cenote")));
                }
            }
            if (rows.size() > 1) {
                blocks.add(new Plot.Block(
                        work.key() + ": " + work.figures().getFirst().name(), rows));
            }
        }
        return blocks.isEmpty() ? "" : Plot.svg(group.title(), blocks);
    }

    private String json() {
        StringBuilder text = new StringBuilder("{\n");
        about.forEach((key, value) -> text.append("  ")
                .append(Json.write(key))
                .append(": ")
                .append(Json.write(value))
                .append(",\n"));
        text.append("  \"versions\": ").append(Json.write(versions)).append(",\n");
        text.append("  \"absent\": ").append(Json.write(absent)).append(",\n");
        text.append("  \"works\": {");
        String comma = "\n";
        for (Work work : results.works()) {
            text.append(comma).append("    ").append(Json.write(work.key())).append(": {\n");
            text.append("      \"size\": ").append(results.size(work)).append(",\n");
            text.append("      \"workers\": ").append(work.plan().workers()).append(",\n");
            text.append("      \"figures\": ")
                    .append(Json.write(work.figures().stream()
                            .map(figure -> figure.name() + " in " + figure.unit())
                            .toList()));
            text.append(",\n      \"failures\": ").append(Json.write(results.failures(work)));
            text.append(",\n      \"rounds\": {");
            sides(text, work);
            text.append("\n      }\n    }");
            comma = ",\n";
        }
        return text.append("\n  }\n}\n").toString();
    }

    private void sides(StringBuilder text, Work work) {
        String comma = "\n";
        for (Map.Entry<String, List<double[]>> side : results.rounds(work).entrySet()) {
            List<List<Double>> rounds = new ArrayList<>();
            for (double[] round : side.getValue()) {
                List<Double> numbers = new ArrayList<>();
                for (double number : round) {
                    numbers.add(significant(number));
                }
                rounds.add(numbers);
            }
            text.append(comma)
                    .append("        ")
                    .append(Json.write(side.getKey()))
                    .append(": ");
            text.append(Json.write(rounds));
            comma = ",\n";
        }
    }

    private static double significant(double number) {
        return Double.isFinite(number) ? Double.parseDouble(String.format(Locale.ROOT, "%.5g", number)) : number;
    }

    /// {@return those of a map whose names are wanted}
    ///
    /// @param map any
    /// @param wanted which
    static Map<String, String> only(Map<String, String> map, Predicate<String> wanted) {
        Map<String, String> some = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (wanted.test(name)) {
                some.put(name, value);
            }
        });
        return some;
    }

    private static String plain(String words) {
        return words.replaceAll("\\s+", " ").replace("|", "\\|");
    }

    private static void row(StringBuilder text, String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /// {@return a number with its unit, as exact as anyone can use}
    ///
    /// @param value the number
    /// @param unit the unit
    /// @param none what to say if it is NaN
    static String number(double value, String unit, String none) {
        if (Double.isNaN(value)) {
            return none;
        }
        String digits;
        if (value == Math.rint(value) && Math.abs(value) < 1_000) {
            digits = "%.0f";
        } else {
            digits = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 0.01 ? "%.2f" : "%.2g";
        }
        return String.format(Locale.ROOT, digits, value) + " " + unit;
    }
}
