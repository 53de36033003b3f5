// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

/// One line that a worker wrote to its standard output or standard error.
///
/// @param worker the worker's name
/// @param error whether it was written to standard error
/// @param text the line without its end; cut when it is very long
/// @param lost how many lines of this worker were given up just before this one, because they came faster than they
///     were taken
public record OutputLine(String worker, boolean error, String text, long lost) {

    /// {@return the line as it is shown among those of others}
    public String tagged() {
        String line = "[" + worker + "] " + text;
        return lost == 0 ? line : "[" + worker + "] ... " + lost + " lines were lost here ...\n" + line;
    }
}
