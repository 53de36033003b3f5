// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.wire;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/// The large arrays of one frame after the other, which follow the frame instead of being in it, so that the bytes go
/// from the sender's array into the channel and from the channel into the receiver's array, with nothing between. The
/// value in the frame names them in their order; the end of the frame says what they are, so that they can also be read
/// before the value is. A worker does that: the constructors and hooks of the user's classes run while a value is read,
/// and may never come back, and until its arrays are read the other side waits for room.
///
/// The elements are in the order of bytes of this machine, as both sides run on it.
///
/// ## Lengths are not believed
///
/// What the frame says is no promise. An array is made at once if it takes no more than a quarter of the heap, or 64
/// MB; a longer one is made when a quarter of it has arrived, and copied. So a damaged length costs garbage, for a
/// moment, but not the heap.
///
/// ## Twice
///
/// A value that is nested too deep for the stack is read a second time; the arrays cannot come a second time, so those
/// that were read are kept until the frame is done with.
///
/// For one thread.
public final class Attachments {

    private static final long BELIEVED = Math.max(64 << 20, Runtime.getRuntime().maxMemory() / 4);
    private static final int GROWTH = 4;

    /// Where the bytes come from.
    public interface Source {

        /// Fills memory with the next bytes, waiting for them.
        ///
        /// @param target the memory
        /// @throws IOException if there will not be so many
        void read(MemorySegment target) throws IOException;
    }

    /// An array is longer than the heap can take.
    public static final class NoRoomException extends IOException {

        private static final long serialVersionUID = 1L;

        NoRoomException(long bytes, OutOfMemoryError cause) {
            super(
                    "an array of " + mebibytes(bytes) + " MiB does not fit into the heap, which may have "
                            + mebibytes(Runtime.getRuntime().maxMemory()) + " MiB",
                    cause);
        }

        private static long mebibytes(long bytes) {
            return (bytes + (1 << 20) - 1) >> 20;
        }
    }

    private final Source source;
    private final long believed;
    private final List<Object> arrays = new ArrayList<>(1);
    private Class<?>[] components = {};
    private int[] counts = {};
    private int next;
    private long left;

    /// Creates a reader of what a source has.
    ///
    /// @param source the source
    public Attachments(Source source) {
        this(source, BELIEVED);
    }

    /// Creates a reader of what a source has.
    ///
    /// @param source the source
    /// @param believed how many bytes are taken for an array before a part of it was seen
    public Attachments(Source source, long believed) {
        this.source = source;
        this.believed = believed;
    }

    /// Begins with those of another frame.
    ///
    /// @param frame the whole frame; somewhere else afterwards
    /// @return how many bytes of it come before those that say what is attached
    /// @throws CorruptFrameException if that makes no sense
    public int begin(WireReader frame) throws CorruptFrameException {
        arrays.clear();
        next = 0;
        left = 0;
        int start = frame.position();
        int length = frame.left();
        int _ = frame.skip(Math.max(0, length - Integer.BYTES));
        int count = frame.getInt();
        if (count < 1 || count > (length - 1 - Integer.BYTES) / (1 + Long.BYTES)) {
            throw new CorruptFrameException(count + " arrays are attached to a frame of " + length + " bytes");
        }
        int content = length - Integer.BYTES - count * (1 + Long.BYTES);
        frame.reset(frame.array(), start + content, length - content);
        components = new Class<?>[count];
        counts = new int[count];
        long sum = 0;
        for (int i = 0; i < count; i++) {
            components[i] = component(frame.getByte());
            long elements = frame.getLong();
            if (elements < 0 || elements > Integer.MAX_VALUE) {
                throw new CorruptFrameException("an array of " + elements + " elements is attached to a frame");
            }
            counts[i] = (int) elements;
            sum += elements * bytesOf(components[i]);
        }
        left = sum;
        return content;
    }

    /// Reads all arrays of the frame now.
    ///
    /// @throws NoRoomException if the heap has no room for one
    /// @throws IOException if they do not come
    public void load() throws IOException {
        if (left > 0) {
            for (int i = 0; i < counts.length; i++) {
                Object _ = next(components[i], counts[i]);
            }
            next = 0;
        }
    }

    /// {@return how many bytes of this frame were not read}
    public long left() {
        return left;
    }

    /// {@return how many arrays were read, for [#rewind]}
    public int position() {
        return next;
    }

    /// Goes back to an array that was read before: the next one is that one.
    ///
    /// @param earlier what [#position] has said
    public void rewind(int earlier) {
        next = earlier;
    }

    /// Reads the next array.
    ///
    /// @param component the type of its elements, a primitive one but `boolean`
    /// @param count how many elements it has
    /// @return the array
    /// @throws CorruptFrameException if so many cannot come
    /// @throws NoRoomException if the heap has no room for so many
    /// @throws IOException if they do not come
    public Object next(Class<?> component, long count) throws IOException {
        if (next < arrays.size()) {
            Object array = arrays.get(next++);
            if (array.getClass().getComponentType() != component || Array.getLength(array) != count) {
                throw new CorruptFrameException("another array than was read");
            }
            return array;
        }
        if (left == 0 || next >= counts.length || components[next] != component || counts[next] != count) {
            throw new CorruptFrameException(
                    "an array of " + count + " " + component + " is not what comes next behind this frame");
        }
        Object array = read(component, (int) count, bytesOf(component));
        arrays.add(array);
        next++;
        return array;
    }

    private Object read(Class<?> component, int count, int bytesEach) throws IOException {
        int have = 0;
        Object array = null;
        while (array == null || have < count) {
            int now = (int) Math.min(count, Math.max(believed / bytesEach, (long) GROWTH * have));
            Object longer = make(component, now, (long) count * bytesEach);
            if (array != null) {
                System.arraycopy(array, 0, longer, 0, have);
            }
            array = longer;
            MemorySegment fresh = memoryOf(array).asSlice((long) have * bytesEach);
            source.read(fresh);
            left -= fresh.byteSize();
            have = now;
        }
        return array;
    }

    private static Object make(Class<?> component, int count, long wholeBytes) throws NoRoomException {
        try {
            return Array.newInstance(component, count);
        } catch (OutOfMemoryError e) { // one large array was refused, all else goes on
            throw new NoRoomException(wholeBytes, e);
        }
    }

    /// Reads what was not read, and forgets all.
    ///
    /// @throws IOException if it does not come
    public void finish() throws IOException {
        arrays.clear();
        next = 0;
        if (left > 0) {
            MemorySegment dump = MemorySegment.ofArray(new byte[(int) Math.min(left, 64 << 10)]);
            while (left > 0) {
                MemorySegment part = dump.asSlice(0, Math.min(left, dump.byteSize()));
                source.read(part);
                left -= part.byteSize();
            }
        }
    }

    /// {@return the letter by which class files call a primitive type}
    ///
    /// @param component the type
    static int kind(Class<?> component) {
        return component == long.class
                ? 'J'
                : Character.toUpperCase(component.getName().charAt(0));
    }

    private static Class<?> component(int kind) throws CorruptFrameException {
        return switch (kind) {
            case 'B' -> byte.class;
            case 'S' -> short.class;
            case 'C' -> char.class;
            case 'I' -> int.class;
            case 'J' -> long.class;
            case 'F' -> float.class;
            case 'D' -> double.class;
            default -> throw new CorruptFrameException("an array of no type is attached to a frame: " + kind);
        };
    }

    /// {@return how many bytes an element takes}
    ///
    /// @param component its type
    public static int bytesOf(Class<?> component) {
        if (component == byte.class) {
            return Byte.BYTES;
        }
        if (component == short.class || component == char.class) {
            return Short.BYTES;
        }
        return component == int.class || component == float.class ? Integer.BYTES : Long.BYTES;
    }

    /// {@return the memory of an array; no `switch` over its type, the first of which costs a fresh JVM milliseconds}
    ///
    /// @param array an array of primitives but `boolean`
    public static MemorySegment memoryOf(Object array) {
        if (array instanceof byte[] bytes) {
            return MemorySegment.ofArray(bytes);
        }
        if (array instanceof long[] longs) {
            return MemorySegment.ofArray(longs);
        }
        if (array instanceof int[] ints) {
            return MemorySegment.ofArray(ints);
        }
        if (array instanceof double[] doubles) {
            return MemorySegment.ofArray(doubles);
        }
        if (array instanceof float[] floats) {
            return MemorySegment.ofArray(floats);
        }
        if (array instanceof short[] shorts) {
            return MemorySegment.ofArray(shorts);
        }
        return MemorySegment.ofArray((char[]) array);
    }
}
