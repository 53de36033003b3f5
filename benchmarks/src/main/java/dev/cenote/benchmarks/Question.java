// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import java.util.List;

/// What a benchmark class asks, whom it compares with, and what the answer must be; the report is made from these.
///
/// @param benchmark the class
/// @param text the question
/// @param baseline the method that the others are compared with
/// @param bars what must hold
record Question(Class<?> benchmark, String text, String baseline, List<Bar> bars) {

    Question {
        bars = List.copyOf(bars);
    }

    /// {@return every question there is, in the order of the report}
    static List<Question> all() {
        return List.of(
                ThreadsMapBenchmark.QUESTION,
                FuturePerItemBenchmark.QUESTION,
                SubmitBenchmark.QUESTION,
                SubmitBurstBenchmark.QUESTION,
                VirtualSleepersBenchmark.QUESTION,
                SerialOverheadBenchmark.QUESTION,
                LazyBenchmark.QUESTION,
                MapOptionsBenchmark.QUESTION);
    }
}
