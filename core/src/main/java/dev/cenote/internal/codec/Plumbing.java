// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The frames by which a worker has come to a task. They are at the bottom of every stack of its main thread, and tell
/// a user nothing.
public final class Plumbing {

    /// Where the stack of a worker's tasks begins.
    private static final String WORKER_MAIN = "dev.cenote.internal.worker.WorkerMain";

    /// What lies between that and the task: this library, and what it calls to run something.
    private static final List<String> NAMES =
            List.of("dev.cenote.internal.", "java.lang.ScopedValue", "jdk.internal.vm.ScopedValue");

    private Plumbing() {}

    /// {@return how many frames are above them; all, if there are none above, or it is not such a stack}
    ///
    /// @param frames the frames, the innermost first
    static int begins(StackTraceElement[] frames) {
        int end = frames.length;
        if (end == 0 || !frames[end - 1].getClassName().equals(WORKER_MAIN)) {
            return end;
        }
        while (end > 0 && isPlumbing(frames[end - 1].getClassName())) {
            end--;
        }
        return end == 0 ? frames.length : end;
    }

    private static boolean isPlumbing(String name) {
        for (String beginning : NAMES) {
            if (name.startsWith(beginning)) {
                return true;
            }
        }
        return name.contains("$$Lambda/"); // usually hidden, but not in an OutOfMemoryError
    }

    /// Takes them out of an exception, its causes and what it has suppressed.
    ///
    /// @param thrown the exception, about to be printed
    public static void cut(Throwable thrown) {
        cut(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static void cut(@Nullable Throwable thrown, Set<Throwable> seen) {
        if (thrown == null || !seen.add(thrown)) {
            return;
        }
        StackTraceElement[] frames = thrown.getStackTrace();
        thrown.setStackTrace(Arrays.copyOf(frames, begins(frames)));
        cut(thrown.getCause(), seen);
        for (Throwable suppressed : thrown.getSuppressed()) {
            cut(suppressed, seen);
        }
    }
}
