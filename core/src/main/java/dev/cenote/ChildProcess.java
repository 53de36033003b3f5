// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.supervisor.Spawned;
import dev.cenote.internal.supervisor.Spawned.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A job that runs in a JVM of its own: what a thread is, but with its own memory, which may crash alone and can be
/// killed.
///
/// ```java
/// ChildProcess<Integer> child = ChildProcess.start(() -> count(folder));
/// if (!child.join(Duration.ofMinutes(1))) {
///     child.kill();
/// }
/// child.result().join();
/// ```
///
/// The job is a lambda or method reference like those of a {@link Pool}: what it captures is copied to the process, and
/// what it returns is copied back. The process runs what this program consists of, with its options, as workers of
/// pools do. For more than a few jobs use a pool, which keeps its processes.
///
/// ## Life
///
/// A child process ends like a program: when its job has returned or thrown, its other threads that are no daemons have
/// ended, and its shutdown hooks have run. The {@link #result()} is there as soon as the job has ended.
///
/// | how it ended | {@link #exitCode()} | {@link #result()} |
/// | --- | --- | --- |
/// | the job returned | 0 | its value |
/// | the job threw; the stack trace is printed by the process | 1 | the very exception |
/// | `System.exit(n)` | n, of which systems keep the low 8 bits | {@link WorkerDiedException} |
/// | {@link #terminate()} | 143 on Unix, that is 128 and the number of the signal | {@link WorkerDiedException} |
/// | {@link #kill()} | 137 on Unix | {@link WorkerDiedException} |
/// | the JVM crashed | 134 on Unix | {@link WorkerDiedException} |
/// | the JVM could not start | 1 | {@link WorkerDiedException} |
///
/// When the process ends although its job had returned, for example because it is killed while a thread of it goes on,
/// the result stays.
///
/// ## Daemons
///
/// As with threads: this JVM stays as long as a child that is no daemon runs, unless `System.exit` or a signal ends it;
/// then all children are killed, daemons or not. When this process is killed itself, each child notices it within
/// milliseconds and ends. The children of a child end with it in the same way.
///
/// ## Thread safety
///
/// All methods may be called by any thread.
///
/// @param <R> the type of the job's result
/// @since 0.1
public final class ChildProcess<R extends @Nullable Object> {

    /// Those that have not ended.
    private static final Set<ChildProcess<?>> ACTIVE = ConcurrentHashMap.newKeySet();

    private final Spawned spawned;
    private final boolean daemon;
    private final Result result = new Result();

    private ChildProcess(Spawned spawned, boolean daemon) {
        this.spawned = spawned;
        this.daemon = daemon;
    }

    /// How a child process is started: an immutable value, which {@link ChildProcess#start(Job, UnaryOperator)}
    /// changes.
    ///
    /// @param name the name of the process; `null` for `process-` and a number
    /// @param daemon whether this JVM may end before the process
    /// @param options what it has in common with the processes of a pool; of these, those about tasks mean nothing here
    public record Config(@Nullable String name, boolean daemon, ProcessOptions options) {

        /// The configuration that sets nothing.
        public static final Config DEFAULT = new Config(null, false, ProcessOptions.DEFAULT);

        /// Names the process: messages and the lines that it prints begin with it.
        ///
        /// @param newName the name
        /// @return the changed configuration
        public Config name(String newName) {
            Objects.requireNonNull(newName, "newName");
            return new Config(newName, daemon, options);
        }

        /// Sets whether this JVM may end before the process, which then ends too; by default it waits.
        ///
        /// @param on whether it is a daemon
        /// @return the changed configuration
        public Config daemon(boolean on) {
            return new Config(name, on, options);
        }

        /// Sets the largest heap of the process; by default the JVM takes a share of this machine's memory.
        ///
        /// @param size a number and a unit, such as `512m` or `2g`
        /// @return the changed configuration
        public Config heap(String size) {
            Objects.requireNonNull(size, "size");
            return with(options.heap(size));
        }

        /// Adds options for the JVM of the process, see {@link PoolConfig#jvmArgs(String...)}.
        ///
        /// @param arguments the options, each with its value
        /// @return the changed configuration
        public Config jvmArgs(String... arguments) {
            return with(options.jvmArguments(Stream.of(options.jvmArguments(), List.of(arguments))
                    .flatMap(Collection::stream)
                    .toList()));
        }

        /// Sets an environment variable of the process, in addition to those of this one.
        ///
        /// @param variable its name
        /// @param value its value
        /// @return the changed configuration
        public Config environment(String variable, String value) {
            Map<String, String> all = new HashMap<>(options.environment());
            all.put(variable, value);
            return with(options.environment(all));
        }

        /// Sets the working directory of the process; by default that of this one.
        ///
        /// @param folder the directory
        /// @return the changed configuration
        public Config directory(Path folder) {
            Objects.requireNonNull(folder, "folder");
            return with(options.directory(folder));
        }

        /// Sets the `java` command of the process, which must be of the same version; by default that of this one.
        ///
        /// @param command the path of the command
        /// @return the changed configuration
        public Config java(Path command) {
            Objects.requireNonNull(command, "command");
            return with(options.java(command));
        }

        /// Sets who takes the lines that the process prints; by default they are printed here, each with the name of
        /// the process in front. If it is slow, the process does not wait: the oldest lines are dropped.
        ///
        /// @param lines takes the name of the process and a line
        /// @return the changed configuration
        public Config output(BiConsumer<String, String> lines) {
            Objects.requireNonNull(lines, "lines");
            return with(options.output(lines));
        }

        /// Sets how long the process may take until it begins with its job; a minute by default.
        ///
        /// @param limit how long, positive
        /// @return the changed configuration
        public Config startTimeout(Duration limit) {
            Objects.requireNonNull(limit, "limit");
            return with(options.startTimeout(limit));
        }

        private Config with(ProcessOptions changed) {
            return new Config(name, daemon, changed);
        }
    }

    // ---- start

    /// Starts a process that runs a job. It is started when this returns, and begins with the job some tens of
    /// milliseconds later.
    ///
    /// @param job the job
    /// @param <R> the type of its result
    /// @return the process
    /// @throws NotShippableException if the job, or something that it captures, cannot be copied
    /// @throws java.io.UncheckedIOException if no process can be started; the message says why
    public static <R extends @Nullable Object> ChildProcess<R> start(Job<R> job) {
        return start(job, c -> c);
    }

    /// Starts a process that runs a job.
    ///
    /// @param job the job
    /// @param change changes the default configuration
    /// @param <R> the type of its result
    /// @return the process
    /// @throws NotShippableException if the job, or something that it captures, cannot be copied
    /// @throws IllegalArgumentException if a value of the configuration cannot be meant
    /// @throws java.io.UncheckedIOException if no process can be started; the message says why
    public static <R extends @Nullable Object> ChildProcess<R> start(Job<R> job, UnaryOperator<Config> change) {
        return open(Objects.requireNonNull(job, "job"), change);
    }

    /// Starts a process that runs a job without a result, which is `null` then; see {@link #start(Job)}.
    ///
    /// @param job the job
    /// @return the process
    public static ChildProcess<?> start(VoidJob job) {
        return start(job, c -> c);
    }

    /// Starts a process that runs a job without a result, which is `null` then; see {@link #start(Job, UnaryOperator)}.
    ///
    /// @param job the job
    /// @param change changes the default configuration
    /// @return the process
    public static ChildProcess<?> start(VoidJob job, UnaryOperator<Config> change) {
        return ChildProcess.<@Nullable Object>open(Objects.requireNonNull(job, "job"), change);
    }

    private static <R extends @Nullable Object> ChildProcess<R> open(Object job, UnaryOperator<Config> change) {
        Objects.requireNonNull(change, "change");
        Config config = Objects.requireNonNull(change.apply(Config.DEFAULT), "changed configuration");
        Spawned spawned = Spawned.start(config.name(), config.daemon(), config.options(), job);
        ChildProcess<R> child = new ChildProcess<>(spawned, config.daemon());
        ACTIVE.add(child);
        spawned.ended().thenRun(() -> ACTIVE.remove(child));
        spawned.answer()
                .thenRun(() ->
                        Thread.ofVirtual().name("cenote-result " + child.name()).start(child::settle));
        return child;
    }

    /// {@return the child processes that were started here and have not ended, in no order}
    public static List<ChildProcess<?>> active() {
        return List.copyOf(ACTIVE);
    }

    // ---- what it is

    /// {@return the name of the process}
    public String name() {
        return spawned.name();
    }

    /// {@return whether this JVM may end before the process}
    public boolean isDaemon() {
        return daemon;
    }

    /// {@return the process id}
    public long pid() {
        return spawned.process().pid();
    }

    /// {@return the process as the JDK sees it, for its children, its start time, its CPU time}
    public ProcessHandle toHandle() {
        return spawned.process().toHandle();
    }

    // ---- its end

    /// {@return whether the process has not ended}
    public boolean isAlive() {
        return spawned.process().isAlive();
    }

    /// {@return the exit code of the process, see above; empty while it is alive}
    public OptionalInt exitCode() {
        return isAlive()
                ? OptionalInt.empty()
                : OptionalInt.of(spawned.process().exitValue());
    }

    /// Waits until the process has ended and its last output was handed on. The result is there then, too.
    ///
    /// @throws InterruptedException if the waiting thread is interrupted
    public void join() throws InterruptedException {
        boolean _ = await(Nanos.FOREVER);
    }

    /// Waits until the process has ended, but not for ever. It goes on when the time is over; see {@link #kill()}.
    ///
    /// @param limit how long to wait; not at all if it is zero or negative
    /// @return whether it has ended
    /// @throws InterruptedException if the waiting thread is interrupted
    public boolean join(Duration limit) throws InterruptedException {
        return await(Nanos.of(Objects.requireNonNull(limit, "limit")));
    }

    private boolean await(long nanos) throws InterruptedException {
        try {
            spawned.ended().get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause()); // it is never completed so
        }
        settle();
        return true;
    }

    /// {@return completes when the process has ended, as {@link #join()} returns then}
    public CompletableFuture<ChildProcess<R>> onExit() {
        return spawned.ended().thenApply(ended -> this);
    }

    /// Returns what the job returns or throws, as soon as it has. It also ends, with a {@link WorkerDiedException}, if
    /// the process ends before its job does, so nobody waits for ever.
    ///
    /// `cancel(true)` on it kills the process; `cancel(false)` only drops the result.
    ///
    /// @return the result, the same object each time; what is attached to it runs on a thread of its own
    public CompletableFuture<R> result() {
        return result;
    }

    private final class Result extends CompletableFuture<R> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled && mayInterruptIfRunning) {
                spawned.kill("its result was cancelled");
            }
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>(); // what depends on this one cannot cancel it
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what the job returns is what its type says, null included
    private void settle() {
        Answer answer = spawned.answer().join();
        if (answer.failure() == null) {
            result.complete((R) answer.value());
        } else {
            result.completeExceptionally(answer.failure());
        }
    }

    /// Asks the process to end: on Unix by the signal that a shell's `kill` sends. Its shutdown hooks run, its
    /// `finally`
    /// blocks do not, and what it has started goes on unless these hooks end it; pools in it do. On Windows it is the
    /// same as {@link #kill()}, without the children.
    ///
    /// Waits for nothing, and does nothing if the process has ended.
    public void terminate() {
        boolean _ = toHandle().destroy();
    }

    /// Ends the process and all that it has started, whatever they do. Waits for nothing, and does nothing if the
    /// process has ended.
    public void kill() {
        spawned.kill("its kill() was called");
    }

    @Override
    public String toString() {
        OptionalInt code = exitCode();
        return "ChildProcess[" + name() + ", pid " + pid() + ", "
                + (code.isPresent() ? "ended with " + code.getAsInt() : "alive")
                + (daemon ? ", daemon]" : "]");
    }
}
