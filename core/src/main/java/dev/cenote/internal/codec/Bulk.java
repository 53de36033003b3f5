// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.Attachments;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Arrays of primitive values: the number of elements, then the elements, copied in one go. Those that take much room
/// are attached where that is possible, see [Attachments]; not so arrays of `boolean`, which have no memory to copy.
final class Bulk {

    /// How many bytes make an array large. The price of an attachment is that the message is sent alone.
    static final int LARGE = 256 << 10;

    private Bulk() {}

    /// Attaches an array if it is large.
    ///
    /// @param out where to
    /// @param tag the tag of the array
    /// @param array the array
    /// @return whether it was
    static boolean attach(WireWriter out, int tag, Object array) {
        Class<?> component = component(tag);
        if (component == null || !out.isAttaching()) {
            return false;
        }
        int count = Array.getLength(array);
        if ((long) count * Attachments.bytesOf(component) < LARGE) {
            return false;
        }
        attach(out, tag, count, array);
        return true;
    }

    static void attach(WireWriter out, int tag, int count, Object array) {
        out.putByte(Tags.ATTACHED);
        out.putByte(tag);
        out.putCount(count);
        out.attach(array.getClass().getComponentType(), Attachments.memoryOf(array));
    }

    /// {@return an array or a string that was attached}
    ///
    /// @param in where from
    static Object getAttached(WireReader in) throws IOException {
        int tag = in.getByte();
        return switch (tag) {
            case Tags.LATIN1 -> new String((byte[]) array(in, byte.class), StandardCharsets.ISO_8859_1);
            case Tags.UTF16 -> new String((char[]) array(in, char.class));
            default -> {
                Class<?> component = component(tag);
                if (component == null) {
                    throw new CorruptFrameException("no tag of an array: " + tag);
                }
                yield array(in, component);
            }
        };
    }

    private static Object array(WireReader in, Class<?> component) throws IOException {
        long count = in.getCount();
        return in.attachments().next(component, count);
    }

    /// {@return what the elements of an array with this tag are, if it can be attached}
    static @Nullable Class<?> component(int tag) {
        return switch (tag) {
            case Tags.BYTES -> byte.class;
            case Tags.SHORTS -> short.class;
            case Tags.CHARS -> char.class;
            case Tags.INTS -> int.class;
            case Tags.LONGS -> long.class;
            case Tags.FLOATS -> float.class;
            case Tags.DOUBLES -> double.class;
            default -> null;
        };
    }

    private static ByteBuffer room(WireWriter out, int count, int bytesEach) {
        out.putCount(count);
        long size = (long) count * bytesEach;
        if (size > Integer.MAX_VALUE) {
            throw new OutOfMemoryError("an array of " + size + " bytes does not fit into one message");
        }
        int at = out.skip((int) size);
        return ByteBuffer.wrap(out.array(), at, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer content(WireReader in, int bytesEach) throws CorruptFrameException {
        int size = in.getLength(bytesEach) * bytesEach;
        return ByteBuffer.wrap(in.array(), in.skip(size), size).order(ByteOrder.LITTLE_ENDIAN);
    }

    static void put(WireWriter out, boolean[] values) {
        out.putCount(values.length);
        int at = out.skip(values.length);
        byte[] target = out.array();
        for (int i = 0; i < values.length; i++) {
            target[at + i] = (byte) (values[i] ? 1 : 0);
        }
    }

    static boolean[] getBooleans(WireReader in) throws CorruptFrameException {
        boolean[] values = new boolean[in.getLength(1)];
        int at = in.skip(values.length);
        byte[] source = in.array();
        for (int i = 0; i < values.length; i++) {
            values[i] = source[at + i] != 0;
        }
        return values;
    }

    static void put(WireWriter out, short[] values) {
        room(out, values.length, Short.BYTES).asShortBuffer().put(values);
    }

    static short[] getShorts(WireReader in) throws CorruptFrameException {
        ByteBuffer content = content(in, Short.BYTES);
        short[] values = new short[content.remaining() / Short.BYTES];
        content.asShortBuffer().get(values);
        return values;
    }

    static void put(WireWriter out, char[] values) {
        room(out, values.length, Character.BYTES).asCharBuffer().put(values);
    }

    static char[] getChars(WireReader in) throws CorruptFrameException {
        ByteBuffer content = content(in, Character.BYTES);
        char[] values = new char[content.remaining() / Character.BYTES];
        content.asCharBuffer().get(values);
        return values;
    }

    static void put(WireWriter out, int[] values) {
        room(out, values.length, Integer.BYTES).asIntBuffer().put(values);
    }

    static int[] getInts(WireReader in) throws CorruptFrameException {
        ByteBuffer content = content(in, Integer.BYTES);
        int[] values = new int[content.remaining() / Integer.BYTES];
        content.asIntBuffer().get(values);
        return values;
    }

    static void put(WireWriter out, long[] values) {
        room(out, values.length, Long.BYTES).asLongBuffer().put(values);
    }

    static long[] getLongs(WireReader in) throws CorruptFrameException {
        ByteBuffer content = content(in, Long.BYTES);
        long[] values = new long[content.remaining() / Long.BYTES];
        content.asLongBuffer().get(values);
        return values;
    }

    static void put(WireWriter out, float[] values) {
        room(out, values.length, Float.BYTES).asFloatBuffer().put(values);
    }

    static float[] getFloats(WireReader in) throws CorruptFrameException {
        ByteBuffer content = content(in, Float.BYTES);
        float[] values = new float[content.remaining() / Float.BYTES];
        content.asFloatBuffer().get(values);
        return values;
    }

    static void put(WireWriter out, double[] values) {
        room(out, values.length, Double.BYTES).asDoubleBuffer().put(values);
    }

    static double[] getDoubles(WireReader in) throws CorruptFrameException {
        ByteBuffer content = content(in, Double.BYTES);
        double[] values = new double[content.remaining() / Double.BYTES];
        content.asDoubleBuffer().get(values);
        return values;
    }
}
