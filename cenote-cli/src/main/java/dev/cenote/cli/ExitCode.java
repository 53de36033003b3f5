// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

/// The exit codes of the command; `docs/cli.md` lists them.
final class ExitCode {

    /// Every item has a result.
    static final int OK = 0;

    /// An item failed, or the output could not be written.
    static final int FAILED = 1;

    /// The command could not begin: bad arguments, an expression that does not compile, an input that cannot be
    /// read.
    static final int USAGE = 2;

    /// Ctrl-C; what a shell reports for a program that SIGINT ends.
    static final int INTERRUPTED = 130;

    /// The reader of the output went away; what a shell reports for a program that SIGPIPE ends.
    static final int BROKEN_PIPE = 141;

    private ExitCode() {}
}
