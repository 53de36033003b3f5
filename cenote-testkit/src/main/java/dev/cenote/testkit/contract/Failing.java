// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

/// Throwing what a test wants to see thrown.
final class Failing {

    private Failing() {}

    /// Throws an error, or returns the exception to throw.
    static Exception with(Throwable error) {
        if (error instanceof Error fatal) {
            throw fatal;
        }
        return (Exception) error;
    }

    /// Throws; stands where a function has to return something.
    @SuppressWarnings({"TypeParameterUnusedInFormals", "DoNotCallSuggester"}) // it never returns; a lambda has to
    static <R> R run(Throwable error) throws Exception {
        throw with(error);
    }
}
