// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One result of JMH.
///
/// @param benchmark the name of the class
/// @param method the benchmark method
/// @param params the parameters
/// @param score the time of one operation
/// @param error half the width of its 99.9 % confidence interval; NaN for a single shot
/// @param unit the unit of both, such as `ms/op`
/// @param secondary the secondary results, of each the largest of all iterations
record Measurement(
        String benchmark,
        String method,
        Map<String, String> params,
        double score,
        double error,
        String unit,
        Map<String, Double> secondary) {

    /// Reads a result file of JMH.
    ///
    /// @param json the text of the file
    /// @return the results
    static List<Measurement> read(String json) {
        List<Measurement> all = new ArrayList<>();
        for (Object result : (List<?>) Objects.requireNonNull(Json.parse(json))) {
            all.add(of((Map<?, ?>) Objects.requireNonNull(result)));
        }
        return all;
    }

    private static Measurement of(Map<?, ?> result) {
        String name = string(result, "benchmark");
        int dot = name.lastIndexOf('.');
        Map<?, ?> primary = map(result, "primaryMetric");
        Map<String, String> params = new LinkedHashMap<>();
        map(result, "params").forEach((key, value) -> params.put(String.valueOf(key), String.valueOf(value)));
        Map<String, Double> secondary = new LinkedHashMap<>();
        map(result, "secondaryMetrics").forEach((key, value) -> {
            if (value instanceof Map<?, ?> metric) {
                secondary.put(String.valueOf(key), largest(metric.get("rawData")));
            }
        });
        return new Measurement(
                name.substring(0, dot),
                name.substring(dot + 1),
                params,
                number(primary, "score"),
                number(primary, "scoreError"),
                string(primary, "scoreUnit"),
                secondary);
    }

    /// The largest of all iterations of all forks; the score of a counter is their sum.
    private static double largest(@Nullable Object rawData) {
        return switch (rawData) {
            case Double number -> number;
            case List<?> list ->
                list.stream().mapToDouble(Measurement::largest).max().orElse(Double.NaN);
            case null, default -> Double.NaN;
        };
    }

    private static Map<?, ?> map(Map<?, ?> json, String key) {
        return json.get(key) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String string(Map<?, ?> json, String key) {
        return String.valueOf(json.get(key));
    }

    /// JMH writes what is not a number as a string.
    private static double number(Map<?, ?> json, String key) {
        @Nullable Object value = json.get(key);
        return value instanceof Double number ? number : Double.NaN;
    }

    /// {@return the time of one operation in nanoseconds}
    double nanos() {
        return score * nanosPerUnit();
    }

    private double nanosPerUnit() {
        return switch (unit) {
            case "ns/op" -> 1;
            case "us/op" -> 1e3;
            case "ms/op" -> 1e6;
            case "s/op" -> 1e9;
            default ->
                throw new IllegalArgumentException(
                        "the report knows times of operations only: " + method + " has the unit " + unit);
        };
    }

    /// {@return how many items one operation works on}
    double items() {
        String items = params.get("items");
        return items == null ? 1 : Double.parseDouble(items);
    }

    /// {@return whether the parameters that both have are the same}
    ///
    /// @param others parameters, of another result for example
    boolean agrees(Map<String, String> others) {
        return others.entrySet().stream()
                .allMatch(other ->
                        params.getOrDefault(other.getKey(), other.getValue()).equals(other.getValue()));
    }
}
