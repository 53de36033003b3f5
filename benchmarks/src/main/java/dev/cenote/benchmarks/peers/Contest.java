// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One row of the table: a number of ours beside one of Python's, and what must hold.
///
/// @param text what was done
/// @param ours our number
/// @param theirs the number it is compared with
/// @param bar what must hold; `null` if the row is for information
record Contest(
        String text, Metric ours, Metric theirs, @Nullable Bar bar) {

    /// A bar. In all of our numbers less is better.
    sealed interface Bar {

        /// We are so many times faster.
        record TimesFaster(double limit) implements Bar {}

        /// We take at most so many times as long.
        record TimesAsLong(double limit) implements Bar {}

        /// Our number is at most this, whatever Python's is.
        record AtMost(double limit) implements Bar {}
    }

    static final List<Contest> ALL = List.of(
            new Contest(
                    "one warm call, 64 bytes each way, half of all",
                    Metric.CALL_P50,
                    Metric.CALL_P50,
                    new Bar.TimesFaster(10)),
            new Contest("one warm call, 99 of 100", Metric.CALL_P99, Metric.CALL_P99, null),
            new Contest("100,000 items at chunk 1", Metric.SINGLE, Metric.SINGLE, new Bar.TimesFaster(20)),
            new Contest("100,000 items at automatic chunk", Metric.CHUNKS, Metric.CHUNKS, new Bar.TimesFaster(2)),
            new Contest("256 MiB `byte[]` there and back", Metric.BYTES, Metric.BYTES, new Bar.TimesFaster(3)),
            new Contest("256 MiB `long[]` there and back", Metric.LONGS, Metric.LONGS, new Bar.TimesFaster(3)),
            new Contest(
                    "first pool of 2, 1,000 squares, close; spawn",
                    Metric.START_ARCHIVE,
                    Metric.START,
                    new Bar.TimesAsLong(1.5)),
            new Contest("the same before there is an archive", Metric.START, Metric.START, null),
            new Contest("the same, fork", Metric.START_ARCHIVE, Metric.START_FORK, null),
            new Contest("second pool of the same process; spawn", Metric.START_AGAIN, Metric.START, null),
            new Contest("RSS of a worker at rest", Metric.RSS_ARCHIVE, Metric.RSS, new Bar.AtMost(45)),
            new Contest("the same before there is an archive", Metric.RSS, Metric.RSS, null),
            new Contest("PSS of a worker at rest", Metric.PSS_ARCHIVE, Metric.PSS, null),
            new Contest("CPU time of an idle pool and its parent", Metric.IDLE, Metric.IDLE, new Bar.AtMost(5)));

    /// {@return the row of the table}
    ///
    /// @param cenote our numbers
    /// @param python Python's; empty if there is no Python
    String row(Map<Metric, List<Double>> cenote, Map<Metric, List<Double>> python) {
        double our = median(cenote, ours);
        double their = median(python, theirs);
        double faster = their / our;
        Boolean holds = bar == null ? null : holds(bar, our, faster);
        return "| "
                + String.join(
                        " | ",
                        text,
                        Double.isNaN(our) ? "not measured" : number(our) + ' ' + ours.unit(),
                        Double.isNaN(their) ? "absent" : number(their) + ' ' + theirs.unit(),
                        Double.isNaN(faster) ? "" : number(faster) + " x",
                        bar == null ? "" : words(bar),
                        holds == null ? "" : holds ? "yes" : "**no**")
                + " |\n";
    }

    private static @Nullable Boolean holds(Bar bar, double our, double faster) {
        double measured = bar instanceof Bar.AtMost ? our : faster;
        if (Double.isNaN(measured)) {
            return null;
        }
        return switch (bar) {
            case Bar.TimesFaster least -> faster >= least.limit();
            case Bar.TimesAsLong most -> 1 / faster <= most.limit();
            case Bar.AtMost most -> our <= most.limit();
        };
    }

    private String words(Bar bar) {
        return switch (bar) {
            case Bar.TimesFaster least -> "≥ " + number(least.limit()) + " x";
            case Bar.TimesAsLong most -> "≥ 1/" + number(most.limit()) + " x";
            case Bar.AtMost most -> "≤ " + number(most.limit()) + ' ' + ours.unit();
        };
    }

    private static double median(Map<Metric, List<Double>> numbers, Metric metric) {
        List<Double> all = numbers.getOrDefault(metric, List.of());
        return all.isEmpty() ? Double.NaN : Statistics.median(all);
    }

    private static String number(double value) {
        if (value == Math.rint(value) && value < 1_000) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
