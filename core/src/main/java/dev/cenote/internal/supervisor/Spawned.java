// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.PoolConfig;
import dev.cenote.ProcessOptions;
import dev.cenote.internal.launch.Child;
import dev.cenote.internal.launch.Death;
import dev.cenote.internal.launch.Settings;
import dev.cenote.internal.wire.Messages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One worker process that runs one job and ends with it: what a pool has many of, without the pool.
///
/// A thread stands for it here, as one does for each worker of a pool: it starts the process, sends the job, hands on
/// the result, and waits for the end. Whether it is a daemon decides whether this JVM, when nothing else is left to do,
/// waits for the process.
///
/// ## Two ends
///
/// The job ends before its process does: other threads and shutdown hooks of the process may take their time. So there
/// are two futures. What a user has attached to the first must be able to wait for the second; so the thread that
/// stands for the process runs none of that: it starts another for it.
///
/// For any thread.
public final class Spawned {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /// How a job ended.
    ///
    /// @param value what it returned
    /// @param failure what it threw; `null` if it returned
    public record Answer(@Nullable Object value, @Nullable Throwable failure) {}

    private final Connection connection;
    private final Child child;
    private final CompletableFuture<Answer> answer;
    private final CompletableFuture<Void> ended;

    private Spawned(Standing standing, Child child) {
        this.connection = standing.connection;
        this.child = child;
        this.answer = standing.answer;
        this.ended = standing.ended;
    }

    /// Starts a process.
    ///
    /// @param name its name; `null` for one of ours
    /// @param daemon whether this JVM may end before it
    /// @param options how it is started
    /// @param job what it runs
    /// @return the process, which may still be starting
    /// @throws dev.cenote.NotShippableException if the job cannot travel
    /// @throws UncheckedIOException if there can be no process
    public static Spawned start(@Nullable String name, boolean daemon, ProcessOptions options, Object job) {
        String given = name == null ? nextName() : name;
        PoolConfig config = new PoolConfig(given, 1, null, null, List.of(), 0, options);
        ChildWorkers workers = new ChildWorkers(given, config, 1, result -> {});
        Standing standing = new Standing(workers, given, workers.ship("job", job));
        Thread thread = new Thread(null, standing, "cenote-process " + given, 0, false);
        thread.setDaemon(daemon);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        thread.start();
        return new Spawned(standing, standing.awaitLaunch());
    }

    /// {@return a name that tells whose child it is: `process-1`, and in that `process-1:1`}
    private static String nextName() {
        String own = System.getProperty(Settings.WORKER_PROPERTY);
        return (own == null ? "process-" : own + ":") + NUMBERS.incrementAndGet();
    }

    /// {@return its name}
    public String name() {
        return child.worker();
    }

    /// {@return the process}
    public Process process() {
        return child.process();
    }

    /// {@return completes when the job has ended, always with a value; what depends on it must not wait for anything}
    public CompletableFuture<Answer> answer() {
        return answer;
    }

    /// {@return completes when the process has ended, its last output was handed on, and nothing of it is left}
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /// Kills it and all that it has started.
    ///
    /// @param why the rest of the sentence "worker process-1 was killed: ..."
    public void kill(String why) {
        int _ = connection.kill(why);
    }

    @Override
    public String toString() {
        return name();
    }

    /// What the thread does.
    private static final class Standing implements Runnable {

        private final ChildWorkers workers;
        private final Connection connection;
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        /// Forgotten when it was sent; only the own thread uses it after the start.
        private @Nullable TaskShipment job;

        Standing(ChildWorkers workers, String name, TaskShipment job) {
            this.workers = workers;
            this.connection = new Connection(workers, name, 1);
            this.job = job;
        }

        @Override
        public void run() {
            Answer got = ask();
            if (got.failure() != null) {
                connection.launched().completeExceptionally(got.failure()); // does nothing if there was a process
            }
            answer.complete(got);
            try {
                connection.awaitEnd();
                workers.close();
            } finally {
                ended.complete(null);
            }
        }

        private Answer ask() {
            try {
                connection.open();
                TaskShipment shipment = job;
                job = null;
                return new Answer(connection.call(Objects.requireNonNull(shipment), Messages.PROGRAM), null);
            } catch (IOException e) {
                Death death = connection.death();
                return new Answer(null, death == null ? e : Connection.report(death));
            } catch (Throwable e) {
                return new Answer(null, e);
            }
        }

        Child awaitLaunch() {
            try {
                return connection.launched().join();
            } catch (CompletionException e) {
                switch (e.getCause()) {
                    case IOException cause -> throw new UncheckedIOException(cause.getMessage(), cause);
                    case RuntimeException cause -> throw cause;
                    case Error cause -> throw cause;
                    case null, default -> throw e;
                }
            }
        }
    }
}
