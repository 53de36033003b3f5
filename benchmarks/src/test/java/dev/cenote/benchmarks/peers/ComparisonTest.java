// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

    private static final LocalDate DAY = LocalDate.of(2026, 2, 3);

    private static String table(Map<Metric, List<Double>> cenote, Map<Metric, List<Double>> python) {
        return Comparison.markdown(DAY, "a machine", cenote, python);
    }

    @Test
    void row_comparesMedians() {
        String table = table(
                Map.of(Metric.CALL_P50, List.of(1.0, 5.0, 400.0)), Map.of(Metric.CALL_P50, List.of(60.0, 70.0, 1.0)));

        assertThat(table)
                .startsWith("# Pools of two processes, 2026-02-03\n\na machine. ")
                .contains("| 5 µs | 60 µs | 12 x | ≥ 10 x | yes |\n");
    }

    @Test
    void bar_thatDoesNotHold_isSaid() {
        String table = table(
                Map.of(Metric.BYTES, List.of(100.0), Metric.START_ARCHIVE, List.of(90.0)),
                Map.of(Metric.BYTES, List.of(250.0), Metric.START, List.of(50.0)));

        assertThat(table)
                .contains("| 100 ms | 250 ms | 2.50 x | ≥ 3 x | **no** |\n")
                .contains("| 90 ms | 50 ms | 0.56 x | ≥ 1/1.50 x | **no** |\n");
    }

    @Test
    void bar_withoutPython_isNotJudged() {
        String table = table(Map.of(Metric.CHUNKS, List.of(7.5), Metric.RSS_ARCHIVE, List.of(44.0)), Map.of());

        assertThat(table)
                .contains("| 7.50 ms | absent |  | ≥ 2 x |  |\n")
                .contains("| 44 MB | absent |  | ≤ 45 MB | yes |\n");
    }

    @Test
    void pythonThatIsNotThere_isAbsent(@TempDir Path folder) throws IOException {
        assertThat(PythonSide.find(folder.resolve("python").toString(), folder)).isNull();
    }

    @Test
    void cenote_doesTheWork(@TempDir Path folder) throws IOException {
        try (CenoteSide side = new CenoteSide(folder)) {
            assertThat(side.round(Work.CALL, 3)).containsOnlyKeys(Metric.CALL_P50, Metric.CALL_P99);
            assertThat(side.round(Work.SINGLE, 10)).containsOnlyKeys(Metric.SINGLE);
            assertThat(side.round(Work.CHUNKS, 10)).containsOnlyKeys(Metric.CHUNKS);
            assertThat(side.round(Work.BYTES, 800)).containsOnlyKeys(Metric.BYTES);
            assertThat(side.round(Work.LONGS, 800)).containsOnlyKeys(Metric.LONGS);
        }
    }
}
