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

    /// Prints each line here with its worker's name in front, standard output to standard output and standard error to
    /// standard error, whatever the program has made of these.
    public static final Consumer<OutputLine> PRINT = new Print();

    private Output() {}

    // classes, and no lambdas, which would be the first that a small program loads

    private static final class Discard implements Consumer<OutputLine> {
        @Override
        public void accept(OutputLine line) {}
    }

    private static final class Print implements Consumer<OutputLine> {
        @Override
        public void accept(OutputLine line) {
            (line.error() ? System.err : System.out).println(line.tagged());
        }
    }

    /// {@return a consumer that prints each line with its worker's name in front}
    ///
    /// @param out where standard output goes; asked each time, since programs replace `System.out`
    /// @param err where standard error goes
    public static Consumer<OutputLine> print(Supplier<PrintStream> out, Supplier<PrintStream> err) {
        return line -> (line.error() ? err : out).get().println(line.tagged());
    }
}
