// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.wire;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A growing array of bytes that is written from front to back, little-endian. For one thread.
///
/// Large arrays can be attached instead of written: what takes the bytes then takes the memory of the array at that
/// place, and whoever reads finds them in [Attachments]. Only a writer of frames can do that.
public final class WireWriter {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /// The largest array that every JVM can make.
    private static final int LARGEST = Integer.MAX_VALUE - 8;

    private byte[] bytes;
    private int position;
    private boolean attaching;

    /// What was attached, in order.
    private final List<Attachment> attached = new ArrayList<>(0);

    /// Is told of what must stay as it is while the bytes are under way.
    private @Nullable Consumer<Object> keeper;

    /// Memory that goes where it stands.
    ///
    /// @param at behind which byte; at first that of its length, later the last of the frame
    /// @param component what its elements are
    /// @param content the memory
    public record Attachment(int at, Class<?> component, MemorySegment content) {

        private Attachment movedTo(int place) {
            return new Attachment(place, component, content);
        }
    }

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

    /// Says whether arrays may be attached to what is written from now on; not before this is called.
    ///
    /// @param now whether they may
    /// @return whether they might before
    public boolean attaching(boolean now) {
        boolean before = attaching;
        attaching = now;
        return before;
    }

    /// {@return whether arrays may be attached}
    public boolean isAttaching() {
        return attaching;
    }

    /// Says who is told of objects of which only the address is written, such as shared memory: they must not go away
    /// before the reader has looked there.
    ///
    /// @param told is called by [#keep], and may refuse what must not travel this way
    /// @return this
    public WireWriter keeper(@Nullable Consumer<Object> told) {
        keeper = told;
        return this;
    }

    /// {@return who is told of such objects, if anyone}
    public @Nullable Consumer<Object> keeper() {
        return keeper;
    }

    /// Tells that the address of something was written.
    ///
    /// @param object what it leads to
    public void keep(Object object) {
        if (keeper != null) {
            keeper.accept(object);
        }
    }

    /// Attaches memory, which is read when this is handed over. Whatever tells the reader to expect it was written
    /// before.
    ///
    /// @param component what its elements are, a primitive type but `boolean`
    /// @param content the memory
    public void attach(Class<?> component, MemorySegment content) {
        attached.add(new Attachment(position, component, content));
    }

    /// {@return what was attached, in order}
    public List<Attachment> attachments() {
        return attached;
    }

    /// {@return how many bytes were attached to what was written behind a position}
    ///
    /// @param earlier the position
    public long attachedSince(int earlier) {
        long sum = 0;
        for (int i = attached.size() - 1; i >= 0 && attached.get(i).at > earlier; i--) {
            sum += attached.get(i).content.byteSize();
        }
        return sum;
    }

    /// Makes copies of what was attached, so that changes to it do not change what is sent.
    public void copyAttached() {
        for (int i = 0; i < attached.size(); i++) {
            MemorySegment source = attached.get(i).content;
            long size = source.byteSize();
            long[] room = new long[(int) ((size + Long.BYTES - 1) / Long.BYTES)]; // more than 2 GB, if need be
            MemorySegment copy = MemorySegment.ofArray(room).asSlice(0, size).copyFrom(source);
            attached.set(i, new Attachment(attached.get(i).at, attached.get(i).component, copy));
        }
    }

    /// Writes what was attached since a position, for [Attachments#begin], and lets that stand behind all.
    ///
    /// @param earlier the position
    void describeAttached(int earlier) {
        int first = attached.size();
        while (first > 0 && attached.get(first - 1).at > earlier) {
            first--;
        }
        for (Attachment each : attached.subList(first, attached.size())) {
            putByte(Attachments.kind(each.component));
            putLong(each.content.byteSize() / Attachments.bytesOf(each.component));
        }
        putInt(attached.size() - first);
        for (int i = first; i < attached.size(); i++) {
            attached.set(i, attached.get(i).movedTo(position));
        }
    }

    /// Goes back to an earlier position and forgets what was written after it.
    ///
    /// @param earlier the position
    public void rewind(int earlier) {
        if (earlier < 0 || earlier > position) {
            throw new IllegalArgumentException("cannot go back from " + position + " to " + earlier);
        }
        position = earlier;
        while (!attached.isEmpty() && attached.getLast().at > earlier) {
            attached.removeLast();
        }
    }

    /// Forgets the first bytes and what was attached to them; the rest moves to the front.
    ///
    /// @param count how many bytes
    public void drop(int count) {
        System.arraycopy(bytes, count, bytes, 0, position - count);
        position -= count;
        if (attached.isEmpty()) {
            return;
        }
        int kept = 0;
        for (Attachment each : attached) {
            if (each.at > count) {
                attached.set(kept++, each.movedTo(each.at - count));
            }
        }
        attached.subList(kept, attached.size()).clear();
    }

    /// Puts bytes in front of some that were written, and of what is attached to those.
    ///
    /// @param at where
    /// @param inserted the bytes
    public void insert(int at, byte[] inserted) {
        int rest = position - at;
        skip(inserted.length);
        System.arraycopy(bytes, at, bytes, at + inserted.length, rest);
        System.arraycopy(inserted, 0, bytes, at, inserted.length);
        for (int i = attached.size() - 1; i >= 0 && attached.get(i).at > at; i--) {
            attached.set(i, attached.get(i).movedTo(attached.get(i).at + inserted.length));
        }
    }

    /// Writes what another writer has, and attaches what it has attached.
    ///
    /// @param other the other writer, which stays as it is
    public void put(WireWriter other) {
        for (Attachment each : other.attached) {
            attached.add(each.movedTo(position + each.at));
        }
        putBytes(other.bytes, 0, other.position);
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
