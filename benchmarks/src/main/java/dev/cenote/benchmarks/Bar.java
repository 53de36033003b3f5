// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import java.util.Map;

/// What one result must be for the library to keep its word. All compare times: less is better.
sealed interface Bar {

    /// {@return the promise, in words}
    String promise();

    /// {@return the result that is judged}
    Series subject();

    /// {@return the most that the measured number may be, in the unit of the kind of bar}
    double limit();

    /// One result, or the same result at several parameters.
    ///
    /// @param method the benchmark method
    /// @param params the parameters that it must have; others may have any value
    record Series(String method, Map<String, String> params) {

        public Series {
            params = Map.copyOf(params);
        }

        static Series of(String method) {
            return new Series(method, Map.of());
        }
    }

    /// A time may be at most `limit` times that of another method at the same parameters.
    record Ratio(String promise, Series subject, String baseline, double limit) implements Bar {}

    /// A time may exceed that of another method at the same parameters by at most `limit` nanoseconds an item.
    record Extra(String promise, Series subject, String baseline, double limit) implements Bar {}

    /// A time may be at most `limit` seconds.
    record Seconds(String promise, Series subject, double limit) implements Bar {}

    /// A secondary result may be at most `limit`.
    record Amount(String promise, Series subject, String metric, double limit) implements Bar {}
}
