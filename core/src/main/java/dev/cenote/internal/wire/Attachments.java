// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.wire;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/// The large arrays of one frame after the other, which follow the frame instead of being in it, so that the bytes go
/// from the sender's array into the channel and from the channel into the receiver's array, with nothing between. In
/// the frame stands only how many elements an array has.
///
/// The elements are in the order of bytes of this machine, as both sides run on it.
///
/// ## Lengths are not believed
///
/// All arrays of a frame together cannot be longer than the frame says, and what the frame says is no promise either.
/// An array is made at once if it takes no more than a quarter of the heap, or 64 MB; a longer one is made when a
/// quarter of it has arrived, and copied. So a damaged length costs garbage, for a moment, but not the heap.
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
    private int next;
    private long left;

    /// Creates a reader of what a source has.
    ///
    /// @param source the source
    public Attachments(Source source) {
        this(source, BELIEVED);
    }

    Attachments(Source source, long believed) {
        this.source = source;
        this.believed = believed;
    }

    /// Begins with those of another frame.
    ///
    /// @param bytes how many bytes they have together
    public void begin(long bytes) {
        arrays.clear();
        next = 0;
        left = bytes;
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
                throw new CorruptFrameException("another array than before");
            }
            return array;
        }
        int bytesEach = bytesOf(component);
        if (count > left / bytesEach || count > Integer.MAX_VALUE) {
            throw new CorruptFrameException(
                    count + " elements of " + bytesEach + " bytes were promised, " + left + " bytes are left");
        }
        Object array = read(component, (int) count, bytesEach);
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
