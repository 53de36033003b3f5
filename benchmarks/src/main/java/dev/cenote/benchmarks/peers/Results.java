// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was measured: the figures of every round of every side, and what went wrong.
final class Results {

    private final Map<Work, Map<String, List<double[]>>> rounds = new EnumMap<>(Work.class);
    private final Map<Work, Map<String, String>> failures = new EnumMap<>(Work.class);
    private final Map<Work, Integer> sizes = new EnumMap<>(Work.class);
    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    void add(Work work, int size, String side, Kind kind, double[] figures) {
        kinds.put(side, kind);
        sizes.put(work, size);
        rounds.computeIfAbsent(work, _ -> new LinkedHashMap<>())
                .computeIfAbsent(side, _ -> new ArrayList<>())
                .add(figures);
    }

    void fail(Work work, String side, String reason) {
        failures.computeIfAbsent(work, _ -> new LinkedHashMap<>()).put(side, reason);
    }

    /// {@return the works that anybody has done or tried, in the order of the report}
    List<Work> works() {
        return List.of(Work.values()).stream()
                .filter(work -> rounds.containsKey(work) || failures.containsKey(work))
                .toList();
    }

    int size(Work work) {
        return sizes.getOrDefault(work, 0);
    }

    /// {@return the rounds of each side, in the order in which they began}
    ///
    /// @param work of what
    Map<String, List<double[]>> rounds(Work work) {
        return rounds.getOrDefault(work, Map.of());
    }

    /// {@return who failed, and why}
    ///
    /// @param work at what
    Map<String, String> failures(Work work) {
        return failures.getOrDefault(work, Map.of());
    }

    Kind kind(String side) {
        return kinds.getOrDefault(side, Kind.SERIAL);
    }

    /// {@return the median of all rounds, or NaN if there is none}
    ///
    /// @param work of what
    /// @param side whose
    /// @param figure which of the figures
    double median(Work work, String side, int figure) {
        double[] all = rounds(work).getOrDefault(side, List.of()).stream()
                .mapToDouble(round -> round[figure])
                .filter(number -> !Double.isNaN(number))
                .toArray();
        return all.length == 0 ? Double.NaN : Work.percentile(all, 0.5);
    }

    /// {@return the side that others of its kind are compared with: ours of the same kind, or `null` if that was not
    /// measured}
    ///
    /// @param work at what
    /// @param side which
    @Nullable
    String ours(Work work, String side) {
        String ours = kind(side).ours();
        return rounds(work).containsKey(ours) ? ours : null;
    }

    /// {@return how many times as long as ours of its kind a side takes, or NaN}
    ///
    /// @param work for what
    /// @param side which
    /// @param figure which of the figures
    double ratio(Work work, String side, int figure) {
        String ours = ours(work, side);
        return ours == null ? Double.NaN : median(work, side, figure) / median(work, ours, figure);
    }

    /// {@return the peer of this kind that is best, or `null` if there is none}
    ///
    /// @param work at what
    /// @param kind which kind
    /// @param figure which of the figures
    @Nullable
    String best(Work work, Kind kind, int figure) {
        String best = null;
        for (String side : rounds(work).keySet()) {
            if (side.startsWith("cenote") || kind(side) != kind || Double.isNaN(median(work, side, figure))) {
                continue;
            }
            if (best == null || median(work, side, figure) < median(work, best, figure)) {
                best = side;
            }
        }
        return best;
    }
}
