// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Holds `docs/conformance.md` to the suite: each case names the tests that hold it, or a reason.
class ConformanceTableTest {

    private static final Pattern ROW = Pattern.compile(
            "\\| (?<number>\\d+) \\| (?:both|threads|processes) \\| (?<what>.+?) \\| (?<processes>yes|-) \\|"
                    + " (?<tests>.+) \\|");
    private static final Pattern REASON = Pattern.compile("(no meaning|not yet): .+");

    /// The tests of each case, and the cases of which one runs on processes.
    private final SortedMap<Integer, SortedSet<String>> tests = new TreeMap<>();

    private final SortedSet<Integer> onProcesses = new TreeSet<>();

    ConformanceTableTest() {
        readSuite();
    }

    @Test
    void table_matchesTheSuite() throws IOException {
        String actual = Files.readString(Path.of("..", "docs", "conformance.md"));
        String expected = actual.lines().map(this::corrected).collect(Collectors.joining("\n", "", "\n"));
        Files.createDirectories(Path.of("target"));
        Path corrected = Path.of("target", "conformance-table.md");
        Files.writeString(corrected, expected);
        assertThat(actual)
                .as("docs/conformance.md; if %s is right, copy it there", corrected)
                .isEqualTo(expected);
    }

    @Test
    void table_hasEachCaseOnceInOrderWithTestsOrAReason() throws IOException {
        List<Matcher> rows = rows();
        List<Integer> numbers =
                rows.stream().map(row -> Integer.valueOf(row.group("number"))).toList();
        assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSize(146).containsAll(tests.keySet());
        assertThat(rows)
                .filteredOn(row -> !tests.containsKey(Integer.valueOf(row.group("number"))))
                .extracting(row -> row.group("tests"))
                .allMatch(reason -> REASON.matcher(reason).matches());
    }

    private static List<Matcher> rows() throws IOException {
        return Files.readString(Path.of("..", "docs", "conformance.md"))
                .lines()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .toList();
    }

    private String corrected(String line) {
        Matcher row = ROW.matcher(line);
        if (!row.matches()) {
            return line;
        }
        int number = Integer.parseInt(row.group("number"));
        SortedSet<String> holders = tests.getOrDefault(number, new TreeSet<>());
        return line.substring(0, row.start("processes"))
                + (onProcesses.contains(number) ? "yes" : "-")
                + line.substring(row.end("processes"), row.start("tests"))
                + (holders.isEmpty() ? row.group("tests") : String.join(", ", holders))
                + line.substring(row.end("tests"));
    }

    private void readSuite() {
        EngineUnderTest processes = new ProcessesConformanceTest().engine();
        for (Class<?> part : EngineConformance.class.getDeclaredClasses()) {
            Class<?> contract = part.getSuperclass();
            for (Method method : contract.getDeclaredMethods()) {
                Case cases = method.getAnnotation(Case.class);
                if (cases != null) {
                    assertThat(method.isAnnotationPresent(Test.class))
                            .as("%s is a test", method)
                            .isTrue();
                    Needs needs = method.getAnnotation(Needs.class);
                    boolean runs = needs == null || processes.traits().containsAll(List.of(needs.value()));
                    String name = "`" + contract.getSimpleName() + "." + method.getName() + "`";
                    for (int number : cases.value()) {
                        tests.computeIfAbsent(number, _ -> new TreeSet<>()).add(name);
                        if (runs) {
                            onProcesses.add(number);
                        }
                    }
                }
            }
        }
    }
}
