// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Turns a result file of JMH into a table with ratios and verdicts.
///
/// ```
/// java -cp benchmarks/target/benchmarks.jar dev.cenote.benchmarks.Report result.json [benchmarks/results]
/// ```
///
/// Without a directory the table is printed. With one, the table and the results go into it, named by the date;
/// the results lose the path of the JVM, which says more about a machine than anyone needs. The machine is
/// described as the one that makes the report, so make it where the results come from.
public final class Report {

    private Report() {}

    /// Makes a report.
    ///
    /// @param args the result file and, to keep it, a directory
    /// @throws IOException if a file cannot be read or written
    @SuppressWarnings("SystemOut") // its standard output is what a command is for
    public static void main(String[] args) throws IOException {
        if (args.length < 1 || args.length > 2) {
            throw new IllegalArgumentException("expected a result file of JMH and perhaps a directory for the report");
        }
        String json = Files.readString(Path.of(args[0]));
        LocalDate date = LocalDate.now(ZoneOffset.UTC);
        String report = markdown(json, date, machine());
        if (args.length == 1) {
            System.out.print(report);
            return;
        }
        Path directory = Files.createDirectories(Path.of(args[1]));
        Files.writeString(directory.resolve(date + ".json"), withoutPaths(json));
        Files.writeString(directory.resolve(date + ".md"), report);
    }

    /// {@return the results without the path of the JVM}
    ///
    /// @param json a result file of JMH
    static String withoutPaths(String json) {
        return json.replaceAll("(\"jvm\"\\s*:\\s*)\"[^\"]*\"", "$1\"java\"");
    }

    private static String machine() {
        return Runtime.getRuntime().availableProcessors() + " CPUs, "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version");
    }

    /// {@return the report}
    ///
    /// @param json a result file of JMH
    /// @param date when it was measured
    /// @param machine where
    static String markdown(String json, LocalDate date, String machine) {
        List<Measurement> results = Measurement.read(json);
        StringBuilder report = new StringBuilder("# Benchmarks, ")
                .append(date)
                .append("\n\n")
                .append(machine)
                .append(". Times are means; ± is half the 99.9 % confidence interval.\n\n")
                .append("## Bars\n\n| promise | measured | limit | holds |\n| --- | ---: | ---: | --- |\n");
        for (Question question : Question.all()) {
            question.bars().forEach(bar -> report.append(row(Verdict.of(bar, of(question, results)))));
        }
        for (Question question : Question.all()) {
            List<Measurement> own = of(question, results);
            if (!own.isEmpty()) {
                report.append(section(question, own));
            }
        }
        return report.toString();
    }

    private static List<Measurement> of(Question question, List<Measurement> results) {
        return results.stream()
                .filter(result -> result.benchmark().equals(question.benchmark().getName()))
                .toList();
    }

    private static String row(Verdict verdict) {
        String holds = verdict.holds().map(held -> held ? "yes" : "**no**").orElse("");
        return row(verdict.bar().promise(), verdict.measured(), "≤ " + verdict.limit(), holds);
    }

    private static String section(Question question, List<Measurement> results) {
        StringBuilder section = new StringBuilder("\n## ")
                .append(question.benchmark().getSimpleName())
                .append("\n\n")
                .append(question.text())
                .append("\n\n| method | parameters | time | ± | an item | x `")
                .append(question.baseline())
                .append("` | more |\n| --- | --- | ---: | ---: | ---: | ---: | --- |\n");
        results.forEach(result -> section.append(row(question, result, results)));
        return section.toString();
    }

    private static String row(Question question, Measurement result, List<Measurement> results) {
        double ratio = result.nanos() / Verdict.baseline(result, question.baseline(), results);
        String unit = result.unit().replace("/op", "");
        return row(
                '`' + result.method() + '`',
                joined(result.params()),
                number(result.score()) + ' ' + unit,
                Double.isNaN(result.error()) ? "" : number(result.error()) + ' ' + unit,
                result.params().containsKey("items") ? number(result.nanos() / result.items()) + " ns" : "",
                Double.isNaN(ratio) ? "" : number(ratio),
                result.secondary().entrySet().stream()
                        .map(metric -> metric.getKey() + ' ' + number(metric.getValue()))
                        .collect(Collectors.joining(", ")));
    }

    private static String joined(Map<String, String> params) {
        return params.entrySet().stream()
                .map(param -> param.getKey() + '=' + param.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 1_000 ? "%,.0f" : value >= 100 ? "%.0f" : "%.2f", value);
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
