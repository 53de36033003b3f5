// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Size;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How a pool is made: an immutable value that the factories of {@link Pool} change.
///
/// ```java
/// Pool pool = Pool.threads(c -> c.workers(4).name("parsing").initializer(() -> new StringBuilder()));
/// ```
///
/// @param name the name of the pool; `null` for the engine's word and a number
/// @param workers how many workers there may be; 0 for the engine's default
/// @param initializer runs once in each worker before its first task; `null` for none
/// @param exit runs once in each worker after its last task; `null` for none
/// @param carried the scoped values that tasks see as their caller has them
/// @param queueLimit how many submitted jobs may wait to be started; 0 for no limit
/// @param processes what concerns pools of processes only
/// @since 0.1
public record PoolConfig(
        @Nullable String name,
        int workers,
        @Nullable Job<?> initializer,
        @Nullable Job<?> exit,
        List<ScopedValue<?>> carried,
        int queueLimit,
        ProcessOptions processes) {

    /// The configuration of a pool that sets nothing.
    public static final PoolConfig DEFAULT = new PoolConfig(null, 0, null, null, List.of(), 0, ProcessOptions.DEFAULT);

    /// Checks the values.
    ///
    /// @throws IllegalArgumentException if `workers` or `queueLimit` is negative
    public PoolConfig {
        if (workers < 0) {
            throw new IllegalArgumentException("workers must be 1 or more: workers=" + workers);
        }
        if (queueLimit < 0) {
            throw new IllegalArgumentException("queueLimit must be 1 or more: queueLimit=" + queueLimit);
        }
        carried = List.copyOf(carried);
    }

    /// Names the pool; thread names and messages begin with it.
    ///
    /// @param newName the name
    /// @return the changed configuration
    public PoolConfig name(String newName) {
        Objects.requireNonNull(newName, "newName");
        return new PoolConfig(newName, workers, initializer, exit, carried, queueLimit, processes);
    }

    /// Sets how many workers there may be at a time.
    ///
    /// @param count how many, 1 or more
    /// @return the changed configuration
    /// @throws IllegalArgumentException if `count` is less than 1
    public PoolConfig workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("workers must be 1 or more: workers=" + count);
        }
        return new PoolConfig(name, count, initializer, exit, carried, queueLimit, processes);
    }

    /// Sets what runs once in each worker before its first task. What it returns is the worker's own state, which
    /// tasks read with {@link Worker#state(Class)}. When it throws, the pool is broken: see {@link
    /// BrokenPoolException}.
    ///
    /// On virtual threads a worker lives only while there is work, so the initializer runs more often there: give
    /// such a pool a limit of workers or no initializer.
    ///
    /// @param job makes the state
    /// @return the changed configuration
    public PoolConfig initializer(Job<?> job) {
        Objects.requireNonNull(job, "job");
        return new PoolConfig(name, workers, job, exit, carried, queueLimit, processes);
    }

    /// Sets what runs once in each worker after its last task, for closing what the initializer opened or for
    /// returning what the worker has gathered: {@link Pool#exitResults()} collects what it returns. It does not
    /// run in a worker that was given up. What it throws is logged.
    ///
    /// @param job takes leave
    /// @return the changed configuration
    public PoolConfig exit(Job<?> job) {
        Objects.requireNonNull(job, "job");
        return new PoolConfig(name, workers, initializer, job, carried, queueLimit, processes);
    }

    /// Names scoped values that tasks, and the reading of lazy inputs, see as bound in the thread that made the
    /// call. The context class loader is always carried.
    ///
    /// @param values the scoped values, in addition to those named before
    /// @return the changed configuration
    public PoolConfig carry(ScopedValue<?>... values) {
        List<ScopedValue<?>> all =
                Stream.concat(carried.stream(), Stream.of(values)).toList();
        return new PoolConfig(name, workers, initializer, exit, all, queueLimit, processes);
    }

    /// Limits how many submitted jobs may wait to be started. When so many wait, `submit`, `execute` and `invokeAll`
    /// wait for one of them to be started or cancelled, and {@link Pool#trySubmit(Job)} takes no other; so a producer
    /// that is quicker than the workers does not fill the memory. The limit is for all who submit together.
    ///
    /// A task of the pool itself never waits: it would hold the worker that it waits for. What it submits is taken
    /// beyond the limit. So is a callback that runs in a worker. Mapping calls are not limited by this: they take no
    /// more of their input than {@link Options#ahead(int)} says, or have all of it already.
    ///
    /// On a serial pool nothing waits.
    ///
    /// @param jobs how many, 1 or more; no limit by default
    /// @return the changed configuration
    /// @throws IllegalArgumentException if `jobs` is less than 1
    public PoolConfig queueLimit(int jobs) {
        if (jobs < 1) {
            throw new IllegalArgumentException("queueLimit must be 1 or more: queueLimit=" + jobs);
        }
        return new PoolConfig(name, workers, initializer, exit, carried, jobs, processes);
    }

    /// Limits how much memory submitted jobs may take up that wait to be sent to a worker process: what they have
    /// captured is encoded when they are submitted. When there is more, `submit` waits as with {@link
    /// #queueLimit(int)}; a job that is larger than the limit is taken when no other waits. Both limits may be set.
    ///
    /// @param size a number and a unit, such as `64m`; no limit by default
    /// @return the changed configuration
    /// @throws IllegalArgumentException if `size` is not such a text
    public PoolConfig queueBytes(String size) {
        return with(processes.queueBytes(Size.parse("queueBytes", size)));
    }

    /// Sets the largest heap of each worker process. By default the memory of this machine, or of its container, is
    /// divided among the workers, with a share for this process.
    ///
    /// @param size a number and a unit, such as `512m` or `2g`
    /// @return the changed configuration
    public PoolConfig heap(String size) {
        Objects.requireNonNull(size, "size");
        return with(processes.heap(size));
    }

    /// Adds options for the JVM of each worker process, after those that it inherits and those of this library, so that
    /// they win.
    ///
    /// @param options the options, each with its value: `-Dname=value`, `--add-opens=java.base/java.lang=ALL-UNNAMED`
    /// @return the changed configuration
    public PoolConfig jvmArgs(String... options) {
        return with(processes.jvmArguments(Stream.concat(processes.jvmArguments().stream(), Stream.of(options))
                .toList()));
    }

    /// Sets an environment variable of the worker processes, in addition to those of this process.
    ///
    /// @param variable its name
    /// @param value its value
    /// @return the changed configuration
    public PoolConfig environment(String variable, String value) {
        Map<String, String> all = new HashMap<>(processes.environment());
        all.put(variable, value);
        return with(processes.environment(all));
    }

    /// Sets the working directory of the worker processes; by default that of this process.
    ///
    /// @param folder the directory
    /// @return the changed configuration
    public PoolConfig directory(Path folder) {
        Objects.requireNonNull(folder, "folder");
        return with(processes.directory(folder));
    }

    /// Sets the `java` command of the worker processes, which must be of the same version; by default that of this
    /// process.
    ///
    /// @param command the path of the command
    /// @return the changed configuration
    public PoolConfig java(Path command) {
        Objects.requireNonNull(command, "command");
        return with(processes.java(command));
    }

    /// Sets who takes the lines that worker processes print; by default they are printed here, each with the name of
    /// its worker in front. It is called by one thread at a time. If it is slow, workers do not wait: the oldest lines
    /// are dropped.
    ///
    /// @param lines takes the name of a worker and a line
    /// @return the changed configuration
    public PoolConfig output(BiConsumer<String, String> lines) {
        Objects.requireNonNull(lines, "lines");
        return with(processes.output(lines));
    }

    /// Sets how items and results become bytes on their way to and from worker processes. Functions travel in the
    /// library's own way in any case.
    ///
    /// @param coder encodes and decodes
    /// @return the changed configuration
    public PoolConfig codec(Codec coder) {
        Objects.requireNonNull(coder, "coder");
        return with(processes.codec(coder));
    }

    /// Sets how many items or jobs a worker process runs before it ends in order and another takes its place: for code
    /// that leaks memory or handles.
    ///
    /// @param tasks how many, 1 or more; no limit by default
    /// @return the changed configuration
    /// @throws IllegalArgumentException if `tasks` is less than 1
    public PoolConfig maxTasksPerWorker(int tasks) {
        if (tasks < 1) {
            throw new IllegalArgumentException("maxTasksPerWorker must be 1 or more: " + tasks);
        }
        return with(processes.maxTasksPerWorker(tasks));
    }

    /// Sets how much memory a worker process may hold after a task; one that holds more ends in order and another takes
    /// its place. It is for code that leaks outside the heap, and for tasks of which one in a thousand needs much more
    /// than the others. A limit below what a worker holds from the start, about 50 MB, replaces it after each task.
    ///
    /// What counts is the resident memory of the process, as the system tells it; where it does not, what the JVM has
    /// taken for its heap and for itself.
    ///
    /// @param size a number and a unit, such as `512m` or `2g`
    /// @return the changed configuration
    /// @throws IllegalArgumentException if `size` is not such a text
    public PoolConfig maxMemory(String size) {
        return with(processes.maxMemory(Size.parse("maxMemory", size)));
    }

    /// Lets a worker process end in order when it had nothing to do for this long; another is started when there is
    /// work again.
    ///
    /// @param limit how long, positive; no limit by default
    /// @return the changed configuration
    public PoolConfig idleTimeout(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        return with(processes.idleTimeout(limit));
    }

    /// Sets how long a worker process may take to start; a minute by default.
    ///
    /// @param limit how long, positive
    /// @return the changed configuration
    public PoolConfig startTimeout(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        return with(processes.startTimeout(limit));
    }

    private PoolConfig with(ProcessOptions options) {
        return new PoolConfig(name, workers, initializer, exit, carried, queueLimit, options);
    }
}
