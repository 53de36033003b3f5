// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.Codec;
import dev.cenote.NotShippableException;
import dev.cenote.Range;
import dev.cenote.internal.classes.ClassNames;
import dev.cenote.internal.codec.ShipIn.TooDeepException;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One side's way to turn values into bytes and back.
///
/// ## Three forms
///
/// | form | for | cost |
/// | --- | --- | --- |
/// | leaf | `null`, strings, numbers, arrays of primitives, times, paths and the like | nothing but the bytes |
/// | tree | collections, records, enums, arrays, lambdas of these, if each is there once | a name for each class |
/// | graph | all else that is serializable, or made of parts that are | `java.io` |
///
/// The writer tries them in this order; [PlainOut] says what makes a value no tree. A value that is in part no tree
/// is a graph as a whole, since the parts may share objects. What is kept of a collection is said in [Shape].
///
/// A worker that gets and returns leaves and trees loads nothing of `java.io`'s serialization.
///
/// ## Failure
///
/// A value that cannot be written leaves the writer as it was; one that cannot be read leaves the reader behind it.
/// Either costs that value only. A [CorruptFrameException] alone says that the other side has written something it
/// never writes.
///
/// ## Deep graphs
///
/// A graph that is too deep for the caller's stack is written, or read, once more on a thread with a large one;
/// hooks and constructors of its classes then run twice. In the pool's process the reader does not wait for the
/// stack to overflow, which could spoil a class that is being initialized, but for a depth that is far from it.
///
/// Safe for use by several threads.
public final class ValueCodec {

    /// How deep a graph may be for the caller's stack.
    private static final int SHALLOW = 250;

    private final ClassGate gate;
    private final ClassNames names;
    private final Explainer explainer;
    private final @Nullable Codec custom;

    /// Creates a codec.
    ///
    /// @param names how classes are named
    /// @param side which side this is
    /// @param explainer says why a value cannot travel
    public ValueCodec(ClassNames names, Side side, Explainer explainer) {
        this(names, new ClassGate(names, side, new Filter(null)), explainer, null);
    }

    private ValueCodec(ClassNames names, ClassGate gate, Explainer explainer, @Nullable Codec custom) {
        this.names = names;
        this.gate = gate;
        this.explainer = explainer;
        this.custom = custom;
    }

    /// {@return a codec that gives each value to a codec of the user, except functions}
    ///
    /// @param codec the codec of the user
    public ValueCodec with(Codec codec) {
        return new ValueCodec(names, gate, explainer, codec);
    }

    /// {@return a codec that lets into the pool's process only what this filter lets pass, besides its own checks}
    ///
    /// @param filter the filter of the pool
    public ValueCodec withFilter(ObjectInputFilter filter) {
        return new ValueCodec(names, new ClassGate(names, gate.side(), new Filter(filter)), explainer, custom);
    }

    /// {@return whether a value that is not serializable travels all the same, if its parts do}
    ///
    /// @param value a value
    public static boolean rebuilds(Object value) {
        Shape shape = Shape.of(value.getClass());
        return shape.components != null ? shape.components.refusal == null : shape.tag != Tags.NONE;
    }

    /// Writes an item or a result.
    ///
    /// @param out where to; as it was if the value cannot be written
    /// @param value the value
    /// @throws NotShippableException if it cannot travel
    public void write(WireWriter out, @Nullable Object value) {
        write(out, value, gate.side() == Side.WORKER ? "the result" : "the item");
    }

    /// Writes a value.
    ///
    /// @param out where to; as it was if the value cannot be written
    /// @param value the value
    /// @param what what it is, as a sentence calls it: `item 17`
    /// @throws NotShippableException if it cannot travel
    public void write(WireWriter out, @Nullable Object value, String what) {
        int start = out.position();
        try {
            if (custom != null) {
                writeCustom(out, custom, value);
            } else if (value == null) {
                out.putByte(Tags.NULL);
            } else if (!Leaves.putScalar(out, value)) {
                writeObject(out, value);
            }
        } catch (Throwable e) { // of hooks of the user's classes, or an OutOfMemoryError, as the value is too large
            out.rewind(start);
            throw explain(what, value, e);
        }
    }

    /// Writes elements of a list as one value, as far as they are numbers of one type: a [Range], or an array.
    ///
    /// @param out where to
    /// @param list the list
    /// @param from the first
    /// @param count how many, at least 1
    /// @return how many were written; 0 if they are something else
    public int writeNumbers(WireWriter out, List<?> list, int from, int count) {
        Object first = list.get(from);
        if (custom != null || !(first instanceof Integer || first instanceof Long || first instanceof Double)) {
            return 0;
        }
        if (Shape.of(list.getClass()).tag == Tags.RANGE) {
            write(
                    out,
                    first instanceof Long number
                            ? Range.of(number, number + count)
                            : Range.of((Integer) first, (Integer) first + count));
            return count;
        }
        return Numbers.write(out, list, from, count, first.getClass());
    }

    /// Reads a value if it is a string, a boxed primitive or `null`, which cannot fail.
    ///
    /// @param in where from; unless that is what is there, it is somewhere else afterwards
    /// @return the value, or `null` and nothing more is known of it
    /// @throws CorruptFrameException if it is not what the other side writes
    public @Nullable Object readScalar(WireReader in) throws IOException {
        int tag = in.getByte();
        return tag <= Tags.UTF16 ? Leaves.get(in, tag) : null;
    }

    /// Writes a function, with what it has captured, for [#read(WireReader)]; never with a codec of the user.
    ///
    /// @param out where to; as it was if the function cannot be written
    /// @param function the function
    /// @throws NotShippableException if it cannot travel
    public void writeFunction(WireWriter out, Object function) {
        int start = out.position();
        try {
            writeObject(out, function);
        } catch (Throwable e) { // as above
            out.rewind(start);
            throw explain("the task", function, e);
        }
    }

    private NotShippableException explain(String what, @Nullable Object value, Throwable why) {
        if (why instanceof NotShippableException known) {
            return known;
        }
        try {
            return explainer.explain(what, value, why);
        } catch (Throwable e) { // the reason is worth more than the explanation
            NotShippableException plain =
                    new NotShippableException("cannot send " + what + " to the other process: " + why, why);
            plain.addSuppressed(e);
            return plain;
        }
    }

    private static void writeCustom(WireWriter out, Codec codec, @Nullable Object value) throws Exception {
        byte[] bytes = codec.encode(value);
        if (bytes.length >= Bulk.LARGE && out.isAttaching()) {
            out.putByte(Tags.CUSTOM_ATTACHED);
            out.putInt(Integer.BYTES);
            out.putInt(bytes.length);
            out.attach(byte.class, MemorySegment.ofArray(bytes));
            return;
        }
        out.putByte(Tags.CUSTOM);
        out.putInt(bytes.length);
        out.putBytes(bytes, 0, bytes.length);
    }

    private void writeObject(WireWriter out, Object value) throws Throwable {
        int start = out.position();
        try {
            writeForm(out, value);
        } catch (StackOverflowError e) {
            out.rewind(start);
            DeepStack.call(() -> {
                writeForm(out, value);
                return true;
            });
        }
    }

    private void writeForm(WireWriter out, Object value) throws IOException {
        int start = out.position();
        Shape shape = Shape.of(value.getClass());
        if (shape.tag != Tags.NONE) {
            if (shape.tag <= Tags.LAST_LEAF ? Leaves.put(out, shape.tag, value) : writeTree(out, value)) {
                return;
            }
            out.rewind(start);
        }
        out.putByte(Tags.GRAPH);
        int length = out.skip(Integer.BYTES);
        ShipOut.write(out, gate, value);
        out.setInt(length, out.position() - length - Integer.BYTES);
    }

    private boolean writeTree(WireWriter out, Object value) throws IOException {
        out.putByte(Tags.TREE);
        int length = out.skip(Integer.BYTES);
        boolean done = new PlainOut(out, gate).putRoot(value);
        out.setInt(length, out.position() - length - Integer.BYTES);
        return done;
    }

    /// Reads a value.
    ///
    /// @param in where from; behind the value afterwards, also if it could not be read
    /// @return the value
    /// @throws CorruptFrameException if it is not what the other side writes; then the rest is not to be trusted
    ///     either
    /// @throws IOException if the value cannot be rebuilt here, or may not come in
    /// @throws ClassNotFoundException if one of its classes is unknown here
    public @Nullable Object read(WireReader in) throws IOException, ClassNotFoundException {
        int tag = in.getByte();
        if (tag <= Tags.LAST_LEAF) {
            return Leaves.get(in, tag);
        }
        int length = in.getInt();
        return readContent(in.part(length), tag);
    }

    private @Nullable Object readContent(WireReader content, int tag) throws IOException, ClassNotFoundException {
        int start = content.position();
        int length = content.left();
        int attached = content.attachmentsRead();
        try {
            return readForm(content, tag, SHALLOW);
        } catch (StackOverflowError | TooDeepException e) {
            content.reset(content.array(), start, length);
            content.reread(attached);
            return deep(() -> readForm(content, tag, Integer.MAX_VALUE));
        } catch (RuntimeException | LinkageError e) { // from constructors, hooks, hashCode of the user's classes
            throw failed(e);
        }
    }

    private static @Nullable Object deep(Callable<@Nullable Object> read) throws IOException, ClassNotFoundException {
        try {
            return DeepStack.call(read);
        } catch (IOException | ClassNotFoundException | OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static IOException failed(Throwable e) {
        return new IOException("the value cannot be rebuilt here: " + e, e);
    }

    private @Nullable Object readForm(WireReader content, int tag, int depth)
            throws IOException, ClassNotFoundException {
        return switch (tag) {
            case Tags.TREE -> readTree(content);
            case Tags.GRAPH -> {
                try (ShipIn stream = new ShipIn(content, gate, depth)) {
                    yield stream.readGraph();
                }
            }
            case Tags.CUSTOM -> {
                int length = content.left();
                int from = content.skip(length);
                yield decode(Arrays.copyOfRange(content.array(), from, from + length));
            }
            case Tags.CUSTOM_ATTACHED ->
                decode((byte[]) content.attachments().next(byte.class, Math.max(0, content.getInt())));
            default -> throw new CorruptFrameException("no such tag: " + tag);
        };
    }

    private @Nullable Object readTree(WireReader content) throws IOException, ClassNotFoundException {
        Object value = new PlainIn(content, gate).get(0);
        if (content.left() != 0) {
            throw new CorruptFrameException(content.left() + " bytes behind the end of a value");
        }
        return value;
    }

    private @Nullable Object decode(byte[] bytes) throws IOException {
        if (custom == null) {
            throw new CorruptFrameException("a value of a codec that this side does not have");
        }
        try {
            return custom.decode(bytes);
        } catch (Exception e) {
            throw new IOException("the codec " + custom.getClass().getName() + " cannot decode a value: " + e, e);
        }
    }

    /// Writes an exception, with those that it names as cause or suppressed. Never fails: what cannot travel is
    /// described.
    ///
    /// @param out where to
    /// @param thrown the exception
    public void writeThrowable(WireWriter out, Throwable thrown) {
        boolean attaching = out.attaching(false); // its parts are not read in the order in which they are written
        ThrowableOut.write(out, gate, thrown);
        boolean _ = out.attaching(attaching);
    }

    /// Reads an exception. Frames are marked with the name of the worker, as in
    /// `worker-1//app.Main.run(Main.java:7)`; exceptions that cannot be rebuilt here become a
    /// [dev.cenote.RemoteException].
    ///
    /// @param in where from; behind the exception afterwards
    /// @param worker the name of the worker
    /// @return the exception
    /// @throws CorruptFrameException if it is not what the other side writes
    public Throwable readThrowable(WireReader in, String worker) throws IOException {
        return ThrowableIn.read(in, gate, worker);
    }
}
