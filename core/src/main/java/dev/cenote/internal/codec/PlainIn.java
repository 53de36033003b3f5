// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads what a [PlainOut] has written. It makes nothing for a number before that many elements can be in what is
/// left.
///
/// For one value and one thread.
final class PlainIn {

    private final WireReader in;
    private final ClassGate gate;
    private Class<?>[] classes = new Class<?>[4];
    private int classCount;

    /// Whether the type that was read last was new to the table.
    private boolean newType;

    PlainIn(WireReader in, ClassGate gate) {
        this.in = in;
        this.gate = gate;
    }

    @Nullable
    Object get(int depth) throws IOException, ClassNotFoundException {
        int tag = in.getByte();
        if (tag <= Tags.LAST_LEAF) {
            return Leaves.get(in, tag);
        }
        if (depth > PlainOut.DEPTH) {
            throw new CorruptFrameException("nested more than " + PlainOut.DEPTH + " deep");
        }
        return getContainer(tag, depth + 1);
    }

    private @Nullable Object getContainer(int tag, int depth) throws IOException, ClassNotFoundException {
        return switch (tag) {
            case Tags.RECORD -> getRecord(depth);
            case Tags.ENUM -> getEnum();
            case Tags.CLASS -> getType();
            case Tags.STRING_ARRAY -> getStrings();
            case Tags.ARRAY -> getArray(depth);
            case Tags.LAMBDA -> getLambda(depth);
            case Tags.OPTIONAL -> Optional.ofNullable(get(depth));
            case Tags.COPIES -> Collections.nCopies((int) Math.min(in.getCount(), Integer.MAX_VALUE), get(depth));
            case Tags.ENTRY, Tags.FIXED_ENTRY, Tags.MAP_ENTRY ->
                Containers.build(tag, new @Nullable Object[] {get(depth), get(depth)});
            case Tags.ARRAY_LIST -> getArrayList(depth);
            case Tags.HASH_MAP -> getHashMap(depth);
            default -> {
                int each = tag <= Tags.LAST_COLLECTION ? 1 : 2;
                yield Containers.build(tag, getAll(each * in.getLength(each), depth));
            }
        };
    }

    private @Nullable Object[] getAll(int count, int depth) throws IOException, ClassNotFoundException {
        @Nullable Object[] all = new Object[count];
        for (int i = 0; i < count; i++) {
            all[i] = get(depth);
        }
        return all;
    }

    private List<@Nullable Object> getArrayList(int depth) throws IOException, ClassNotFoundException {
        int size = in.getLength(1);
        List<@Nullable Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(get(depth));
        }
        return list;
    }

    private Map<@Nullable Object, @Nullable Object> getHashMap(int depth) throws IOException, ClassNotFoundException {
        int size = in.getLength(2);
        Map<@Nullable Object, @Nullable Object> map = HashMap.newHashMap(size);
        for (int i = 0; i < size; i++) {
            map.put(get(depth), get(depth));
        }
        return map;
    }

    private Class<?> getType() throws IOException, ClassNotFoundException {
        int index = (int) Math.min(in.getCount(), Integer.MAX_VALUE);
        newType = index == classCount;
        if (index < classCount) {
            return classes[index];
        }
        if (!newType) {
            throw new CorruptFrameException("class " + index + " of " + classCount);
        }
        Class<?> type = gate.read(in);
        if (classCount < PlainOut.CLASSES) {
            if (classCount == classes.length) {
                classes = Arrays.copyOf(classes, 4 * classCount);
            }
            classes[classCount++] = type;
        }
        return type;
    }

    private Object getRecord(int depth) throws IOException, ClassNotFoundException {
        Class<?> type = getType();
        RecordShape record = Shape.of(type).components;
        if (record == null || record.hasHooks) {
            throw new CorruptFrameException("no record: " + type);
        }
        if (newType) {
            record.check(in.getInt());
        }
        char[] kinds = record.kinds;
        @Nullable Object[] values = new Object[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            values[i] = switch (kinds[i]) {
                case 'L' -> get(depth);
                case 'I' -> in.getInt();
                case 'J' -> in.getLong();
                case 'D' -> Double.longBitsToDouble(in.getLong());
                case 'Z' -> in.getByte() != 0;
                case 'B' -> in.getByte();
                case 'S' -> in.getShort();
                case 'C' -> (char) in.getShort();
                default -> Float.intBitsToFloat(in.getInt());
            };
        }
        return record.build(values);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the constants of a class that is known only now
    private Object getEnum() throws IOException, ClassNotFoundException {
        Class<?> type = getType();
        String name = Texts.get(in);
        if (!type.isEnum()) {
            throw new CorruptFrameException("no enum: " + type);
        }
        try {
            return Enum.valueOf((Class) type, name);
        } catch (IllegalArgumentException e) {
            InvalidObjectException unknown = new InvalidObjectException("the enum " + type.getName()
                    + " has no constant " + name + " here; did the class path change on disk?");
            unknown.initCause(e);
            throw unknown;
        }
    }

    private @Nullable String[] getStrings() throws IOException {
        @Nullable String[] values = new String[in.getLength(1)];
        for (int i = 0; i < values.length; i++) {
            int tag = in.getByte();
            values[i] = tag == Tags.NULL || tag == Tags.ATTACHED ? string(Leaves.get(in, tag)) : Texts.get(in, tag);
        }
        return values;
    }

    private static @Nullable String string(@Nullable Object value) throws CorruptFrameException {
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new CorruptFrameException("a string was expected: " + value.getClass());
    }

    private @Nullable Object[] getArray(int depth) throws IOException, ClassNotFoundException {
        Class<?> component = getType();
        int length = in.getLength(1);
        if (component.isPrimitive()) {
            throw new CorruptFrameException("an array of objects was expected: " + component);
        }
        @Nullable Object[] values = (@Nullable Object[]) Array.newInstance(component, length);
        for (int i = 0; i < length; i++) {
            values[i] = get(depth);
        }
        return values;
    }

    private Object getLambda(int depth) throws IOException, ClassNotFoundException {
        Class<?> capturing = getType();
        LambdaSite site = LambdaSite.read(in, capturing);
        @Nullable Object[] captured = getAll(in.getLength(1), depth);
        if (gate.side() == Side.PARENT) {
            throw new InvalidObjectException("a task may not return a lambda: it would run in this process");
        }
        return Lambdas.restore(site, captured);
    }
}
