// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// Writes one value in the plain form: each part as a tag and its content, classes by their number in a table that
/// is sent as it grows.
///
/// The form is a tree. A value that is none must not be written as one, or two references to one list would arrive
/// as two lists, and a list in itself would never end. So each mutable part is remembered, and the first that comes
/// again ends the attempt; the value goes to `java.io` then. Three things besides:
///
/// - A view (`Arrays.asList`, `unmodifiableList`, a buffer) hides the object it shows, which may also be somewhere
///   else in the value. A value with a view and another mutable part is therefore no tree either.
/// - Immutable parts may come twice: a copy is as good. But if each of many has two references to the next, the tree
///   is of exponential size. After a thousand of them the immutable ones are remembered too, and the attempt ends
///   when there are many repetitions for each that is new.
/// - A long string is remembered like a mutable part: ten thousand references to it should not become ten thousand
///   copies.
///
/// No code of the user runs here, apart from the iterators of collections of his own behind `unmodifiable` views.
///
/// For one value and one thread.
final class PlainOut {

    /// How deep a plain value may be nested: far from what a stack can hold.
    static final int DEPTH = 200;

    /// How many classes the table takes; after that each is written in full.
    static final int CLASSES = 64;

    private static final int LONG_TEXT = 1_000;
    private static final int FREE_FIXED = 1_000;
    private static final int REPEATS = 4;

    private final WireWriter out;
    private final ClassGate gate;
    private @Nullable Seen seen;
    private int mutables;
    private int fixed;
    private int repeatsLeft = FREE_FIXED;
    private boolean views;
    private @Nullable Class<?>[] classes = new Class<?>[4];
    private int classCount;

    PlainOut(WireWriter out, ClassGate gate) {
        this.out = out;
        this.gate = gate;
    }

    /// Writes a value that is no scalar.
    ///
    /// @param value the value
    /// @return whether it could; if not, something may have been written
    /// @throws IOException if the value can be written in no form
    boolean putRoot(Object value) throws IOException {
        return put(value, Shape.of(value.getClass()), 0) && !(views && mutables > 1);
    }

    private boolean put(@Nullable Object value, int depth) throws IOException {
        if (value == null) {
            out.putByte(Tags.NULL);
            return true;
        }
        if (Leaves.putScalar(out, value)) {
            return !(value instanceof String text) || text.length() < LONG_TEXT || isNew(text);
        }
        return put(value, Shape.of(value.getClass()), depth);
    }

    private boolean put(Object value, Shape shape, int depth) throws IOException {
        int tag = shape.tag;
        if (tag == Tags.NONE || depth > DEPTH) {
            return false;
        }
        if (shape.mutable) {
            mutables++;
            views |= shape.view;
            if (!isNew(value)) {
                return false;
            }
        }
        return tag <= Tags.LAST_LEAF ? Leaves.put(out, tag, value) : putContainer(value, shape, depth + 1);
    }

    private boolean isNew(Object part) {
        Seen all = seen;
        if (all == null) {
            all = new Seen();
            seen = all;
        }
        return all.add(part);
    }

    /// {@return whether an immutable part may be written}
    private boolean mayRepeat(Object part) {
        if (++fixed <= FREE_FIXED) {
            return true;
        }
        if (isNew(part)) {
            repeatsLeft += REPEATS;
            return true;
        }
        return --repeatsLeft >= 0;
    }

    private boolean putContainer(Object value, Shape shape, int depth) throws IOException {
        return switch (shape.tag) {
            case Tags.RECORD -> putRecord(value, shape, depth);
            case Tags.ENUM -> putEnum((Enum<?>) value);
            case Tags.CLASS -> putClass((Class<?>) value);
            case Tags.STRING_ARRAY -> putStrings((String[]) value);
            case Tags.ARRAY -> putArray((Object[]) value, depth);
            case Tags.LAMBDA -> putLambda(value, depth);
            case Tags.OPTIONAL -> {
                out.putByte(Tags.OPTIONAL);
                yield put(((Optional<?>) value).orElse(null), depth);
            }
            case Tags.COPIES -> {
                List<?> copies = (List<?>) value;
                out.putByte(Tags.COPIES);
                out.putCount(copies.size());
                yield put(copies.isEmpty() ? null : copies.getFirst(), depth);
            }
            case Tags.ENTRY, Tags.FIXED_ENTRY, Tags.MAP_ENTRY -> putEntry((Map.Entry<?, ?>) value, shape, depth);
            default ->
                shape.tag <= Tags.LAST_COLLECTION
                        ? putCollection((Collection<?>) value, shape, depth)
                        : putMap((Map<?, ?>) value, shape, depth);
        };
    }

    private boolean putRecord(Object value, Shape shape, int depth) throws IOException {
        RecordShape record = shape.components;
        if (record == null || !(record.leaf || mayRepeat(value))) {
            return false;
        }
        out.putByte(Tags.RECORD);
        if (putType(record.type)) {
            out.putInt(record.fingerprint);
        }
        @Nullable Object[] values = record.isOpen() ? null : record.split(value);
        char[] kinds = record.kinds;
        for (int i = 0; i < kinds.length; i++) {
            if (kinds[i] == 'L') {
                if (!put(values == null ? record.field(i).get(value) : values[i], depth)) {
                    return false;
                }
            } else if (values == null) {
                putPrimitive(record.field(i), kinds[i], value);
            } else {
                putPrimitive(Objects.requireNonNull(values[i]));
            }
        }
        return true;
    }

    private void putPrimitive(VarHandle field, char kind, Object record) {
        switch (kind) {
            case 'I' -> out.putInt((int) field.get(record));
            case 'J' -> out.putLong((long) field.get(record));
            case 'D' -> out.putLong(Double.doubleToRawLongBits((double) field.get(record)));
            case 'Z' -> out.putByte((boolean) field.get(record) ? 1 : 0);
            case 'B' -> out.putByte((byte) field.get(record));
            case 'S' -> out.putShort((short) field.get(record));
            case 'C' -> out.putShort((char) field.get(record));
            default -> out.putInt(Float.floatToRawIntBits((float) field.get(record)));
        }
    }

    private void putPrimitive(Object boxed) {
        if (boxed instanceof Boolean flag) {
            out.putByte(flag ? 1 : 0);
            return;
        }
        int start = out.position();
        Leaves.putScalar(out, boxed);
        System.arraycopy(out.array(), start + 1, out.array(), start, out.position() - start - 1); // without its tag
        out.rewind(out.position() - 1);
    }

    /// Writes a class.
    ///
    /// @return whether it is new to the reader
    private boolean putType(Class<?> type) throws IOException {
        for (int i = classCount - 1; i >= 0; i--) {
            if (classes[i] == type) {
                out.putCount(i);
                return false;
            }
        }
        out.putCount(classCount);
        gate.write(out, type);
        if (classCount < CLASSES) {
            if (classCount == classes.length) {
                classes = Arrays.copyOf(classes, 4 * classCount);
            }
            classes[classCount++] = type;
        }
        return true;
    }

    private boolean putEnum(Enum<?> value) throws IOException {
        out.putByte(Tags.ENUM);
        putType(value.getDeclaringClass());
        Texts.put(out, value.name());
        return true;
    }

    private boolean putClass(Class<?> value) throws IOException {
        out.putByte(Tags.CLASS);
        putType(value);
        return true;
    }

    private boolean putStrings(String[] values) {
        out.putByte(Tags.STRING_ARRAY);
        out.putCount(values.length);
        for (String value : values) {
            Leaves.putScalar(out, value);
            if (value != null && value.length() >= LONG_TEXT && !isNew(value)) {
                return false;
            }
        }
        return true;
    }

    private boolean putArray(Object[] values, int depth) throws IOException {
        out.putByte(Tags.ARRAY);
        putType(values.getClass().getComponentType());
        out.putCount(values.length);
        for (Object value : values) {
            if (!put(value, depth)) {
                return false;
            }
        }
        return true;
    }

    private boolean putLambda(Object value, int depth) throws IOException {
        if (gate.side() == Side.WORKER || !mayRepeat(value)) {
            return false;
        }
        LambdaSite.Use use = Lambdas.reveal(value);
        if (use == null) {
            return false;
        }
        out.putByte(Tags.LAMBDA);
        putType(use.site.capturing());
        gate.write(out, use.site);
        out.putCount(use.captured.length);
        for (Object captured : use.captured) {
            if (!put(captured, depth)) {
                return false;
            }
        }
        return true;
    }

    private boolean putEntry(Map.Entry<?, ?> entry, Shape shape, int depth) throws IOException {
        if (!shape.mutable && !mayRepeat(entry)) {
            return false;
        }
        out.putByte(shape.tag);
        return put(entry.getKey(), depth) && put(entry.getValue(), depth);
    }

    private boolean putCollection(Collection<?> all, Shape shape, int depth) throws IOException {
        if (shape.tag == Tags.TREE_SET && ((SortedSet<?>) all).comparator() != null) {
            return false;
        }
        int size = all.size();
        if (!shape.mutable && size > 0 && !mayRepeat(all)) {
            return false;
        }
        out.putByte(shape.tag == Tags.LIST_OF ? Containers.tagOfListOf((List<?>) all) : shape.tag);
        out.putCount(size);
        int count = 0;
        Iterator<?> elements = all.iterator();
        while (elements.hasNext() && count < size) {
            if (!put(elements.next(), depth)) {
                return false;
            }
            count++;
        }
        return all(count == size && !elements.hasNext());
    }

    private boolean putMap(Map<?, ?> map, Shape shape, int depth) throws IOException {
        if (shape.tag == Tags.TREE_MAP && ((SortedMap<?, ?>) map).comparator() != null) {
            return false;
        }
        int size = map.size();
        if (!shape.mutable && size > 0 && !mayRepeat(map)) {
            return false;
        }
        out.putByte(shape.tag);
        out.putCount(size);
        int count = 0;
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext() && count < size) {
            Map.Entry<?, ?> entry = entries.next();
            if (!put(entry.getKey(), depth) || !put(entry.getValue(), depth)) {
                return false;
            }
            count++;
        }
        return all(count == size && !entries.hasNext());
    }

    /// A collection that another thread changes has no size that could be written.
    private static boolean all(boolean written) {
        if (!written) {
            throw new ConcurrentModificationException("the collection was changed while it was written");
        }
        return true;
    }

    /// A set of objects by identity: a list that is searched while it is short, a table after that.
    private static final class Seen {

        private static final int SHORT = 8;

        private @Nullable Object[] objects = new Object[SHORT];
        private int size;

        boolean add(Object object) {
            return objects.length == SHORT ? addToList(object) : addToTable(object);
        }

        private boolean addToList(Object object) {
            for (int i = 0; i < size; i++) {
                if (objects[i] == object) {
                    return false;
                }
            }
            if (size == SHORT) {
                grow();
                return addToTable(object);
            }
            objects[size++] = object;
            return true;
        }

        private boolean addToTable(Object object) {
            if (2 * size >= objects.length) {
                grow();
            }
            int at = slot(object, objects.length);
            for (Object other = objects[at]; other != null; other = objects[at]) {
                if (other == object) {
                    return false;
                }
                at = (at + 1) & (objects.length - 1);
            }
            objects[at] = object;
            size++;
            return true;
        }

        private void grow() {
            @Nullable Object[] old = objects;
            objects = new Object[4 * old.length];
            for (Object object : old) {
                if (object != null) {
                    int at = slot(object, objects.length);
                    while (objects[at] != null) {
                        at = (at + 1) & (objects.length - 1);
                    }
                    objects[at] = object;
                }
            }
        }

        private static int slot(Object object, int length) {
            int hash = System.identityHashCode(object);
            return (hash ^ hash >>> 15) & (length - 1);
        }
    }
}
