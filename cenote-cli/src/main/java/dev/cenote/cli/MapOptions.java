// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.Options;
import dev.cenote.PoolConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a run goes; what the options of `cenote map` say.
///
/// @param engine on what it runs
/// @param workers how many workers; 0 for the engine's default
/// @param limits how long an item may take, and how often it is tried
/// @param chunk items that a worker takes at a time; 0 for automatic
/// @param ordered whether results come in the order of the items
/// @param keepGoing whether the run goes on after a failure
/// @param format how results are written
/// @param progress whether a progress bar is drawn
/// @param children what only processes are told
record MapOptions(
        Engine engine,
        int workers,
        Limits limits,
        int chunk,
        boolean ordered,
        boolean keepGoing,
        Format format,
        boolean progress,
        Children children) {

    /// How long an item may take, and how often it is tried.
    ///
    /// @param timeout how long it may run; `null` for no limit
    /// @param stall how long it may run without a report of progress; `null` for no limit
    /// @param retries how often it is started again after a failure
    /// @param backoff how long it waits before that; `null` for not at all
    record Limits(
            @Nullable Duration timeout, @Nullable Duration stall, int retries, Options.@Nullable Backoff backoff) {

        private Options apply(Options defaults) {
            Options options = defaults.retries(retries);
            options = timeout == null ? options : options.timeout(timeout);
            options = stall == null ? options : options.stall(stall);
            return backoff == null ? options : options.backoff(backoff.first(), backoff.limit());
        }
    }

    /// What only worker processes are told.
    ///
    /// @param heap the largest heap of each; `null` for a share of the memory
    /// @param jvmArguments options for the JVM of each
    /// @param maxTasks how many items a worker runs before another takes its place; 0 for no limit
    record Children(@Nullable String heap, List<String> jvmArguments, int maxTasks) {

        /// Copies the options.
        Children {
            jvmArguments = List.copyOf(jvmArguments);
        }

        private PoolConfig configure(PoolConfig defaults) {
            PoolConfig config = defaults.jvmArgs(jvmArguments.toArray(String[]::new));
            config = heap == null ? config : config.heap(heap);
            return maxTasks == 0 ? config : config.maxTasksPerWorker(maxTasks);
        }
    }

    /// The look-ahead per worker that hides the latency of the reader and the writer when items take no time.
    private static final int AHEAD_PER_WORKER = 8192;

    /// Many waiting tasks are what virtual threads are for, but without a limit of workers each item has its own.
    private static final int AHEAD_UNLIMITED = 1000;

    /// The part of the heap that items and results under way may fill.
    private static final int HEAP_SHARE = 8;

    private int workersAtMost() {
        int cpus = Runtime.getRuntime().availableProcessors();
        return workers > 0 ? workers : engine == Engine.SERIAL ? 1 : cpus;
    }

    /// {@return how many items may be taken from the input beyond those that were written}
    int ahead() {
        if (engine == Engine.SERIAL) {
            return 1;
        }
        boolean unlimited = engine == Engine.VIRTUAL && workers == 0;
        return unlimited ? AHEAD_UNLIMITED : Math.max(2 * AHEAD_PER_WORKER, smallestAhead());
    }

    /// Each worker has a chunk to run and a chunk to go on with.
    private int smallestAhead() {
        return (int) Math.min(Integer.MAX_VALUE, 2L * workersAtMost() * Math.max(1, chunk));
    }

    /// {@return the window that keeps what is under way within the heap}
    Window window() {
        if (engine == Engine.SERIAL) {
            return new Window(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);
        }
        return new Window(smallestAhead(), ahead(), Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /// {@return the configuration of the pool}
    ///
    /// @param defaults the configuration to change
    /// @param console takes what worker processes print: standard output is for results, which they must not meet
    PoolConfig configure(PoolConfig defaults, Console console) {
        PoolConfig config = workers == 0 ? defaults : defaults.workers(workers);
        return engine != Engine.PROCESSES
                ? config
                : children.configure(config)
                        .name("worker")
                        .output((worker, line) -> console.print("[" + worker + "] " + line));
    }

    /// {@return these options, for a call}
    ///
    /// @param defaults the options to change
    Options apply(Options defaults) {
        Options options = limits.apply(defaults.name("map").ahead(ahead()));
        options = chunk == 0 ? options : options.chunk(chunk);
        return ordered ? options : options.unordered();
    }
}
