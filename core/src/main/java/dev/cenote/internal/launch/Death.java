// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import dev.cenote.internal.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a worker ended.
///
/// @param worker its name
/// @param pid its process id
/// @param exitCode what the operating system says: on Unix 128 and the number of a signal if one ended it
/// @param reason what kind of end it was
/// @param text what happened, in words, beginning with the worker's name
/// @param uptime how long it was there
/// @param lastOutput its last lines, of both streams
/// @param crash the head of the JVM's crash report; `null` if there is none
/// @param crashFile where the whole crash report was put; `null` if there is none
public record Death(
        String worker,
        long pid,
        int exitCode,
        Reason reason,
        String text,
        Duration uptime,
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

    /// {@return the text with everything else below, each on lines of its own, for the message of an exception}
    public String report() {
        StringBuilder result = new StringBuilder(text);
        if (reason != Reason.NOT_STARTED) {
            result.append("\n  it was up for ").append(Text.of(uptime));
        }
        String advice = advice();
        if (advice != null) {
            result.append("\n  what to do: ").append(advice);
        }
        if (crash != null) {
            result.append("\n  crash report:").append(indented(crash.lines().toList()));
        }
        if (!lastOutput.isEmpty()) {
            result.append("\n  last output:").append(indented(lastOutput));
        }
        return result.toString();
    }

    /// {@return what may keep it from happening again; `null` if nobody but the pool has a part in it}
    private @Nullable String advice() {
        return switch (reason) {
            case EXIT -> "let tasks return or throw instead; what must exit runs as a ChildProcess";
            case SIGNAL -> "find out who sends signals to processes here";
            case OUT_OF_MEMORY -> "give workers more heap, see PoolConfig.heap, or tasks less to hold";
            case KERNEL_OUT_OF_MEMORY -> "give workers less heap, see PoolConfig.heap, or use fewer workers";
            case CRASH -> "see in the crash report which native code it was; an update of it, or of Java, may help";
            case NOT_STARTED -> "correct the options of the workers, see PoolConfig.jvmArgs and PoolConfig.java";
            case KILLED, WORKER -> null;
        };
    }

    private static String indented(List<String> lines) {
        return "\n    " + String.join("\n    ", lines);
    }
}
