// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.Range;
import dev.cenote.internal.memory.Shared;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.File;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Values that hold no other values.
final class Leaves {

    private static final int LITTLE_ENDIAN = 1;
    private static final int READ_ONLY = 2;
    private static final int DIRECT = 4;
    private static final int ATTACHED = 8;

    private Leaves() {}

    /// Writes a value if it is one of the commonest: `null`, a string or a boxed primitive.
    ///
    /// @param out where to
    /// @param value the value
    /// @return whether it was
    static boolean putScalar(WireWriter out, @Nullable Object value) {
        if (value instanceof String text) {
            Texts.putValue(out, text);
        } else if (value instanceof Integer number) {
            int at = out.skip(1 + Integer.BYTES);
            out.array()[at] = Tags.INT;
            out.setInt(at + 1, number);
        } else if (value instanceof Long number) {
            out.putByte(Tags.LONG);
            out.putLong(number);
        } else if (value instanceof Double number) {
            out.putByte(Tags.DOUBLE);
            out.putLong(Double.doubleToRawLongBits(number));
        } else if (value instanceof Boolean flag) {
            out.putByte(flag ? Tags.TRUE : Tags.FALSE);
        } else if (value == null) {
            out.putByte(Tags.NULL);
        } else {
            return putRareScalar(out, value);
        }
        return true;
    }

    private static boolean putRareScalar(WireWriter out, Object value) {
        if (value instanceof Character letter) {
            out.putByte(Tags.CHAR);
            out.putShort(letter);
        } else if (value instanceof Byte number) {
            out.putByte(Tags.BYTE);
            out.putByte(number);
        } else if (value instanceof Short number) {
            out.putByte(Tags.SHORT);
            out.putShort(number);
        } else if (value instanceof Float number) {
            out.putByte(Tags.FLOAT);
            out.putInt(Float.floatToRawIntBits(number));
        } else {
            return false;
        }
        return true;
    }

    /// Writes a leaf that is no scalar.
    ///
    /// @param out where to
    /// @param tag its tag, by its class
    /// @param value the value
    /// @return whether it could; if not, something may have been written
    static boolean put(WireWriter out, int tag, Object value) {
        if (Bulk.attach(out, tag, value)) {
            return true;
        }
        out.putByte(tag);
        if (tag >= Tags.INSTANT && tag < Tags.EMPTY_LIST) {
            Times.put(out, tag, value);
            return true;
        }
        switch (tag) {
            case Tags.BOOLEANS -> Bulk.put(out, (boolean[]) value);
            case Tags.BYTES -> out.putBlock((byte[]) value);
            case Tags.SHORTS -> Bulk.put(out, (short[]) value);
            case Tags.CHARS -> Bulk.put(out, (char[]) value);
            case Tags.INTS -> Bulk.put(out, (int[]) value);
            case Tags.LONGS -> Bulk.put(out, (long[]) value);
            case Tags.FLOATS -> Bulk.put(out, (float[]) value);
            case Tags.DOUBLES -> Bulk.put(out, (double[]) value);
            case Tags.EMPTY_LIST, Tags.EMPTY_SET, Tags.EMPTY_MAP -> {}
            default -> {
                return putRest(out, tag, value);
            }
        }
        return true;
    }

    private static boolean putRest(WireWriter out, int tag, Object value) {
        switch (tag) {
            case Tags.BIG_INTEGER -> out.putBlock(((BigInteger) value).toByteArray());
            case Tags.BIG_DECIMAL -> {
                out.putInt(((BigDecimal) value).scale());
                out.putBlock(((BigDecimal) value).unscaledValue().toByteArray());
            }
            case Tags.UUID -> {
                out.putLong(((UUID) value).getMostSignificantBits());
                out.putLong(((UUID) value).getLeastSignificantBits());
            }
            case Tags.URI -> Texts.put(out, value.toString());
            case Tags.FILE -> Texts.put(out, ((File) value).getPath());
            case Tags.PATH -> {
                return putPath(out, (Path) value);
            }
            case Tags.CHARSET -> Texts.put(out, ((Charset) value).name());
            case Tags.BYTE_BUFFER -> putBuffer(out, ((ByteBuffer) value).duplicate(), flags((ByteBuffer) value));
            case Tags.RANGE -> putRange(out, (List<?>) value);
            case Tags.SHARED -> ((Shared) value).write(out);
            case Tags.OPTIONAL_INT -> putScalar(out, boxed((OptionalInt) value));
            case Tags.OPTIONAL_LONG -> putScalar(out, boxed((OptionalLong) value));
            case Tags.OPTIONAL_DOUBLE -> putScalar(out, boxed((OptionalDouble) value));
            default -> putStatistics(out, value);
        }
        return true;
    }

    private static boolean putPath(WireWriter out, Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            return false;
        }
        String text = path.toString();
        if (text.indexOf('\uFFFD') >= 0 && !Path.of(text).equals(path)) {
            return false; // a name whose bytes are no text in this JVM's encoding: the text would name another file
        }
        Texts.put(out, text);
        return true;
    }

    private static int flags(ByteBuffer buffer) {
        return (buffer.order() == ByteOrder.LITTLE_ENDIAN ? LITTLE_ENDIAN : 0)
                | (buffer.isReadOnly() ? READ_ONLY : 0)
                | (buffer.isDirect() ? DIRECT : 0);
    }

    private static void putBuffer(WireWriter out, ByteBuffer buffer, int flags) {
        int size = buffer.remaining();
        if (size >= Bulk.LARGE && out.isAttaching()) {
            out.putByte(flags | ATTACHED);
            out.putCount(size);
            out.attach(byte.class, MemorySegment.ofBuffer(buffer));
            return;
        }
        out.putByte(flags);
        out.putCount(size);
        int at = out.skip(size);
        buffer.get(out.array(), at, size);
    }

    private static void putRange(WireWriter out, List<?> range) {
        out.putInt(range.size());
        putScalar(out, range.isEmpty() ? (Integer) 0 : range.getFirst());
    }

    private static @Nullable Integer boxed(OptionalInt value) {
        return value.isPresent() ? (Integer) value.getAsInt() : null;
    }

    private static @Nullable Long boxed(OptionalLong value) {
        return value.isPresent() ? (Long) value.getAsLong() : null;
    }

    private static @Nullable Double boxed(OptionalDouble value) {
        return value.isPresent() ? (Double) value.getAsDouble() : null;
    }

    private static void putStatistics(WireWriter out, Object value) {
        if (value instanceof IntSummaryStatistics all) {
            Bulk.put(out, new long[] {all.getCount(), all.getMin(), all.getMax(), all.getSum()});
        } else if (value instanceof LongSummaryStatistics all) {
            Bulk.put(out, new long[] {all.getCount(), all.getMin(), all.getMax(), all.getSum()});
        } else {
            DoubleSummaryStatistics all = (DoubleSummaryStatistics) value;
            Bulk.put(out, new long[] {all.getCount(), bits(all.getMin()), bits(all.getMax()), bits(all.getSum())});
        }
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    /// {@return the leaf whose tag was read}
    ///
    /// @param in where from
    /// @param tag the tag
    /// @throws CorruptFrameException if it is not the tag of a leaf, or what follows is no such leaf
    /// @throws InvalidObjectException if this JVM has no such value
    static @Nullable Object get(WireReader in, int tag) throws IOException {
        return switch (tag) {
            case Tags.NULL -> null;
            case Tags.FALSE -> false;
            case Tags.TRUE -> true;
            case Tags.BYTE -> in.getByte();
            case Tags.SHORT -> in.getShort();
            case Tags.CHAR -> (char) in.getShort();
            case Tags.INT -> in.getInt();
            case Tags.LONG -> in.getLong();
            case Tags.FLOAT -> Float.intBitsToFloat(in.getInt());
            case Tags.DOUBLE -> Double.longBitsToDouble(in.getLong());
            case Tags.LATIN1, Tags.UTF16 -> Texts.get(in, tag);
            case Tags.ATTACHED -> Bulk.getAttached(in);
            default -> tag < Tags.BIG_INTEGER ? getArray(in, tag) : getRest(in, tag);
        };
    }

    private static Object getArray(WireReader in, int tag) throws CorruptFrameException {
        return switch (tag) {
            case Tags.BOOLEANS -> Bulk.getBooleans(in);
            case Tags.BYTES -> in.getBlock();
            case Tags.SHORTS -> Bulk.getShorts(in);
            case Tags.CHARS -> Bulk.getChars(in);
            case Tags.INTS -> Bulk.getInts(in);
            case Tags.LONGS -> Bulk.getLongs(in);
            case Tags.FLOATS -> Bulk.getFloats(in);
            case Tags.DOUBLES -> Bulk.getDoubles(in);
            default -> throw noTag(tag);
        };
    }

    private static Object getRest(WireReader in, int tag) throws IOException {
        try {
            if (tag >= Tags.INSTANT && tag < Tags.EMPTY_LIST) {
                return Times.get(in, tag);
            }
            return tag < Tags.RANGE ? getNamed(in, tag) : getSmall(in, tag);
        } catch (RuntimeException e) { // no side writes what these classes refuse
            CorruptFrameException corrupt = new CorruptFrameException("no value, tag=" + tag + ": " + e);
            corrupt.initCause(e);
            throw corrupt;
        }
    }

    private static Object getNamed(WireReader in, int tag) throws IOException {
        return switch (tag) {
            case Tags.BIG_INTEGER -> new BigInteger(in.getBlock());
            case Tags.BIG_DECIMAL -> {
                int scale = in.getInt();
                yield new BigDecimal(new BigInteger(in.getBlock()), scale);
            }
            case Tags.UUID -> new UUID(in.getLong(), in.getLong());
            case Tags.URI -> URI.create(Texts.get(in));
            case Tags.FILE -> new File(Texts.get(in));
            case Tags.PATH -> Path.of(Texts.get(in));
            case Tags.CHARSET -> charset(Texts.get(in));
            case Tags.BYTE_BUFFER -> buffer(in);
            default -> throw noTag(tag);
        };
    }

    private static Charset charset(String name) throws InvalidObjectException {
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) { // the two JVMs may have different ones
            InvalidObjectException unknown = new InvalidObjectException("this JVM knows no charset " + name);
            unknown.initCause(e);
            throw unknown;
        }
    }

    private static ByteBuffer buffer(WireReader in) throws IOException {
        int flags = in.getByte();
        byte[] content = (flags & ATTACHED) == 0
                ? in.getBlock()
                : (byte[]) in.attachments().next(byte.class, in.getCount());
        ByteBuffer buffer = ByteBuffer.wrap(content);
        if ((flags & DIRECT) != 0) {
            buffer = ByteBuffer.allocateDirect(content.length).put(content).flip();
        }
        if ((flags & READ_ONLY) != 0) {
            buffer = buffer.asReadOnlyBuffer();
        }
        return buffer.order((flags & LITTLE_ENDIAN) != 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    }

    private static Object getSmall(WireReader in, int tag) throws IOException {
        return switch (tag) {
            case Tags.RANGE -> range(in.getInt(), scalar(in));
            case Tags.SHARED -> Shared.read(in);
            case Tags.OPTIONAL_INT ->
                scalar(in) instanceof Integer number ? OptionalInt.of(number) : OptionalInt.empty();
            case Tags.OPTIONAL_LONG ->
                scalar(in) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
            case Tags.OPTIONAL_DOUBLE ->
                scalar(in) instanceof Double number ? OptionalDouble.of(number) : OptionalDouble.empty();
            case Tags.EMPTY_LIST -> Collections.emptyList();
            case Tags.EMPTY_SET -> Collections.emptySet();
            case Tags.EMPTY_MAP -> Collections.emptyMap();
            default -> statistics(tag, Bulk.getLongs(in));
        };
    }

    private static List<? extends Number> range(int size, @Nullable Object first) {
        return first instanceof Long number
                ? Range.of(number, number + size)
                : Range.of((Integer) Objects.requireNonNull(first), (Integer) first + size);
    }

    private static @Nullable Object scalar(WireReader in) throws IOException {
        int tag = in.getByte();
        if (tag > Tags.DOUBLE) {
            throw noTag(tag);
        }
        return get(in, tag);
    }

    private static Object statistics(int tag, long[] all) throws CorruptFrameException {
        return switch (tag) {
            case Tags.INT_STATISTICS -> new IntSummaryStatistics(all[0], (int) all[1], (int) all[2], all[3]);
            case Tags.LONG_STATISTICS -> new LongSummaryStatistics(all[0], all[1], all[2], all[3]);
            case Tags.DOUBLE_STATISTICS ->
                new DoubleSummaryStatistics(
                        all[0],
                        Double.longBitsToDouble(all[1]),
                        Double.longBitsToDouble(all[2]),
                        Double.longBitsToDouble(all[3]));
            default -> throw noTag(tag);
        };
    }

    private static CorruptFrameException noTag(int tag) {
        return new CorruptFrameException("no such tag: " + tag);
    }
}
