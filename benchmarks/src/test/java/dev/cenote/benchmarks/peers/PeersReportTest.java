// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class PeersReportTest {

    private final Results results = new Results();

    private void add(Work work, String side, Kind kind, double... medians) {
        for (double median : medians) {
            results.add(work, 10, side, kind, new double[] {median, median});
        }
    }

    private String markdown() {
        return new Report(
                        Map.of("date", "2026-02-03"),
                        Map.of("pebble", "5"),
                        Map.of("joblib", "ModuleNotFoundError: No module\n named 'joblib'"),
                        results)
                .markdown("name");
    }

    @Test
    void row_comparesMediansOfTheSameKind() {
        add(Work.CALL, "cenote-processes", Kind.PROCESSES, 1, 5, 400);
        add(Work.CALL, "cenote-threads", Kind.THREADS, 2);
        add(Work.CALL, "python-fork", Kind.PROCESSES, 60, 70, 1);
        add(Work.CALL, "fixed-pool", Kind.THREADS, 3);

        assertThat(markdown())
                .contains("| **cenote-processes** | processes | 5 µs | 1 x | 5 µs | 1 x | 3 |")
                .contains("| python-fork | processes | 60 µs | 12 x | 60 µs | 12 x | 3 |")
                .contains("| fixed-pool | threads | 3 µs | 1.50 x |");
    }

    @Test
    void bar_isJudgedByItsRival() {
        add(Work.CALL, "cenote-processes", Kind.PROCESSES, 5);
        add(Work.CALL, "python-fork", Kind.PROCESSES, 60);

        assertThat(markdown())
                .contains("| warm call, p50, 20 times faster | 5 µs | python-fork | 60 µs | 12 x | ≥ 20 x | **no** |")
                .contains("| warm call, p99, 10 times faster | 5 µs | python-fork | 60 µs | 12 x | ≥ 10 x | yes |");
    }

    @Test
    void bar_againstTheBest_takesTheBestPeerOfTheSameKind() {
        add(Work.NOOP_1, "cenote-processes", Kind.PROCESSES, 2);
        add(Work.NOOP_1, "pebble", Kind.PROCESSES, 80);
        add(Work.NOOP_1, "piscina", Kind.PROCESSES, 70);
        add(Work.NOOP_1, "fixed-pool", Kind.THREADS, 1);

        assertThat(markdown()).contains("| 2 ms | piscina | 70 ms | 35 x | ≥ 30 x | yes |");
    }

    @Test
    void bar_withoutARival_isALimit() {
        results.add(Work.UNEVEN, 1, "cenote-threads", Kind.THREADS, new double[] {900, 1.25});

        assertThat(markdown())
                .contains("| uneven, threads, within 10 % of the ideal | 1.25 x |  |  | 1.25 x | ≤ 1.10 x | **no** |")
                .contains("| uneven, processes, within 10 % of the ideal | not measured |  |  |  | ≤ 1.10 x |  |");
    }

    @Test
    void bar_whoseRivalIsAbsent_isNotJudged() {
        add(Work.CALL, "cenote-processes", Kind.PROCESSES, 5);

        assertThat(markdown())
                .contains("| 5 µs | python-fork | absent |  | ≥ 20 x |  |")
                .contains("- joblib: ModuleNotFoundError: No module named 'joblib'\n");
    }

    @Test
    void sideThatFailed_isSaid() {
        add(Work.BYTES, "cenote-processes", Kind.PROCESSES, 5);
        results.fail(Work.BYTES, "pebble", "no answer in 60 s");

        assertThat(markdown()).contains("\npebble failed: no answer in 60 s\n");
    }

    @Test
    void plot_isWellFormed_withABarForEachSide() throws Exception {
        add(Work.CALL, "cenote-processes", Kind.PROCESSES, 5);
        add(Work.CALL, "<&\"fast\">", Kind.PROCESSES, 0.001);
        add(Work.CALL, "slow", Kind.PROCESSES, 5_000_000);
        String svg = new Report(Map.of(), Map.of(), Map.of(), results).plot(Group.CALLS);

        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));

        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(1 + 3);
        assertThat(svg).contains("&lt;&amp;&quot;fast&quot;&gt;", "1,000,000 x").doesNotContain("NaN", "Infinity");
    }

    @Test
    void plot_withNobodyToCompare_isNone() {
        add(Work.CALL, "cenote-processes", Kind.PROCESSES, 5);

        assertThat(new Report(Map.of(), Map.of(), Map.of(), results).plot(Group.CALLS))
                .isEmpty();
    }

    @Test
    void ideal_isWhatWorkersTakeThatAlwaysTakeTheNext() {
        assertThat(Durations.ideal(List.of(3, 3, 3, 3), 2)).isEqualTo(6);
        assertThat(Durations.ideal(List.of(1, 1, 10), 2)).isEqualTo(11);
        assertThat(Durations.ideal(Durations.uneven(50), 4)).isEqualTo(18 * 50_000);
        assertThat(Durations.ideal(Durations.fastThenSlow(64), 2)).isEqualTo(1_600_000);
    }

    @Test
    void everyWork_isInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));

        for (Work work : Work.values()) {
            assertThat(readme)
                    .contains("| `" + work.group().key() + "` | `" + work.key() + "` | " + work.text() + " |");
        }
    }

    @Test
    void figures_areMadeOfSamples() {
        Task task = Task.of(Work.SLEEPS, 200, 0);

        assertThat(Work.CALL.numbers(Task.of(Work.CALL, 3, 0), Kind.THREADS, new double[] {3e3, 1e3, 2e3}))
                .containsExactly(2, 2);
        assertThat(Work.SLEEPS.numbers(task, Kind.THREADS, new double[] {500e6}))
                .containsExactly(500, 2);
        assertThat(Work.SLEEPS.numbers(task, Kind.VIRTUAL, new double[] {15e6})).containsExactly(15, 1.5);
        assertThat(Work.PENDING.numbers(task, Kind.THREADS, new double[] {1e6, 2e6}))
                .containsExactly(1_000, 200, Double.NaN, Double.NaN, Double.NaN);
    }
}
