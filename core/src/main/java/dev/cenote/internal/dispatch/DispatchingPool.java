// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Action;
import dev.cenote.Broadcast;
import dev.cenote.Func;
import dev.cenote.Job;
import dev.cenote.Mapper;
import dev.cenote.Options;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.PoolStats;
import dev.cenote.Results;
import dev.cenote.VoidJob;
import dev.cenote.internal.Log;
import dev.cenote.internal.Nanos;
import dev.cenote.internal.engine.Engine;
import dev.cenote.internal.share.Proxies;
import dev.cenote.internal.stats.Meter;
import dev.cenote.internal.time.SystemTime;
import dev.cenote.internal.time.Time;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Gatherer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The one implementation of [Pool]: the face of a [Dispatcher].
///
/// Workers know the dispatcher only, so a pool that the program has dropped can be collected while its workers idle;
/// that is a leak, which is logged, and the dispatcher is shut down.
public final class DispatchingPool implements Pool {

    private static final Cleaner CLEANER = Cleaner.create();
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int WAITS_TIMED = 16;
    private static final long LAST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// How long a worker of the shared pool is kept without work.
    private static final Duration SHARED_IDLE = Duration.ofSeconds(30);

    /// Guarded by the class.
    private static @Nullable DispatchingPool shared;

    private final Dispatcher dispatcher;
    private final PoolMapper mapper;

    /// Whether it belongs to the whole program, and nobody may end it.
    private final boolean isShared;

    private DispatchingPool(Dispatcher dispatcher, boolean isShared) {
        this.dispatcher = dispatcher;
        this.isShared = isShared;
        this.mapper = new PoolMapper(this, dispatcher, Options.DEFAULT);
        CLEANER.register(this, () -> reportLeak(dispatcher));
    }

    /// Opens a pool.
    ///
    /// @param engine its engine
    /// @param config its configuration
    /// @return the pool
    public static Pool open(Engine engine, PoolConfig config) {
        return open(engine, config, SystemTime.INSTANCE);
    }

    /// Opens a pool with a time of its own, for tests.
    static DispatchingPool open(Engine engine, PoolConfig config, Time time) {
        if (engine.inline() && config.workers() > 1) {
            throw new IllegalArgumentException("a " + engine.word()
                    + " pool runs in the calling thread and has one worker: workers=" + config.workers());
        }
        String name = config.name() != null ? config.name() : engine.word() + "-pool-" + NUMBERS.incrementAndGet();
        return new DispatchingPool(new Dispatcher(name, engine, config, time), false);
    }

    /// {@return the shared pool of this JVM}
    ///
    /// @param engine its engine
    public static synchronized Pool shared(Engine engine) {
        DispatchingPool pool = shared;
        if (pool == null || pool.isShutdown()) { // it could not start a worker; perhaps it can now
            PoolConfig config = PoolConfig.DEFAULT.name("shared").idleTimeout(SHARED_IDLE);
            pool = new DispatchingPool(new Dispatcher("shared", engine, config, SystemTime.INSTANCE), true);
            shared = pool;
        }
        return pool;
    }

    private static void reportLeak(Dispatcher dispatcher) {
        if (!dispatcher.isShutdown()) {
            Log.get()
                    .log(
                            System.Logger.Level.WARNING,
                            "pool \"" + dispatcher.name + "\" was never closed; close it, for example with"
                                    + " try (Pool pool = ...)");
            dispatcher.shutdown();
        }
    }

    // ---- jobs

    @Override
    public <R extends @Nullable Object> CompletableFuture<R> submit(Job<R> job) {
        return start(Objects.requireNonNull(job, "job"));
    }

    @Override
    public CompletableFuture<?> submit(VoidJob job) {
        return this.<@Nullable Object>start(new Task.Plain<>(Objects.requireNonNull(job, "job"), null));
    }

    @Override
    public <R extends @Nullable Object> CompletableFuture<R> submit(Callable<R> task) {
        return start(Objects.requireNonNull(task, "task"));
    }

    @Override
    public CompletableFuture<?> submit(Runnable task) {
        return this.<@Nullable Object>start(new Task.Plain<>(Objects.requireNonNull(task, "task"), null));
    }

    @Override
    public <R extends @Nullable Object> CompletableFuture<R> submit(Runnable task, R result) {
        return start(new Task.Plain<>(Objects.requireNonNull(task, "task"), result));
    }

    @Override
    public void execute(Runnable command) {
        CompletableFuture<?> future =
                this.<@Nullable Object>start(new Task.Plain<>(Objects.requireNonNull(command, "command"), null));
        future.whenComplete((result, error) -> {
            if (error != null && !future.isCancelled()) {
                Log.get()
                        .log(
                                System.Logger.Level.ERROR,
                                "pool \"" + dispatcher.name + "\": a command given to execute() failed",
                                error);
            }
        });
    }

    @Override
    public <R extends @Nullable Object> Optional<CompletableFuture<R>> trySubmit(Job<R> job) {
        Objects.requireNonNull(job, "job");
        Task<R> task;
        try {
            task = prepare(job, false);
        } catch (InterruptedException e) {
            throw new AssertionError("waited although it was not to", e);
        }
        return task == null ? Optional.empty() : Optional.of(start(task));
    }

    @Override
    public <R extends @Nullable Object> R call(Job<R> job) {
        Task<R> task = prepare(Objects.requireNonNull(job, "job"));
        if (dispatcher.remotes == null || !dispatcher.runBorrowed(task)) {
            start(task);
        }
        return task.await();
    }

    private <R extends @Nullable Object> Task<R> start(Callable<R> job) {
        return start(prepare(job));
    }

    /// {@return the job, for which the pool was opened}
    private <R extends @Nullable Object> Task<R> prepare(Callable<R> job) {
        try {
            return Objects.requireNonNull(prepare(job, true));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException(
                    "pool \"" + dispatcher.name + "\": a thread was interrupted while it waited to submit a job");
        }
    }

    /// {@return the job, for which the pool was opened; `null` if it would have had to wait and does not}
    private <R extends @Nullable Object> @Nullable Task<R> prepare(Callable<R> job, boolean waits)
            throws InterruptedException {
        dispatcher.checkOpen();
        Callable<R> work = job;
        int size = 0;
        if (dispatcher.remotes != null) {
            RemoteJob<R> remote = RemoteJob.of(dispatcher.remotes, job);
            size = remote.shipment().bytes();
            work = remote;
        }
        if (!dispatcher.enterBacklog(size, waits)) {
            return null;
        }
        long open;
        try {
            open = dispatcher.openUnit();
        } catch (RejectedExecutionException shut) {
            dispatcher.leaveBacklog(size);
            throw shut;
        }
        boolean timed = open < WAITS_TIMED || open % WAITS_TIMED == 0;
        return new Task<>(dispatcher, timed ? new Task.Timed<>(work, dispatcher.time.nanos()) : work);
    }

    private <R extends @Nullable Object> Task<R> start(Task<R> task) {
        if (dispatcher.engine.inline()) {
            dispatcher.runInline(task, WorkerContext.within(dispatcher));
        } else {
            dispatcher.enqueue(task);
        }
        return task;
    }

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
            throws InterruptedException {
        return invokeAll(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(
            Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit) throws InterruptedException {
        long deadline = deadline(timeout, unit);
        List<Task<T>> started = startAll(tasks);
        try {
            for (Task<T> task : started) {
                if (timeout == Long.MAX_VALUE) {
                    task.help();
                }
                task.awaitEnd(deadline);
            }
        } finally {
            started.forEach(task -> task.cancel(true)); // does nothing to those that have ended
        }
        return new ArrayList<>(started);
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks)
            throws InterruptedException, ExecutionException {
        try {
            return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("waited without a limit", e);
        }
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(
            Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long deadline = deadline(timeout, unit);
        List<Task<T>> started = startAll(tasks);
        if (started.isEmpty()) {
            throw new IllegalArgumentException("invokeAny needs at least one task");
        }
        try {
            return Completions.firstValue(started, timeout != Long.MAX_VALUE, deadline);
        } finally {
            started.forEach(task -> task.cancel(true));
        }
    }

    private <T extends @Nullable Object> List<Task<T>> startAll(Collection<? extends Callable<T>> tasks)
            throws InterruptedException {
        for (Callable<T> task : tasks) {
            Objects.requireNonNull(task, "task");
        }
        List<Task<T>> started = new ArrayList<>(tasks.size());
        try {
            for (Callable<T> task : tasks) {
                started.add(start(Objects.requireNonNull(prepare(task, true))));
            }
            return started;
        } catch (Throwable t) {
            started.forEach(task -> task.cancel(true));
            throw t;
        }
    }

    private static long deadline(long timeout, TimeUnit unit) {
        return System.nanoTime() + Math.clamp(unit.toNanos(timeout), 0, Nanos.FOREVER);
    }

    @Override
    public <T extends @Nullable Object> Broadcast<T> broadcast(T value) {
        dispatcher.checkOpen();
        return dispatcher.remotes == null
                ? new LocalBroadcast<>(dispatcher, value)
                : dispatcher.remotes.broadcast(value);
    }

    // ---- shared objects

    @Override
    @SuppressWarnings("unchecked") // the proxy has the interface
    public <I> I share(Class<? super I> type, Object object) {
        dispatcher.checkOpen();
        Proxies.Shared shared = Proxies.share(
                Objects.requireNonNull(type, "type"), Objects.requireNonNull(object, "object"), dispatcher.name);
        dispatcher.atEnd(shared.end());
        return (I) shared.proxy();
    }

    // ---- life

    @Override
    public void shutdown() {
        refuseShared("shutdown");
        dispatcher.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        refuseShared("shutdownNow");
        return dispatcher.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return dispatcher.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return dispatcher.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return dispatcher.awaitTermination(timeout, unit);
    }

    @Override
    public void close() {
        refuseShared("close");
        refuseOwnTask();
        shutdown();
        boolean interrupted = false;
        while (!isTerminated()) {
            try {
                boolean _ = awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
                shutdownNow();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean close(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        refuseShared("close");
        refuseOwnTask();
        shutdown();
        try {
            if (isTerminated() || awaitTermination(Nanos.of(limit), TimeUnit.NANOSECONDS)) {
                return dispatcher.stopped() == null;
            }
            shutdownNow();
            boolean _ = awaitTermination(LAST_WAIT_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            shutdownNow();
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private void refuseShared(String method) {
        if (isShared) {
            throw new UnsupportedOperationException(method
                    + "() on Pool.shared(), which everything in this program may be using and which needs no end: its"
                    + " workers leave when they are idle, and nothing of it keeps the JVM alive. For a pool that ends, use"
                    + " Pool.processes()");
        }
    }

    private void refuseOwnTask() {
        if (dispatcher.ownsThisThread()) {
            throw new IllegalStateException("pool \"" + dispatcher.name
                    + "\" cannot be closed by one of its own tasks, which it would wait for; use shutdown()");
        }
    }

    // ---- what is known

    @Override
    public String name() {
        return dispatcher.name;
    }

    @Override
    public String engine() {
        return dispatcher.engine.word();
    }

    @Override
    public int workers() {
        return dispatcher.limit;
    }

    @Override
    public PoolStats stats() {
        Meter meter = dispatcher.meter;
        return new PoolStats(
                dispatcher.name,
                dispatcher.engine.word(),
                dispatcher.workers(),
                dispatcher.queued(),
                dispatcher.running(),
                dispatcher.done(),
                meter.failed.sum(),
                meter.cancelled.sum(),
                meter.timedOut.sum(),
                meter.retried.sum(),
                dispatcher.abandoned(),
                dispatcher.restarts(),
                meter.waitTime.percentiles(),
                meter.runTime.percentiles(),
                meter.slowest.list());
    }

    @Override
    public List<@Nullable Object> exitResults() {
        return dispatcher.exitResults();
    }

    @Override
    public String toString() {
        String state = isTerminated() ? "terminated" : isShutdown() ? "shut down" : "running";
        return "Pool[" + name() + ", " + engine() + ", " + state + "]";
    }

    // ---- the verbs

    @Override
    public Mapper with(UnaryOperator<Options> change) {
        return mapper.with(change);
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return mapper.map(items, fn);
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return mapper.mapAsync(items, fn);
    }

    @Override
    public <T extends @Nullable Object> void forEach(Iterable<? extends T> items, Action<? super T> action) {
        mapper.forEach(items, action);
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return mapper.imap(items, fn);
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> Results<R> iterate(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return mapper.iterate(items, fn);
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Outcome<T, R>> outcomes(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return mapper.outcomes(items, fn);
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> Gatherer<T, ?, R> mapping(
            Func<? super T, ? extends R> fn) {
        return mapper.mapping(fn);
    }
}
