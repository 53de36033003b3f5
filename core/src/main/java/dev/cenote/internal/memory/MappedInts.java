// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.SharedInts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// An array of `int` in shared memory.
public final class MappedInts extends MappedArray implements SharedInts {

    private static final ValueLayout.OfInt LAYOUT = ValueLayout.JAVA_INT;
    private static final VarHandle ELEMENT = LAYOUT.varHandle().withInvokeExactBehavior();

    MappedInts(Region region) {
        super(region);
    }

    /// {@return a new array of zeros}
    ///
    /// @param length how many elements
    public static MappedInts of(long length) {
        return enter(new MappedInts(Region.create(Kind.INTS, length)));
    }

    /// {@return a new array}
    ///
    /// @param values its elements, which are copied
    public static MappedInts copyOf(int[] values) {
        List<MemorySegment> content = List.of(MemorySegment.ofArray(values));
        return enter(new MappedInts(Region.create(Kind.INTS, values.length, content)));
    }

    private long at(long index) {
        return Objects.checkIndex(index, length) << 2;
    }

    @Override
    public int get(long index) {
        try {
            return (int) ELEMENT.get(data, at(index));
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void set(long index, int value) {
        try {
            ELEMENT.set(data, at(index), value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int getVolatile(long index) {
        try {
            return (int) ELEMENT.getVolatile(data, at(index));
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void setVolatile(long index, int value) {
        try {
            ELEMENT.setVolatile(data, at(index), value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int getAndAdd(long index, int delta) {
        try {
            return (int) ELEMENT.getAndAdd(data, at(index), delta);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public boolean compareAndSet(long index, int expected, int value) {
        try {
            return ELEMENT.compareAndSet(data, at(index), expected, value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void get(long index, int[] target, int from, int count) {
        Objects.checkFromIndexSize(index, count, length);
        try {
            MemorySegment.copy(data, LAYOUT, index << 2, target, from, count);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void set(long index, int[] source, int from, int count) {
        Objects.checkFromIndexSize(index, count, length);
        try {
            MemorySegment.copy(source, from, data, LAYOUT, index << 2, count);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public int[] toArray() {
        checkFitsArray();
        int[] copy = new int[(int) length];
        get(0, copy, 0, copy.length);
        return copy;
    }

    @Override
    public void fill(int value) {
        try {
            for (long i = 0; i < length; i++) {
                ELEMENT.set(data, i << 2, value);
            }
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public IntStream stream() {
        return LongStream.range(0, length).mapToInt(this::get);
    }
}
