// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.SharedBytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/// An array of `byte` in shared memory.
public final class MappedBytes extends MappedArray implements SharedBytes {

    private static final ValueLayout.OfByte LAYOUT = ValueLayout.JAVA_BYTE;
    private static final VarHandle ELEMENT = LAYOUT.varHandle().withInvokeExactBehavior();
    private static final VarHandle WORD = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    /// The same memory up to a whole word.
    private final MemorySegment words;

    MappedBytes(Region region) {
        super(region);
        this.words = region.words();
    }

    /// {@return a new array of zeros}
    ///
    /// @param length how many elements
    public static MappedBytes of(long length) {
        return enter(new MappedBytes(Region.create(Kind.BYTES, length)));
    }

    /// {@return a new array}
    ///
    /// @param values its elements, which are copied
    public static MappedBytes copyOf(byte[] values) {
        List<MemorySegment> content = List.of(MemorySegment.ofArray(values));
        return enter(new MappedBytes(Region.create(Kind.BYTES, values.length, content)));
    }

    private long at(long index) {
        return Objects.checkIndex(index, length);
    }

    @Override
    public byte get(long index) {
        try {
            return (byte) ELEMENT.get(data, at(index));
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void set(long index, byte value) {
        try {
            ELEMENT.set(data, at(index), value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public byte getVolatile(long index) {
        try {
            return (byte) ELEMENT.getVolatile(data, at(index));
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void setVolatile(long index, byte value) {
        try {
            ELEMENT.setVolatile(data, at(index), value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public byte getAndAdd(long index, byte delta) {
        byte before = getVolatile(index);
        while (!compareAndSet(index, before, (byte) (before + delta))) {
            before = getVolatile(index);
        }
        return before;
    }

    /// Processors exchange no single bytes in Java, so it is the word around it that is exchanged, until the byte is
    /// another one or it was done. The memory ends with a whole word.
    @Override
    public boolean compareAndSet(long index, byte expected, byte value) {
        try {
            long offset = at(index);
            int shift = shift(offset);
            int mask = 0xFF << shift;
            long word = offset & -Integer.BYTES;
            while (true) {
                int before = (int) WORD.getVolatile(words, word);
                if ((byte) (before >>> shift) != expected) {
                    return false;
                }
                int after = (before & ~mask) | ((value & 0xFF) << shift);
                if (WORD.compareAndSet(words, word, before, after)) {
                    return true;
                }
            }
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private static int shift(long offset) {
        int place = (int) offset & (Integer.BYTES - 1);
        return Byte.SIZE * (LITTLE_ENDIAN ? place : Integer.BYTES - 1 - place);
    }

    @Override
    public void get(long index, byte[] target, int from, int count) {
        Objects.checkFromIndexSize(index, count, length);
        try {
            MemorySegment.copy(data, LAYOUT, index, target, from, count);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void set(long index, byte[] source, int from, int count) {
        Objects.checkFromIndexSize(index, count, length);
        try {
            MemorySegment.copy(source, from, data, LAYOUT, index, count);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public byte[] toArray() {
        checkFitsArray();
        byte[] copy = new byte[(int) length];
        get(0, copy, 0, copy.length);
        return copy;
    }

    @Override
    public void fill(byte value) {
        try {
            data.fill(value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
