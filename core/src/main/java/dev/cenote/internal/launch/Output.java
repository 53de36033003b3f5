// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.PrintStream;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What becomes of the output of workers, besides a consumer of the user. In each case the last lines are kept for
/// the report of a death.
public final class Output {

    /// Nothing: lines are read, so that a worker never waits for a full pipe, and forgotten.
    public static final Consumer<OutputLine> DISCARD = new Discard();

    private Output() {}

    private static final class Discard implements Consumer<OutputLine> {
        @Override
        public void accept(OutputLine line) {}
    }

    /// {@return a consumer that prints each line with its worker's name in front}
    ///
    /// @param out where standard output goes; asked each time, since programs replace `System.out`
    /// @param err where standard error goes
    public static Consumer<OutputLine> print(Supplier<PrintStream> out, Supplier<PrintStream> err) {
        return line -> (line.error() ? err : out).get().println(line.tagged());
    }
}
