// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array of bytes that is written from front to back, little-endian. For one thread.
public final class WireWriter {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /// The largest array that every JVM can make.
    private static final int LARGEST = Integer.MAX_VALUE - 8;

    private byte[] bytes;
    private int position;

    /// Creates an empty writer.
    public WireWriter() {
        this(256);
    }

    /// Creates an empty writer.
    ///
    /// @param capacity how many bytes it takes before it grows
    public WireWriter(int capacity) {
        this.bytes = new byte[capacity];
    }

    /// {@return how many bytes were written}
    public int position() {
        return position;
    }

    /// Goes back to an earlier position and forgets what was written after it.
    ///
    /// @param earlier the position
    public void rewind(int earlier) {
        if (earlier < 0 || earlier > position) {
            throw new IllegalArgumentException("cannot go back from " + position + " to " + earlier);
        }
        position = earlier;
    }

    /// {@return the array that holds what was written, up to the position; it changes when more is written}
    public byte[] array() {
        return bytes;
    }

    /// {@return a copy of what was written}
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, position);
    }

    /// Makes room for this many bytes and goes behind them.
    ///
    /// @param count how many
    /// @return where they begin
    /// @throws OutOfMemoryError if more than an array can hold was written
    public int skip(int count) {
        int at = position;
        if (count > bytes.length - at) {
            grow(count);
        }
        position = at + count;
        return at;
    }

    private void grow(int count) {
        long needed = (long) position + count;
        if (needed > LARGEST) {
            throw new OutOfMemoryError("a value of more than " + LARGEST + " bytes");
        }
        bytes = Arrays.copyOf(bytes, (int) Math.clamp(2L * bytes.length, needed, LARGEST));
    }

    /// Writes the low byte.
    ///
    /// @param value the value
    public void putByte(int value) {
        int at = skip(1);
        bytes[at] = (byte) value;
    }

    /// Writes two bytes.
    ///
    /// @param value the value
    public void putShort(int value) {
        int at = skip(2);
        SHORT.set(bytes, at, (short) value);
    }

    /// Writes four bytes.
    ///
    /// @param value the value
    public void putInt(int value) {
        int at = skip(4);
        INT.set(bytes, at, value);
    }

    /// Writes four bytes at a place that was written or skipped before.
    ///
    /// @param at the place
    /// @param value the value
    public void setInt(int at, int value) {
        INT.set(bytes, at, value);
    }

    /// Writes eight bytes.
    ///
    /// @param value the value
    public void putLong(long value) {
        int at = skip(8);
        LONG.set(bytes, at, value);
    }

    /// Writes a number of at least 0 in one to nine bytes, fewer for smaller ones: seven bits in each, the lowest
    /// first, with the high bit set in all but the last.
    ///
    /// @param value the number
    public void putCount(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative count: " + value);
        }
        long rest = value;
        while (rest > 0x7f) {
            putByte((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        putByte((int) rest);
    }

    /// Writes bytes without their number.
    ///
    /// @param source where they are
    /// @param from the first
    /// @param count how many
    public void putBytes(byte[] source, int from, int count) {
        int at = skip(count);
        System.arraycopy(source, from, bytes, at, count);
    }

    /// Writes a block: its length as a count, then its bytes.
    ///
    /// @param block the bytes
    public void putBlock(byte[] block) {
        putCount(block.length);
        putBytes(block, 0, block.length);
    }

    /// Writes a string as a block of UTF-8. Lone surrogates do not survive.
    ///
    /// @param text the string
    public void putText(String text) {
        putBlock(text.getBytes(StandardCharsets.UTF_8));
    }
}
