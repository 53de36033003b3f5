// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.util.List;

/// What became of one test on one engine.
///
/// @param engine the name of the engine
/// @param test the contract and the method
/// @param cases the numbered cases it holds
/// @param status what became of it
/// @param reason why it was skipped or failed
record TestResult(String engine, String test, List<Integer> cases, Status status, String reason) {

    /// How a test ended.
    enum Status {
        PASSED("yes"),
        FAILED("**NO**"),
        SKIPPED("-");

        private final String mark;

        Status(String mark) {
            this.mark = mark;
        }

        String mark() {
            return mark;
        }
    }
}
