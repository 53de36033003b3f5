// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads what a [WireWriter] has written, and never believes it: each length is checked against the bytes that are
/// left before anything is made for it. For one thread.
public final class WireReader {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int position;
    private int end;
    private final @Nullable Attachments attachments;

    /// Creates a reader of a whole array.
    ///
    /// @param bytes the array, which is not copied
    public WireReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /// Creates a reader of a part of an array.
    ///
    /// @param bytes the array, which is not copied
    /// @param from the first byte
    /// @param count how many bytes
    public WireReader(byte[] bytes, int from, int count) {
        this(bytes, from, count, null);
    }

    /// Creates a reader of a part of an array.
    ///
    /// @param bytes the array, which is not copied
    /// @param from the first byte
    /// @param count how many bytes
    /// @param attachments what was attached to the bytes, if that is possible
    public WireReader(byte[] bytes, int from, int count, @Nullable Attachments attachments) {
        this.bytes = bytes;
        this.attachments = attachments;
        reset(bytes, from, count);
    }

    /// {@return a reader of the next bytes, with the same attachments; this one goes over them}
    ///
    /// @param count how many bytes
    /// @throws CorruptFrameException if fewer are left
    public WireReader part(int count) throws CorruptFrameException {
        return new WireReader(bytes, skip(count), count, attachments);
    }

    /// {@return what was attached to the bytes}
    ///
    /// @throws CorruptFrameException if nothing can be
    public Attachments attachments() throws CorruptFrameException {
        if (attachments == null) {
            throw new CorruptFrameException("an array was promised where none can be attached");
        }
        return attachments;
    }

    /// {@return how many arrays were read that were attached}
    public int attachmentsRead() {
        return attachments == null ? 0 : attachments.position();
    }

    /// Reads another part of an array from now on.
    ///
    /// @param newBytes the array, which is not copied
    /// @param from the first byte
    /// @param count how many bytes
    public void reset(byte[] newBytes, int from, int count) {
        Objects.checkFromIndexSize(from, count, newBytes.length);
        bytes = newBytes;
        position = from;
        end = from + count;
    }

    /// {@return the array that is read}
    public byte[] array() {
        return bytes;
    }

    /// {@return where in the array the next byte is}
    public int position() {
        return position;
    }

    /// {@return how many bytes are left}
    public int left() {
        return end - position;
    }

    /// Goes back to an attached array that was read before.
    ///
    /// @param earlier what [#attachmentsRead] has said
    public void reread(int earlier) {
        if (attachments != null) {
            attachments.rewind(earlier);
        }
    }

    /// Goes over bytes.
    ///
    /// @param count how many
    /// @return where in the array they begin
    /// @throws CorruptFrameException if fewer are left
    public int skip(int count) throws CorruptFrameException {
        int at = position;
        if (count < 0 || count > end - at) {
            throw new CorruptFrameException(count + " bytes were promised, " + (end - at) + " are left");
        }
        position = at + count;
        return at;
    }

    /// {@return the next byte, with its sign}
    ///
    /// @throws CorruptFrameException if none is left
    public byte getByte() throws CorruptFrameException {
        return bytes[skip(1)];
    }

    /// {@return the next two bytes}
    ///
    /// @throws CorruptFrameException if fewer are left
    public short getShort() throws CorruptFrameException {
        return (short) SHORT.get(bytes, skip(2));
    }

    /// {@return the next four bytes}
    ///
    /// @throws CorruptFrameException if fewer are left
    public int getInt() throws CorruptFrameException {
        return (int) INT.get(bytes, skip(4));
    }

    /// {@return the next eight bytes}
    ///
    /// @throws CorruptFrameException if fewer are left
    public long getLong() throws CorruptFrameException {
        return (long) LONG.get(bytes, skip(8));
    }

    /// {@return a number that `putCount` has written}
    ///
    /// @throws CorruptFrameException if it is longer than nine bytes, or more than is left
    public long getCount() throws CorruptFrameException {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte next = getByte();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new CorruptFrameException("a count of more than nine bytes");
    }

    /// {@return how many elements follow, each of which takes at least this many bytes}
    ///
    /// @param bytesEach the least size of an element; 0 is not allowed, as nothing would bound the number then
    /// @throws CorruptFrameException if so many cannot be in what is left
    public int getLength(int bytesEach) throws CorruptFrameException {
        long count = getCount();
        if (count > left() / bytesEach) {
            throw new CorruptFrameException(count + " elements of at least " + bytesEach + " bytes were promised, "
                    + left() + " bytes are left");
        }
        return (int) count;
    }

    /// {@return the bytes of a block}
    ///
    /// @throws CorruptFrameException if fewer are left than its length says
    public byte[] getBlock() throws CorruptFrameException {
        int length = getLength(1);
        int at = skip(length);
        return Arrays.copyOfRange(bytes, at, at + length);
    }

    /// {@return the text of a block of UTF-8}
    ///
    /// @throws CorruptFrameException if fewer bytes are left than its length says
    public String getText() throws CorruptFrameException {
        int length = getLength(1);
        return new String(bytes, skip(length), length, StandardCharsets.UTF_8);
    }
}
