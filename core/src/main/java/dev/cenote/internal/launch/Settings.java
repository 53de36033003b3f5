// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a user may say about the processes of a pool. Checked when made, so that a mistake fails in the call that
/// makes the pool.
///
/// @param mainClass the class whose `main` runs in a worker
/// @param workers how many workers there may be at a time; memory and CPUs are divided by it
/// @param heap the largest heap of each worker, such as `512m` or `2g`; `null` for its share of the memory
/// @param jvmArguments options for the JVM of each worker, after ours, so that they win
/// @param environment variables in addition to the inherited ones; an empty value is an empty variable
/// @param workingDirectory where workers run; `null` for that of this process
/// @param java the `java` to start; `null` for that of this process
public record Settings(
        String mainClass,
        int workers,
        @Nullable String heap,
        List<String> jvmArguments,
        Map<String, String> environment,
        @Nullable Path workingDirectory,
        @Nullable Path java) {

    /// The class that runs in a worker.
    public static final String WORKER_MAIN = "dev.cenote.internal.worker.WorkerMain";

    /// Set in a worker, to its name; never inherited by the workers of a pool in it.
    public static final String WORKER_PROPERTY = "dev.cenote.worker";

    /// Is `true` in the process that makes the archive of what workers load.
    public static final String TRAINING_PROPERTY = "cenote.training";

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if a value cannot be meant
    public Settings {
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be 1 or more: workers=" + workers);
        }
        if (heap != null && !isSize(heap)) {
            throw new IllegalArgumentException("heap must be a number and a unit, such as 512m or 2g: heap=" + heap);
        }
        for (String argument : jvmArguments) {
            checkArgument(argument);
        }
        jvmArguments = List.copyOf(jvmArguments);
        environment = Map.copyOf(environment);
    }

    /// {@return settings that leave everything to us}
    ///
    /// @param workers how many workers there may be at a time
    public static Settings of(int workers) {
        return new Settings(WORKER_MAIN, workers, null, List.of(), Map.of(), null, null);
    }

    /// {@return the largest heap in bytes; 0 if it is not given}
    long heapBytes() {
        if (heap == null) {
            return 0;
        }
        int shift = switch (heap.charAt(heap.length() - 1)) {
            case 'k', 'K' -> 10;
            case 'm', 'M' -> 20;
            case 'g', 'G' -> 30;
            case 't', 'T' -> 40;
            default -> 0;
        };
        return Long.parseLong(shift == 0 ? heap : heap.substring(0, heap.length() - 1)) << shift;
    }

    private static boolean isSize(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        return digits > 0
                && digits < 13
                && text.charAt(0) != '0'
                && (digits == text.length()
                        || (digits == text.length() - 1 && "kKmMgGtT".indexOf(text.charAt(digits)) >= 0));
    }

    private static void checkArgument(String argument) {
        if (!argument.startsWith("-")) {
            throw new IllegalArgumentException("an option of the JVM begins with '-', and its value is part of it: \""
                    + argument + "\" (for example --add-opens=java.base/java.lang=ALL-UNNAMED)");
        }
        switch (argument) {
            case "-cp", "-classpath", "--class-path", "-jar", "-m", "--module", "-p", "--module-path", "-version" ->
                throw new IllegalArgumentException(
                        argument + " is not for the workers of a pool to choose: they run" + " what this process runs");
            default -> {}
        }
    }
}
