// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.Broadcast;
import dev.cenote.Codec;
import dev.cenote.Job;
import dev.cenote.PoolConfig;
import dev.cenote.ProcessOptions;
import dev.cenote.internal.channel.ChannelOptions;
import dev.cenote.internal.classes.Exports;
import dev.cenote.internal.codec.Explained;
import dev.cenote.internal.codec.Explainer;
import dev.cenote.internal.codec.Side;
import dev.cenote.internal.codec.StoredValue;
import dev.cenote.internal.codec.ValueCodec;
import dev.cenote.internal.launch.Launcher;
import dev.cenote.internal.launch.Output;
import dev.cenote.internal.launch.OutputLine;
import dev.cenote.internal.launch.Settings;
import dev.cenote.internal.launch.WorkerCommand;
import dev.cenote.internal.memory.SharedBroadcast;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Remotes;
import dev.cenote.internal.share.Domains;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The child JVMs of one pool. Nothing is started, and no file made, before the first is needed.
public final class ChildWorkers implements Remotes {

    static final Explainer EXPLAINER = new Explained();

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(1);

    final String pool;
    final ProcessOptions options;
    final ChannelOptions channel = ChannelOptions.defaults();
    final Exports exports = new Exports();

    /// The number under which this pool and its workers know that they name classes in the same way.
    final long domain = ThreadLocalRandom.current().nextLong();

    final ValueCodec results;
    final Consumer<OutputLine> output;
    final Consumer<@Nullable Object> exitResults;
    final @Nullable TaskShipment initializer;
    final @Nullable TaskShipment exit;
    final @Nullable TaskShipment codec;

    /// What it knows of workers that die again and again.
    final Storm storm;

    private final Settings settings;
    private final LongAdder restarts = new LongAdder();
    private final Object lock = new Object();

    /// Whether the use of the workers was seen to come from where it may; a second look tells nothing new.
    private volatile boolean allowed;

    /// Guarded by `lock`.
    private @Nullable Launcher launcher;

    /// Starts that are under way; guarded by `lock`.
    private int starting;

    /// Guarded by `lock`.
    private boolean closed;

    /// Those that may be open; guarded by `lock`.
    private final Set<SharedBroadcast<?>> broadcasts = Collections.newSetFromMap(new WeakHashMap<>());

    /// Creates the workers of a pool.
    ///
    /// @param pool the name of the pool
    /// @param config how it is configured
    /// @param workers how many there may be
    /// @param exitResults takes what the exit function returns
    /// @throws IllegalArgumentException if a value cannot be meant
    /// @throws dev.cenote.NotShippableException if the initializer or the exit function cannot travel
    public ChildWorkers(String pool, PoolConfig config, int workers, Consumer<@Nullable Object> exitResults) {
        this.pool = pool;
        this.options = config.processes();
        this.exitResults = exitResults;
        this.storm = new Storm(pool);
        this.settings = new Settings(
                Settings.WORKER_MAIN,
                workers,
                options.heap(),
                options.jvmArguments(),
                options.environment(),
                options.directory(),
                options.java());
        Preparation.begin(settings);
        ValueCodec own = new ValueCodec(exports, Side.PARENT, EXPLAINER);
        Domains.add(domain, own);
        Codec custom = options.codec();
        this.results = custom == null ? own : own.with(custom);
        this.codec = custom == null ? null : new TaskShipment("codec", custom, exports, EXPLAINER, null);
        this.output = output(options.output());
        this.initializer = ship("initializer", config.initializer());
        this.exit = ship("exit function", config.exit());
    }

    private static Consumer<OutputLine> output(@Nullable BiConsumer<String, String> consumer) {
        return consumer == null ? Output.PRINT : line -> consumer.accept(line.worker(), line.text());
    }

    private @Nullable TaskShipment ship(String name, @Nullable Job<?> job) {
        return job == null ? null : new TaskShipment(name, job, exports, EXPLAINER, options.codec());
    }

    @Override
    public TaskShipment ship(String name, Object function) {
        if (!allowed) {
            InWorker.refuseInClassInitializer(pool);
            allowed = true;
        }
        return new TaskShipment(name, function, exports, EXPLAINER, options.codec());
    }

    @Override
    public <T extends @Nullable Object> Broadcast<T> broadcast(T value) {
        SharedBroadcast<T> made;
        if (value instanceof MemorySegment) {
            made = SharedBroadcast.ofSegment(value, exports, pool);
        } else {
            List<Object> kept = new ArrayList<>();
            List<MemorySegment> content = StoredValue.encode(results, value, "the broadcast value", shared -> {
                TaskShipment.admit(shared, exports);
                kept.add(shared);
            });
            made = SharedBroadcast.of(value, content, kept, exports, pool);
        }
        boolean late;
        synchronized (lock) {
            late = closed;
            broadcasts.add(made);
        }
        if (late) {
            made.close();
        }
        return made;
    }

    @Override
    public Remote place(String name, int id) {
        return new Place(this, name, id);
    }

    @Override
    public LongAdder restarts() {
        return restarts;
    }

    /// {@return what starts workers, for one start, which ends with [#started]}
    Launcher launcher() throws IOException {
        synchronized (lock) {
            if (closed) {
                throw new IOException("pool \"" + pool + "\" is closed");
            }
            Launcher made = launcher;
            if (made == null) {
                made = new Launcher(WorkerCommand.of(settings));
                launcher = made;
            }
            starting++;
            return made;
        }
    }

    /// Tells that a start is over, however it went: it leaves no file behind any more.
    void started() {
        synchronized (lock) {
            starting--;
            lock.notifyAll();
        }
    }

    boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    @Override
    public void close() {
        Launcher made;
        List<SharedBroadcast<?>> open;
        synchronized (lock) {
            closed = true;
            open = List.copyOf(broadcasts);
            made = launcher;
            launcher = null;
            awaitStarts();
        }
        open.forEach(SharedBroadcast::close);
        if (made != null) {
            made.close();
        }
        Domains.remove(domain);
    }

    /// Whoever starts a worker that was given up on is about to notice; what it has made must be gone before the
    /// folder.
    private void awaitStarts() {
        long end = System.nanoTime() + START_NANOS;
        boolean interrupted = false;
        long left = START_NANOS;
        while (starting > 0 && left > 0) {
            try {
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = end - System.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
