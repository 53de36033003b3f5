// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Medians and the like.
final class Statistics {

    private Statistics() {}

    static Map<Metric, Double> calls(double[] nanos) {
        return Map.of(
                Metric.CALL_P50, percentile(nanos, 0.50) / 1e3,
                Metric.CALL_P99, percentile(nanos, 0.99) / 1e3);
    }

    static double median(List<Double> numbers) {
        return percentile(numbers.stream().mapToDouble(number -> number).toArray(), 0.5);
    }

    /// {@return the number that this share of all is not above; between two numbers, the lower}
    private static double percentile(double[] numbers, double share) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        return sorted[(int) ((sorted.length - 1) * share)];
    }
}
