// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a worker ended.
///
/// @param worker its name
/// @param pid its process id
/// @param exitCode what the operating system says: on Unix 128 and the number of a signal if one ended it
/// @param reason what kind of end it was
/// @param text what happened, in words, beginning with the worker's name
/// @param lastOutput its last lines, of both streams
/// @param crash the head of the JVM's crash report; `null` if there is none
/// @param crashFile where the whole crash report was put; `null` if there is none
public record Death(
        String worker,
        long pid,
        int exitCode,
        Reason reason,
        String text,
        List<String> lastOutput,
        @Nullable String crash,
        @Nullable Path crashFile) {

    /// Kinds of ends.
    public enum Reason {
        /// It ended by itself: its main returned or threw, or somebody called `System.exit` or `Runtime.halt`.
        EXIT,
        /// [Child#kill] was called.
        KILLED,
        /// A signal from outside.
        SIGNAL,
        /// An `OutOfMemoryError`, or the JVM got no more memory from the operating system.
        OUT_OF_MEMORY,
        /// The kernel ended it because the machine or the container was out of memory.
        KERNEL_OUT_OF_MEMORY,
        /// Native code or the JVM itself crashed.
        CRASH,
        /// The JVM did not come up: an option or the class path is wrong.
        NOT_STARTED,
        /// The worker's main ended it, with another of the codes of [ExitCode].
        WORKER
    }

    /// {@return the text with the last lines and the crash report below, for the message of an exception}
    public String report() {
        StringBuilder result = new StringBuilder(text);
        if (crash != null) {
            result.append("\n  crash report:").append(indented(crash.lines().toList()));
        }
        if (!lastOutput.isEmpty()) {
            result.append("\n  last output:").append(indented(lastOutput));
        }
        return result.toString();
    }

    private static String indented(List<String> lines) {
        return "\n    " + String.join("\n    ", lines);
    }
}
