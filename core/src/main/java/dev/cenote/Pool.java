// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.dispatch.DispatchingPool;
import dev.cenote.internal.engine.Engines;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A set of workers that run tasks: on the calling thread, on platform threads or on virtual threads. Which of
/// them is one word where the pool is made; everything else means the same on each.
///
/// ```java
/// try (Pool pool = Pool.threads()) {
///     List<BigInteger> factorials = pool.map(Range.of(0, 10), n -> factorial(n));
///     CompletableFuture<Integer> answer = pool.submit(() -> 6 * 7);
/// }
/// ```
///
/// ## Engines
///
/// | engine | a worker is | workers by default |
/// | --- | --- | --- |
/// | {@link #serial()} | the calling thread | 1 |
/// | {@link #threads()} | a platform thread, started when it is first needed | the CPUs this JVM may use |
/// | {@link #virtual()} | a virtual thread for as long as there is work | no limit |
///
/// Worker threads are daemons: they do not keep the JVM alive. Close the pool to be sure that its work is done.
///
/// ## Life cycle
///
/// As in {@link ExecutorService}. After {@link #shutdown()} what was accepted still runs, except that lazy calls
/// take no more items: what they had taken can be read (an item that the
/// input is handing over at that moment is dropped), and then the reader gets a {@link
/// java.util.concurrent.CancellationException} unless the input had ended. {@link #shutdownNow()} cancels every
/// call: each future and each reader is told, nobody waits for ever. {@link #close()} is `shutdown` and waiting.
/// After either, every verb throws {@link java.util.concurrent.RejectedExecutionException}.
///
/// A pool that is dropped without being closed logs a warning when it is collected, and then shuts down.
///
/// ## Failure of workers
///
/// When the initializer fails, pending calls end with a {@link BrokenPoolException} and later ones throw it.
///
/// A worker process that dies costs the item that it was running, and another takes its place. When they die again and
/// again before anything is finished, each start waits longer than the one before, from 50 milliseconds to 5 seconds;
/// after 20 deaths in a row the pool is broken. A start that fails is tried five times, unless a wrong option, or an
/// initializer that throws, lets every start fail: then the pool is broken at once.
///
/// A task that is cancelled or timed out is interrupted, and its thread is not used again: another takes its place
/// at once, so a task that ignores interrupts costs its own thread and nothing more. Such threads are counted in
/// {@link PoolStats#abandoned()} while they live, and neither `close` nor `awaitTermination` waits for them. On a
/// serial pool there is no other thread: the caller gets its answer when the task returns.
///
/// ## Thread safety
///
/// All methods may be called by any thread, also by tasks of the same pool. A task may wait for other tasks of its
/// pool with `get()` or `join()` on the future that `submit` or `mapAsync` returned, or with {@link Futures}: one
/// that was not started yet then runs in the waiting thread. A wait with a limit only waits.
///
/// @since 0.1
public sealed interface Pool extends Mapper, ExecutorService permits DispatchingPool {

    /// Makes a pool that runs every task in the thread that calls it, one after the other: for debugging, and as a
    /// baseline. Threads that call it at the same time do not wait for each other. Whatever is submitted has ended
    /// when `submit` returns, so it can be cancelled only from another thread.
    ///
    /// @return the pool
    static Pool serial() {
        return serial(c -> c);
    }

    /// Makes a serial pool.
    ///
    /// @param change changes the default configuration
    /// @return the pool
    /// @throws IllegalArgumentException if more than one worker is asked for
    static Pool serial(UnaryOperator<PoolConfig> change) {
        return of("serial", change);
    }

    /// Makes a pool of platform threads, one for each CPU that this JVM may use: for work that computes.
    ///
    /// @return the pool
    static Pool threads() {
        return threads(c -> c);
    }

    /// Makes a pool of at most this many platform threads.
    ///
    /// @param workers how many, 1 or more
    /// @return the pool
    /// @throws IllegalArgumentException if `workers` is less than 1
    static Pool threads(int workers) {
        return threads(c -> c.workers(workers));
    }

    /// Makes a pool of platform threads.
    ///
    /// @param change changes the default configuration
    /// @return the pool
    static Pool threads(UnaryOperator<PoolConfig> change) {
        return of("threads", change);
    }

    /// Makes a pool of virtual threads, as many as there are tasks: for work that waits.
    ///
    /// @return the pool
    static Pool virtual() {
        return virtual(c -> c);
    }

    /// Makes a pool of at most this many virtual threads at a time.
    ///
    /// @param workers how many, 1 or more
    /// @return the pool
    /// @throws IllegalArgumentException if `workers` is less than 1
    static Pool virtual(int workers) {
        return virtual(c -> c.workers(workers));
    }

    /// Makes a pool of virtual threads.
    ///
    /// @param change changes the default configuration
    /// @return the pool
    static Pool virtual(UnaryOperator<PoolConfig> change) {
        return of("virtual", change);
    }

    /// Makes a pool of child JVMs, one for each CPU that this JVM may use: for code that may crash, run out of memory
    /// or never end, and for code that is not thread-safe. Functions, items and results are copied to the workers and
    /// back; a function may be any lambda or method reference whose captured values can be copied.
    ///
    /// @return the pool
    static Pool processes() {
        return processes(c -> c);
    }

    /// Makes a pool of at most this many child JVMs.
    ///
    /// @param workers how many, 1 or more
    /// @return the pool
    /// @throws IllegalArgumentException if `workers` is less than 1
    static Pool processes(int workers) {
        return processes(c -> c.workers(workers));
    }

    /// Makes a pool of child JVMs.
    ///
    /// @param change changes the default configuration
    /// @return the pool
    /// @throws NotShippableException if the initializer or the exit function cannot travel
    static Pool processes(UnaryOperator<PoolConfig> change) {
        return of("processes", change);
    }

    /// Returns the shared pool of worker processes: one for the whole program, made by the first call, with a worker
    /// for each CPU that this JVM may use. It is for the odd task that must not bring this JVM down, without the cost
    /// of a pool of its own: workers start when they are needed, stay warm for 30 seconds, and end when they have been
    /// idle for so long.
    ///
    /// It has no life cycle. `shutdown`, `shutdownNow` and both forms of `close` throw {@link
    /// UnsupportedOperationException}, and nothing of it keeps the JVM alive: what still runs when the program ends is
    /// killed, so wait for results.
    ///
    /// Should it be impossible to start any worker, calls fail with a {@link BrokenPoolException}, and the next
    /// `Pool.shared()` is a new pool; so do not keep it in a field. In a worker process it is a pool of that process.
    ///
    /// @return the pool
    static Pool shared() {
        return DispatchingPool.shared(Engines.named("processes"));
    }

    /// Makes a pool of the engine with this name, for programs that read it from a setting.
    ///
    /// @param engine `serial`, `threads`, `virtual` or `processes`
    /// @return the pool
    /// @throws IllegalArgumentException if there is no such engine; the message lists those there are
    static Pool of(String engine) {
        return of(engine, c -> c);
    }

    /// Makes a pool of the engine with this name.
    ///
    /// @param engine `serial`, `threads`, `virtual` or `processes`
    /// @param change changes the default configuration
    /// @return the pool
    /// @throws IllegalArgumentException if there is no such engine; the message lists those there are
    static Pool of(String engine, UnaryOperator<PoolConfig> change) {
        Objects.requireNonNull(change, "change");
        PoolConfig config = Objects.requireNonNull(change.apply(PoolConfig.DEFAULT), "changed configuration");
        return DispatchingPool.open(Engines.named(engine), config);
    }

    /// {@return the name of this pool, as in its thread names and messages}
    String name();

    /// {@return the word for the engine: `serial`, `threads`, `virtual` or `processes`}
    String engine();

    /// {@return how many workers may run at a time; {@link Integer#MAX_VALUE} when there is no limit}
    int workers();

    /// Starts a job and returns its future.
    ///
    /// The future ends with the value, or exceptionally with the very exception that the job threw. `cancel(true)`
    /// stops the job also while it runs, by an interrupt; `cancel(false)` only keeps it from starting.
    ///
    /// When as many jobs wait as {@link PoolConfig#queueLimit(int)} and {@link PoolConfig#queueBytes(String)} allow,
    /// this method waits for one of them to be started or cancelled, except in a task of this pool. There is no such
    /// limit by default. The other ways to submit a job do the same.
    ///
    /// @param job the job
    /// @param <R> the type of its result
    /// @return the future
    /// @throws java.util.concurrent.RejectedExecutionException if the pool is shut down, also while this method waits
    /// @throws java.util.concurrent.CancellationException if the calling thread is interrupted while it waits; its
    ///     interrupt status is set again, and the job was not taken
    /// @throws NotShippableException if the job cannot travel to a worker process
    <R extends @Nullable Object> CompletableFuture<R> submit(Job<R> job);

    /// Starts a job unless that means to wait: as {@link #submit(Job)} if the limits of the queue allow another job,
    /// and not at all otherwise, also in a task of this pool. Without limits every job is taken.
    ///
    /// @param job the job
    /// @param <R> the type of its result
    /// @return the future, or nothing if too many jobs wait
    /// @throws java.util.concurrent.RejectedExecutionException if the pool is shut down
    /// @throws NotShippableException if the job cannot travel to a worker process
    <R extends @Nullable Object> Optional<CompletableFuture<R>> trySubmit(Job<R> job);

    /// Starts a job without a result; see {@link #submit(Job)}.
    ///
    /// @param job the job
    /// @return the future, which ends with `null`
    CompletableFuture<?> submit(VoidJob job);

    /// Runs a job in a worker and returns its result: {@link #submit(Job)} and waiting in one. On worker processes it
    /// is much faster than these two, because the calling thread talks to an idle worker itself and nobody has to be
    /// woken here.
    ///
    /// It fails as `map` does: an unchecked exception of the job is thrown as itself, a checked one as the cause of a
    /// {@link TaskException}. An interrupt of the calling thread cancels the job, and ends the call with a {@link
    /// java.util.concurrent.CancellationException}.
    ///
    /// @param job the job
    /// @param <R> the type of its result
    /// @return the result
    <R extends @Nullable Object> R call(Job<R> job);

    /// Has a large value ready for all tasks of this pool, so that each worker gets it once, whatever the number of
    /// tasks and items that use it. See {@link Broadcast}.
    ///
    /// @param value the value, which worker processes get as it is now
    /// @param <T> the type of the value
    /// @return what tasks capture in place of the value; it lives until it is closed, at most as long as this pool
    /// @throws NotShippableException if the value cannot travel to a worker process
    /// @throws java.io.UncheckedIOException if there is no room for it in shared memory
    /// @throws java.util.concurrent.RejectedExecutionException if the pool is shut down
    <T extends @Nullable Object> Broadcast<T> broadcast(T value);

    /// Starts a command; when it fails, that is logged.
    ///
    /// @param command the command
    @Override
    void execute(Runnable command);

    @Override
    <R extends @Nullable Object> CompletableFuture<R> submit(Callable<R> task);

    @Override
    CompletableFuture<?> submit(Runnable task);

    @Override
    <R extends @Nullable Object> CompletableFuture<R> submit(Runnable task, R result);

    /// Shares an object of this process with the workers of this pool: returns an instance of an interface whose calls
    /// run here, on the object, from wherever they are made. It can be captured by a task, passed, returned, and put
    /// into other shared objects.
    ///
    /// ```java
    /// Map<String, Integer> counts = pool.share(Map.class, new HashMap<>());
    /// pool.forEach(words, word -> counts.merge(word, 1, Integer::sum));
    /// ```
    ///
    /// - Calls run one at a time, also those of this process; but any number at a time if the interface is one of
    ///   `java.util.concurrent`, such as `ConcurrentMap` or `BlockingQueue`, as what implements these looks after
    ///   itself.
    /// - Arguments and results are copies, as items and results of `map` are; shared objects stay shared.
    /// - Exceptions are those that the object has thrown.
    /// - Iterators, streams, and views such as `keySet` and `subList`, are copies of the moment; the iterator of a
    ///   `Collection` can remove.
    /// - Default methods that take a function, such as `merge` and `removeIf`, run where they are called, while nobody
    ///   else may call the object.
    /// - `equals`, `hashCode` and `toString` are those of the object.
    ///
    /// On the engines whose workers are threads nothing is copied, and the rest is the same. Only calls through what
    /// this method returns wait for each other, so do not use the object itself while tasks do.
    ///
    /// When the pool has ended, each call throws {@link SharedObjectGoneException}; the object itself is still there.
    ///
    /// @param type an interface, public unless it belongs to no named module
    /// @param object what is shared; it need not be serializable
    /// @param <I> the type of the interface
    /// @return the shared object
    /// @throws IllegalArgumentException if `type` is no interface that others may implement, or `object` none of it
    /// @throws java.util.concurrent.RejectedExecutionException if the pool is shut down
    <I> I share(Class<? super I> type, Object object);

    /// {@return a snapshot of what this pool has done and is doing}
    PoolStats stats();

    /// Returns what the exit function returned, once for each worker that has ended in order so far. All are there
    /// when the pool has terminated.
    ///
    /// @return the results, in the order in which the workers ended
    List<@Nullable Object> exitResults();

    /// Shuts down, waits for everything that was accepted, and returns when the workers have ended. When the
    /// waiting thread is interrupted it does what {@link #shutdownNow()} does, goes on waiting, and sets the
    /// interrupt status again before it returns. Does nothing when the pool has terminated.
    ///
    /// @throws IllegalStateException if called by a task of this pool, which would wait for itself
    @Override
    void close();

    /// Closes the pool, with a limit: shuts down, waits at most this long, then does what {@link #shutdownNow()}
    /// does and waits for the workers, for another second at most. When the waiting thread is interrupted it does
    /// so at once, without waiting, and sets the interrupt status again.
    ///
    /// @param limit how long accepted work may take
    /// @return whether everything ended without being cancelled
    /// @throws IllegalStateException if called by a task of this pool, which would wait for itself
    boolean close(Duration limit);
}
