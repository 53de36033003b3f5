// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether a bar holds.
///
/// @param bar the bar
/// @param measured the number that was measured, with its unit
/// @param limit the most it may be, with its unit
/// @param holds whether it does; empty when one of the results is missing
record Verdict(Bar bar, String measured, String limit, Optional<Boolean> holds) {

    /// Judges a bar by the results of its class.
    ///
    /// @param bar the bar
    /// @param results the results
    /// @return the verdict; of several results that the bar speaks of, the worst counts
    static Verdict of(Bar bar, List<Measurement> results) {
        String unit = unit(bar);
        double worst = results.stream()
                .filter(result -> result.method().equals(bar.subject().method())
                        && result.agrees(bar.subject().params()))
                .mapToDouble(result -> number(bar, result, results))
                .reduce(Math::max)
                .orElse(Double.NaN);
        String limit = text(bar.limit(), unit);
        return Double.isNaN(worst)
                ? new Verdict(bar, "not measured", limit, Optional.empty())
                : new Verdict(bar, text(worst, unit), limit, Optional.of(worst <= bar.limit()));
    }

    private static double number(Bar bar, Measurement result, List<Measurement> results) {
        return switch (bar) {
            case Bar.Ratio ratio -> result.nanos() / baseline(result, ratio.baseline(), results);
            case Bar.Extra extra -> (result.nanos() - baseline(result, extra.baseline(), results)) / result.items();
            case Bar.Seconds _ -> result.nanos() / 1e9;
            case Bar.Amount amount -> result.secondary().getOrDefault(amount.metric(), Double.NaN);
        };
    }

    /// {@return the time of another method at the same parameters, or NaN}
    ///
    /// @param result the result that is compared
    /// @param method the other method
    /// @param results where to look
    static double baseline(Measurement result, String method, List<Measurement> results) {
        return results.stream()
                .filter(other -> other.method().equals(method) && other.agrees(result.params()))
                .mapToDouble(Measurement::nanos)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static String unit(Bar bar) {
        return switch (bar) {
            case Bar.Ratio _ -> " x";
            case Bar.Extra _ -> " ns";
            case Bar.Seconds _ -> " s";
            case Bar.Amount _ -> "";
        };
    }

    private static String text(double number, String unit) {
        return String.format(Locale.ROOT, number >= 100 ? "%,.0f%s" : "%.2f%s", number, unit);
    }
}
