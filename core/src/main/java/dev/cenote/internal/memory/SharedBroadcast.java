// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.Broadcast;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A broadcast of a pool whose workers are other processes: in the process of the pool the value itself, and in a
/// worker a copy that is made when it is first asked for.
///
/// @param <T> the type of the value
public final class SharedBroadcast<T extends @Nullable Object> extends Shared implements Broadcast<T> {

    private static final Object NONE = new Object();

    /// The value, or `NONE`; set once and taken back by the close.
    private final AtomicReference<@Nullable Object> value;

    /// The pool, in the process that has it; else null.
    private final @Nullable Object home;

    private final String described;

    /// Shared memory whose addresses are in the value.
    private final AtomicReference<Collection<Object>> kept;

    /// Creates the broadcast of a worker.
    SharedBroadcast(Region region) {
        super(region);
        this.value = new AtomicReference<>(NONE);
        this.home = null;
        this.described = "the broadcast";
        this.kept = new AtomicReference<>(List.of());
    }

    private SharedBroadcast(Region region, T value, Object home, String pool, Collection<Object> kept) {
        super(region);
        this.value = new AtomicReference<>(value);
        this.home = home;
        this.described = "a broadcast of pool \"" + pool + "\"";
        this.kept = new AtomicReference<>(kept);
    }

    /// Makes the broadcast of a value that was encoded.
    ///
    /// @param value the value
    /// @param content the encoded value
    /// @param kept shared memory whose addresses are in it
    /// @param home the pool
    /// @param pool its name
    /// @param <T> the type of the value
    /// @return the broadcast
    public static <T extends @Nullable Object> SharedBroadcast<T> of(
            T value, List<MemorySegment> content, Collection<Object> kept, Object home, String pool) {
        return make(Kind.VALUE, value, content, kept, home, pool);
    }

    /// Makes the broadcast of a memory segment.
    ///
    /// @param value the segment
    /// @param home the pool
    /// @param pool its name
    /// @param <T> the type of the value
    /// @return the broadcast
    public static <T extends @Nullable Object> SharedBroadcast<T> ofSegment(T value, Object home, String pool) {
        return make(Kind.SEGMENT, value, List.of((MemorySegment) value), List.of(), home, pool);
    }

    private static <T extends @Nullable Object> SharedBroadcast<T> make(
            Kind kind, T value, List<MemorySegment> content, Collection<Object> kept, Object home, String pool) {
        long bytes = 0;
        for (MemorySegment each : content) {
            bytes += each.byteSize();
        }
        return enter(new SharedBroadcast<>(Region.create(kind, bytes, content), value, home, pool, kept));
    }

    /// {@return whether it belongs to a pool of this process}
    ///
    /// @param pool the pool
    public boolean isOf(Object pool) {
        return home == pool;
    }

    @Override
    String describe() {
        return described;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // it is what was broadcast, null included
    public T value() {
        Object known = value.get();
        if (known == NONE) {
            value.compareAndSet(NONE, decode()); // by two threads at once if need be: user code runs in it
            known = value.get();
        }
        if (isClosed()) {
            throw closed(null);
        }
        return (T) known;
    }

    private @Nullable Object decode() {
        try {
            return region().kind == Kind.SEGMENT ? region().view().asReadOnly() : WorkerSide.decode(region().data);
        } catch (IllegalStateException e) {
            if (isClosed()) {
                throw closed(e);
            }
            throw e;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void close() {
        super.close();
        value.set(null);
        kept.set(List.of());
    }
}
