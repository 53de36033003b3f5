// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.NotShippableException;
import dev.cenote.internal.memory.Handle.Token;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What users hold of shared memory. There is one object for each memory in a process, so that memory that comes back
/// is what was sent.
///
/// ## What keeps memory
///
/// | who | how |
/// | --- | --- |
/// | the program | this object; when nobody can reach it any more, its memory is let go as by [#close] |
/// | a task or a job under way | what was told by [WireWriter#keep] |
/// | a result under way | [#handOver] keeps it until the other process has mapped it |
/// | a broadcast in a worker | kept until its owner has closed it |
///
/// Memory whose owner has closed it is let go by the other processes in [#sweep]: they look when they map or make
/// memory, and workers when they forget a function. So an owner that makes, uses and closes one memory after the other
/// never has more than a few of them.
///
/// For any thread.
public abstract sealed class Shared permits MappedArray, MappedCounter, SharedBroadcast {

    /// How long to wait for what the collector has found; in parts.
    private static final int COLLECT_TRIES = 10;

    private static final int COLLECT_MILLIS = 50;

    private static final long ARRIVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Cleaner CLEANER = Cleaner.create();

    /// What is open in this process.
    private static final Map<Token, WeakReference<Shared>> KNOWN = new ConcurrentHashMap<>();

    /// What was sent away and may not have arrived.
    private static final Set<Shared> UNDER_WAY = ConcurrentHashMap.newKeySet();

    /// Broadcasts that came to this process.
    private static final Set<Shared> HELD = ConcurrentHashMap.newKeySet();

    /// How much was made or mapped since the last sweep.
    private static final AtomicInteger FRESH = new AtomicInteger();

    /// How many bytes were made or mapped since the last collection here.
    private static final AtomicLong FRESH_BYTES = new AtomicLong();

    /// How many bytes are worth a look.
    private static final long LEAST = 1 << 20;

    private final Region region;
    private final Cleaner.Cleanable release;

    Shared(Region region) {
        this.region = region;
        this.release = CLEANER.register(this, new Release(region));
    }

    /// Lets go of memory; must not lead to its [Shared].
    private record Release(Region region) implements Runnable {

        @Override
        public void run() {
            region.close();
            KNOWN.computeIfPresent(region.token, (token, reference) -> {
                Shared other = reference.get();
                return other == null || other.isClosed() ? null : reference;
            });
        }
    }

    final Region region() {
        return region;
    }

    /// {@return whether it was closed in this process}
    public final boolean isClosed() {
        return region.isClosed();
    }

    /// Closes it; does nothing the second time.
    public void close() {
        release.clean();
        UNDER_WAY.remove(this);
        HELD.remove(this);
    }

    /// {@return what a use after the close throws}
    final IllegalStateException closed(@Nullable IllegalStateException cause) {
        return new IllegalStateException(describe() + " was closed", cause);
    }

    /// {@return what messages call it}
    String describe() {
        return region.toString();
    }

    // ---- between processes

    /// Enters memory that was made or mapped here.
    static <S extends Shared> S enter(S fresh) {
        WorkerSide.begin();
        KNOWN.put(fresh.region().token, new WeakReference<>(fresh));
        if (FRESH.incrementAndGet() * 4 >= KNOWN.size()) {
            sweep();
        }
        long bytes = fresh.region().bytes;
        if (FRESH_BYTES.addAndGet(bytes) > LEAST && bytes > 0) {
            lookForRoom();
        }
        return fresh;
    }

    /// Memory that nobody can reach is not seen in the size of the heap, so the heap is collected when as much was made
    /// or mapped as half of what is left.
    private static void lookForRoom() {
        try {
            if (FRESH_BYTES.get() > MemoryFolder.free(MemoryFolder.path()) / 2) {
                FRESH_BYTES.set(0);
                System.gc();
            }
        } catch (IOException e) {
            // the folder was deleted; whoever makes memory is told
        }
    }

    /// Writes where the memory is.
    ///
    /// @param out where to
    /// @throws NotShippableException if it was closed
    public final void write(WireWriter out) {
        Handle handle;
        try {
            handle = isClosed() ? null : region.handle();
        } catch (IOException e) {
            throw new NotShippableException(describe() + " cannot be sent: " + e.getMessage(), e);
        }
        if (handle == null) {
            throw new NotShippableException(describe() + " cannot be sent to another process: it was closed", null);
        }
        out.keep(this);
        handle.write(out);
    }

    /// Reads where memory is, and maps it, unless that is done.
    ///
    /// @param in where from
    /// @return the memory
    /// @throws IOException if it is not there any more
    public static Shared read(WireReader in) throws IOException {
        Handle handle = Handle.read(in);
        synchronized (Shared.class) { // two that map the same memory at the same time would both be the one
            WeakReference<Shared> reference = KNOWN.get(handle.token());
            Shared known = reference == null ? null : reference.get();
            if (known != null && !known.isClosed()) {
                return known;
            }
            Region region = Region.attach(handle);
            Shared made = switch (region.kind) {
                case BYTES -> new MappedBytes(region);
                case INTS -> new MappedInts(region);
                case LONGS -> new MappedLongs(region);
                case DOUBLES -> new MappedDoubles(region);
                case COUNTER -> new MappedCounter(region);
                case VALUE, SEGMENT -> new SharedBroadcast<>(region);
            };
            if (made instanceof SharedBroadcast<?>) {
                HELD.add(made);
            }
            return enter(made);
        }
    }

    /// Is told by a worker that it sends something to the process of its pool, which owns it then.
    ///
    /// @param sent what is sent
    public static void handOver(Object sent) {
        if (sent instanceof Shared shared && shared.region.handOver()) {
            UNDER_WAY.removeIf(each -> !each.region.isUnderWay());
            UNDER_WAY.add(shared);
        }
    }

    /// See [WorkerSide]. It looks again and again, once in a process, when there is something to wait for.
    static void awaitArrivals() {
        long end = System.nanoTime() + ARRIVAL_NANOS;
        try {
            while (UNDER_WAY.stream().anyMatch(each -> each.region.isUnderWay()) && System.nanoTime() - end < 0) {
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lets go of what its owner has closed.
    public static void sweep() {
        FRESH.set(0);
        UNDER_WAY.removeIf(each -> !each.region.isUnderWay());
        for (WeakReference<Shared> reference : KNOWN.values()) {
            Shared known = reference.get();
            if (known != null && known.region.isLeftOver()) {
                known.close();
            }
        }
    }

    /// Has the collector look for memory that nobody can reach, as that is not seen in the size of the heap.
    ///
    /// @param enough whether there is enough room; asked for half a second at most
    static void collect(BooleanSupplier enough) {
        sweep();
        if (KNOWN.isEmpty() || enough.getAsBoolean()) {
            return;
        }
        System.gc();
        for (int i = 0; i < COLLECT_TRIES && !enough.getAsBoolean(); i++) {
            try {
                Thread.sleep(COLLECT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public final String toString() {
        return isClosed() ? describe() + ", closed" : describe();
    }
}
