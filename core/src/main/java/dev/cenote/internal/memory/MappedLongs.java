// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.SharedLongs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/// An array of `long` in shared memory.
public final class MappedLongs extends MappedArray implements SharedLongs {

    private static final ValueLayout.OfLong LAYOUT = ValueLayout.JAVA_LONG;
    private static final VarHandle ELEMENT = LAYOUT.varHandle().withInvokeExactBehavior();

    MappedLongs(Region region) {
        super(region);
    }

    /// {@return a new array of zeros}
    ///
    /// @param length how many elements
    public static MappedLongs of(long length) {
        return enter(new MappedLongs(Region.create(Kind.LONGS, length)));
    }

    /// {@return a new array}
    ///
    /// @param values its elements, which are copied
    public static MappedLongs copyOf(long[] values) {
        List<MemorySegment> content = List.of(MemorySegment.ofArray(values));
        return enter(new MappedLongs(Region.create(Kind.LONGS, values.length, content)));
    }

    private long at(long index) {
        return Objects.checkIndex(index, length) << 3;
    }

    @Override
    public long get(long index) {
        try {
            return (long) ELEMENT.get(data, at(index));
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void set(long index, long value) {
        try {
            ELEMENT.set(data, at(index), value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public long getVolatile(long index) {
        try {
            return (long) ELEMENT.getVolatile(data, at(index));
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void setVolatile(long index, long value) {
        try {
            ELEMENT.setVolatile(data, at(index), value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public long getAndAdd(long index, long delta) {
        try {
            return (long) ELEMENT.getAndAdd(data, at(index), delta);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public boolean compareAndSet(long index, long expected, long value) {
        try {
            return ELEMENT.compareAndSet(data, at(index), expected, value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void get(long index, long[] target, int from, int count) {
        Objects.checkFromIndexSize(index, count, length);
        try {
            MemorySegment.copy(data, LAYOUT, index << 3, target, from, count);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void set(long index, long[] source, int from, int count) {
        Objects.checkFromIndexSize(index, count, length);
        try {
            MemorySegment.copy(source, from, data, LAYOUT, index << 3, count);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public long[] toArray() {
        checkFitsArray();
        long[] copy = new long[(int) length];
        get(0, copy, 0, copy.length);
        return copy;
    }

    @Override
    public void fill(long value) {
        try {
            for (long i = 0; i < length; i++) {
                ELEMENT.set(data, i << 3, value);
            }
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public LongStream stream() {
        return LongStream.range(0, length).map(this::get);
    }
}
