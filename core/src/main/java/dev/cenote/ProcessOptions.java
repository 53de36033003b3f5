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
        Draft draft = new Draft(this);
        draft.heap = value;
        return draft.make();
    }

    ProcessOptions jvmArguments(List<String> value) {
        Draft draft = new Draft(this);
        draft.jvmArguments = value;
        return draft.make();
    }

    ProcessOptions environment(Map<String, String> value) {
        Draft draft = new Draft(this);
        draft.environment = value;
        return draft.make();
    }

    ProcessOptions directory(Path value) {
        Draft draft = new Draft(this);
        draft.directory = value;
        return draft.make();
    }

    ProcessOptions java(Path value) {
        Draft draft = new Draft(this);
        draft.java = value;
        return draft.make();
    }

    ProcessOptions output(BiConsumer<String, String> value) {
        Draft draft = new Draft(this);
        draft.output = value;
        return draft.make();
    }

    ProcessOptions codec(Codec value) {
        Draft draft = new Draft(this);
        draft.codec = value;
        return draft.make();
    }

    ProcessOptions maxTasksPerWorker(int value) {
        Draft draft = new Draft(this);
        draft.maxTasksPerWorker = value;
        return draft.make();
    }

    ProcessOptions maxMemory(long value) {
        Draft draft = new Draft(this);
        draft.maxMemory = value;
        return draft.make();
    }

    ProcessOptions idleTimeout(Duration value) {
        Draft draft = new Draft(this);
        draft.idleTimeout = value;
        return draft.make();
    }

    ProcessOptions startTimeout(Duration value) {
        Draft draft = new Draft(this);
        draft.startTimeout = value;
        return draft.make();
    }

    ProcessOptions queueBytes(long value) {
        Draft draft = new Draft(this);
        draft.queueBytes = value;
        return draft.make();
    }

    /// The options while one of them is changed: the only place that knows their order.
    private static final class Draft {

        private @Nullable String heap;
        private List<String> jvmArguments;
        private Map<String, String> environment;
        private @Nullable Path directory;
        private @Nullable Path java;
        private @Nullable BiConsumer<String, String> output;
        private @Nullable Codec codec;
        private int maxTasksPerWorker;
        private long maxMemory;
        private @Nullable Duration idleTimeout;
        private Duration startTimeout;
        private long queueBytes;

        Draft(ProcessOptions from) {
            heap = from.heap;
            jvmArguments = from.jvmArguments;
            environment = from.environment;
            directory = from.directory;
            java = from.java;
            output = from.output;
            codec = from.codec;
            maxTasksPerWorker = from.maxTasksPerWorker;
            maxMemory = from.maxMemory;
            idleTimeout = from.idleTimeout;
            startTimeout = from.startTimeout;
            queueBytes = from.queueBytes;
        }

        ProcessOptions make() {
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
                    queueBytes);
        }
    }
}
