// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What a pool of worker processes is told besides {@link PoolConfig}, whose methods set it. Other engines ignore it,
/// so that a program can change its engine and nothing else.
///
/// @param heap the largest heap of each worker, such as `512m`; `null` for its share of this machine's memory
/// @param jvmArguments options for the JVM of each worker, after those of this library
/// @param environment variables of the workers in addition to those of this process
/// @param directory where workers run; `null` for the working directory of this process
/// @param java the `java` command to start; `null` for that of this process
/// @param output takes the lines that workers print, with the worker's name; `null` to print them here
/// @param codec turns items and results into bytes; `null` for the library's own way
/// @param maxTasksPerWorker how many items or jobs a worker runs before another takes its place; 0 for no limit
/// @param maxMemory how many bytes of memory a worker may hold after a task without being replaced; 0 for no limit
/// @param idleTimeout how long a worker without work is kept; `null` for as long as the pool is open
/// @param startTimeout how long a worker may take to start
/// @param queueBytes how many bytes of submitted jobs may wait; 0 for no limit
/// @since 0.1
public record ProcessOptions(
        @Nullable String heap,
        List<String> jvmArguments,
        Map<String, String> environment,
        @Nullable Path directory,
        @Nullable Path java,
        @Nullable BiConsumer<String, String> output,
        @Nullable Codec codec,
        int maxTasksPerWorker,
        long maxMemory,
        @Nullable Duration idleTimeout,
        Duration startTimeout,
        long queueBytes) {

    /// The options of a pool that sets none.
    public static final ProcessOptions DEFAULT = new ProcessOptions(
            null, List.of(), Map.of(), null, null, null, null, 0, 0, null, Duration.ofSeconds(60), 0);

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if a number or a duration is out of range; the message names it and its value
    public ProcessOptions {
        jvmArguments = List.copyOf(jvmArguments);
        environment = Map.copyOf(environment);
        if (maxTasksPerWorker < 0) {
            throw new IllegalArgumentException("maxTasksPerWorker must be 1 or more: " + maxTasksPerWorker);
        }
        if (maxMemory < 0) {
            throw new IllegalArgumentException("maxMemory must be positive: " + maxMemory);
        }
        if (queueBytes < 0) {
            throw new IllegalArgumentException("queueBytes must be positive: " + queueBytes);
        }
        if (idleTimeout != null && (idleTimeout.isNegative() || idleTimeout.isZero())) {
            throw new IllegalArgumentException("idleTimeout must be positive: " + idleTimeout);
        }
        if (startTimeout.isNegative() || startTimeout.isZero()) {
            throw new IllegalArgumentException("startTimeout must be positive: " + startTimeout);
        }
    }

    ProcessOptions heap(String value) {
        return new ProcessOptions(
                value,
                jvmArguments,
                environment,
                directory,
                java,
                output,
                codec,
                maxTasksPerWorker,
                maxMemory,
                idleTimeout,
                startTimeout,
                queueBytes);
    }

    ProcessOptions jvmArguments(List<String> value) {
        return new ProcessOptions(
                heap,
                value,
                environment,
                directory,
                java,
                output,
                codec,
                maxTasksPerWorker,
                maxMemory,
                idleTimeout,
                startTimeout,
                queueBytes);
    }

    ProcessOptions environment(Map<String, String> value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                value,
                directory,
                java,
                output,
                codec,
                maxTasksPerWorker,
                maxMemory,
                idleTimeout,
                startTimeout,
                queueBytes);
    }

    ProcessOptions directory(Path value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                environment,
                value,
                java,
                output,
                codec,
                maxTasksPerWorker,
                maxMemory,
                idleTimeout,
                startTimeout,
                queueBytes);
    }

    ProcessOptions java(Path value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                environment,
                directory,
                value,
                output,
                codec,
                maxTasksPerWorker,
                maxMemory,
                idleTimeout,
                startTimeout,
                queueBytes);
    }

    ProcessOptions output(BiConsumer<String, String> value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                environment,
                directory,
                java,
                value,
                codec,
                maxTasksPerWorker,
                maxMemory,
                idleTimeout,
                startTimeout,
                queueBytes);
    }

    ProcessOptions codec(Codec value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                environment,
                directory,
                java,
                output,
                value,
                maxTasksPerWorker,
                maxMemory,
                idleTimeout,
                startTimeout,
                queueBytes);
    }

    ProcessOptions maxTasksPerWorker(int value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                environment,
                directory,
                java,
                output,
                codec,
                value,
                maxMemory,
                idleTimeout,
                startTimeout,
                queueBytes);
    }

    ProcessOptions maxMemory(long value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                environment,
                directory,
                java,
                output,
                codec,
                maxTasksPerWorker,
                value,
                idleTimeout,
                startTimeout,
                queueBytes);
    }

    ProcessOptions idleTimeout(Duration value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                environment,
                directory,
                java,
                output,
                codec,
                maxTasksPerWorker,
                maxMemory,
                value,
                startTimeout,
                queueBytes);
    }

    ProcessOptions startTimeout(Duration value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                environment,
                directory,
                java,
                output,
                codec,
                maxTasksPerWorker,
                maxMemory,
                idleTimeout,
                value,
                queueBytes);
    }

    ProcessOptions queueBytes(long value) {
        return new ProcessOptions(
                heap,
                jvmArguments,
                environment,
                directory,
                java,
                output,
                codec,
                maxTasksPerWorker,
                maxMemory,
                idleTimeout,
                startTimeout,
                value);
    }
}
