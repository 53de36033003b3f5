// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Holds `docs/conformance.md` to the suite: each case names the tests that hold it, or a reason.
class ConformanceTableTest {

    private static final Pattern ROW = Pattern.compile(
            "\\| (?<number>\\d+) \\| (?:both|threads|processes) \\| (?<what>.+?) \\| (?<processes>yes|-) \\|"
                    + " (?<tests>.+) \\|");
    private static final Pattern COUNTS = Pattern.compile("\\| `(?<engine>[^`]+)` \\| \\d+ \\|");
    private static final List<EngineConformance> SUITES = List.of(
            new SerialConformanceTest(),
            new ThreadsConformanceTest(),
            new VirtualConformanceTest(),
            new BoundedVirtualConformanceTest(),
            new ProcessesConformanceTest());
    private static final Pattern REASON = Pattern.compile("(no meaning|not yet): .+");

    /// The tests of each case, and of each engine the cases of which a test runs there.
    private final NavigableMap<Integer, NavigableSet<String>> tests = new TreeMap<>();

    private final NavigableMap<String, NavigableSet<Integer>> casesOn = new TreeMap<>();

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

    @Test
    void table_countsEveryEngine() throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "conformance.md"))
                        .lines()
                        .map(COUNTS::matcher)
                        .filter(Matcher::matches)
                        .map(counts -> counts.group("engine")))
                .containsExactlyInAnyOrderElementsOf(casesOn.keySet());
    }

    private static List<Matcher> rows() throws IOException {
        return Files.readString(Path.of("..", "docs", "conformance.md"))
                .lines()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .toList();
    }

    private String corrected(String line) {
        Matcher counts = COUNTS.matcher(line);
        if (counts.matches() && casesOn.containsKey(counts.group("engine"))) {
            String engine = counts.group("engine");
            return "| `%s` | %d |"
                    .formatted(
                            engine, Objects.requireNonNull(casesOn.get(engine)).size());
        }
        Matcher row = ROW.matcher(line);
        if (!row.matches()) {
            return line;
        }
        int number = Integer.parseInt(row.group("number"));
        NavigableSet<String> holders = tests.getOrDefault(number, new TreeSet<>());
        return line.substring(0, row.start("processes"))
                + (ranOn("processes", number) ? "yes" : "-")
                + line.substring(row.end("processes"), row.start("tests"))
                + (holders.isEmpty() ? row.group("tests") : String.join(", ", holders))
                + line.substring(row.end("tests"));
    }

    private boolean ranOn(String engine, int number) {
        return Objects.requireNonNull(casesOn.get(engine)).contains(number);
    }

    private void readSuite() {
        for (Class<?> part : EngineConformance.class.getDeclaredClasses()) {
            for (Method method : part.getSuperclass().getDeclaredMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    readTest(method);
                } else {
                    assertThat(method.isAnnotationPresent(Case.class))
                            .as("%s is no test and has no case", method)
                            .isFalse();
                }
            }
        }
    }

    private void readTest(Method method) {
        Case cases = method.getAnnotation(Case.class);
        int[] numbers = cases == null ? new int[0] : cases.value();
        Needs needs = method.getAnnotation(Needs.class);
        String name = "`" + method.getDeclaringClass().getSimpleName() + "." + method.getName() + "`";
        for (EngineConformance suite : SUITES) {
            EngineUnderTest engine = suite.engine();
            if (needs == null || engine.traits().containsAll(List.of(needs.value()))) {
                NavigableSet<Integer> held = casesOn.computeIfAbsent(engine.name(), _ -> new TreeSet<>());
                IntStream.of(numbers).forEach(held::add);
            }
        }
        for (int number : numbers) {
            tests.computeIfAbsent(number, _ -> new TreeSet<>()).add(name);
        }
    }
}
