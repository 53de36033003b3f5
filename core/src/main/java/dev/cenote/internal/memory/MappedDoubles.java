// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.SharedDoubles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/// An array of `double` in shared memory.
public final class MappedDoubles extends MappedArray implements SharedDoubles {

    private static final ValueLayout.OfDouble LAYOUT = ValueLayout.JAVA_DOUBLE;
    private static final VarHandle ELEMENT = LAYOUT.varHandle().withInvokeExactBehavior();

    MappedDoubles(Region region) {
        super(region);
    }

    /// {@return a new array of zeros}
    ///
    /// @param length how many elements
    public static MappedDoubles of(long length) {
        return enter(new MappedDoubles(Region.create(Kind.DOUBLES, length)));
    }

    /// {@return a new array}
    ///
    /// @param values its elements, which are copied
    public static MappedDoubles copyOf(double[] values) {
        List<MemorySegment> content = List.of(MemorySegment.ofArray(values));
        return enter(new MappedDoubles(Region.create(Kind.DOUBLES, values.length, content)));
    }

    private long at(long index) {
        return Objects.checkIndex(index, length) << 3;
    }

    @Override
    public double get(long index) {
        try {
            return (double) ELEMENT.get(data, at(index));
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void set(long index, double value) {
        try {
            ELEMENT.set(data, at(index), value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public double getVolatile(long index) {
        try {
            return (double) ELEMENT.getVolatile(data, at(index));
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void setVolatile(long index, double value) {
        try {
            ELEMENT.setVolatile(data, at(index), value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public double getAndAdd(long index, double delta) {
        double before = getVolatile(index);
        while (!compareAndSet(index, before, before + delta)) {
            before = getVolatile(index);
        }
        return before;
    }

    @Override
    public boolean compareAndSet(long index, double expected, double value) {
        try {
            return ELEMENT.compareAndSet(data, at(index), expected, value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void get(long index, double[] target, int from, int count) {
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
    public void set(long index, double[] source, int from, int count) {
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
    public double[] toArray() {
        checkFitsArray();
        double[] copy = new double[(int) length];
        get(0, copy, 0, copy.length);
        return copy;
    }

    @Override
    public void fill(double value) {
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
    public DoubleStream stream() {
        return LongStream.range(0, length).mapToDouble(this::get);
    }
}
