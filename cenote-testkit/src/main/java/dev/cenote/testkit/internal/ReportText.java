// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import dev.cenote.testkit.internal.TestResult.Status;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The conformance report as Markdown.
final class ReportText {

    private final List<TestResult> results;
    private final Set<String> engines = new LinkedHashSet<>();

    ReportText(List<TestResult> results) {
        this.results = results;
        results.forEach(result -> engines.add(result.engine()));
    }

    String whole() {
        return "# Conformance\n\n" + summary() + "\n" + failures() + skips() + byCase() + byTest();
    }

    String summary() {
        StringBuilder text = new StringBuilder("| engine | cases | tests | passed | failed | skipped |\n")
                .append("| --- | ---: | ---: | ---: | ---: | ---: |\n");
        for (String engine : engines) {
            List<TestResult> mine = of(engine);
            Set<Integer> cases = mine.stream()
                    .filter(result -> result.status() != Status.SKIPPED)
                    .flatMap(result -> result.cases().stream())
                    .collect(Collectors.toSet());
            text.append(row(
                    engine,
                    cases.size(),
                    mine.size(),
                    count(mine, Status.PASSED),
                    count(mine, Status.FAILED),
                    count(mine, Status.SKIPPED)));
        }
        return text.toString();
    }

    private String failures() {
        StringBuilder text = new StringBuilder();
        for (TestResult result : results) {
            if (result.status() == Status.FAILED) {
                String firstLine = result.reason().lines().findFirst().orElse("");
                text.append("- ").append(result.engine()).append(": `").append(result.test());
                text.append("`: ").append(firstLine).append('\n');
            }
        }
        return text.isEmpty() ? "" : "## Failed\n\n" + text + "\n";
    }

    private String skips() {
        SortedMap<String, Set<String>> tests = new TreeMap<>();
        for (TestResult result : results) {
            if (result.status() == Status.SKIPPED) {
                String reason = result.engine() + ": " + result.reason();
                tests.computeIfAbsent(reason, _ -> new TreeSet<>()).add("`" + result.test() + "`");
            }
        }
        StringBuilder text = new StringBuilder("## Skipped\n\n");
        tests.forEach((reason, names) -> text.append("- ")
                .append(reason)
                .append(" (")
                .append(names.size())
                .append("): ")
                .append(String.join(", ", names))
                .append('\n'));
        return text.append('\n').toString();
    }

    private String byCase() {
        SortedMap<Integer, Map<String, Status>> cases = new TreeMap<>();
        for (TestResult result : results) {
            for (int number : result.cases()) {
                cases.computeIfAbsent(number, _ -> new LinkedHashMap<>())
                        .merge(result.engine(), result.status(), ReportText::worse);
            }
        }
        StringBuilder text = new StringBuilder("## By case\n\n");
        heading(text, "case");
        cases.forEach((number, byEngine) -> matrixRow(text, String.valueOf(number), byEngine));
        return text.append('\n').toString();
    }

    private String byTest() {
        SortedMap<String, Map<String, Status>> tests = new TreeMap<>();
        for (TestResult result : results) {
            tests.computeIfAbsent(result.test(), _ -> new LinkedHashMap<>()).put(result.engine(), result.status());
        }
        StringBuilder text = new StringBuilder("## By test\n\n");
        heading(text, "test");
        tests.forEach((test, byEngine) -> matrixRow(text, "`" + test + "`", byEngine));
        return text.toString();
    }

    private void heading(StringBuilder text, String first) {
        text.append("| ").append(first).append(" | ").append(String.join(" | ", engines));
        text.append(" |\n| --- |").append(" --- |".repeat(engines.size())).append('\n');
    }

    private void matrixRow(StringBuilder text, String first, Map<String, Status> byEngine) {
        text.append("| ").append(first).append(" |");
        for (String engine : engines) {
            Status status = byEngine.getOrDefault(engine, Status.SKIPPED);
            text.append(' ').append(status.mark()).append(" |");
        }
        text.append('\n');
    }

    /// A case fails when one of its tests does, and is skipped only when all of them are.
    private static Status worse(Status one, Status other) {
        Comparator<Status> badness =
                Comparator.comparingInt(List.of(Status.SKIPPED, Status.PASSED, Status.FAILED)::indexOf);
        return badness.compare(one, other) >= 0 ? one : other;
    }

    private List<TestResult> of(String engine) {
        return results.stream().filter(result -> result.engine().equals(engine)).toList();
    }

    private static long count(List<TestResult> results, Status status) {
        return results.stream().filter(result -> result.status() == status).count();
    }

    private static String row(Object... cells) {
        StringBuilder row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ').append(cell).append(" |");
        }
        return row.append('\n').toString();
    }
}
