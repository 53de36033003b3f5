// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.Serial;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// Stands in a stream of `java.io` for a value that is not serializable and that this codec knows how to rebuild:
/// records of any class, optionals, views of collections, entries of maps, paths, buffers. The parts stay in the
/// stream, so what they share with the rest of the graph stays shared.
final class Stand implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private static final @Nullable Object[] NO_PARTS = {};

    private final byte tag;

    /// Of a record, its class; else `null`.
    private final @Nullable Class<?> type;

    /// Of a record, the fingerprint of its class.
    private final int fingerprint;

    /// Of a leaf, its plain form; else `null`.
    private final byte @Nullable [] plain;

    /// Of a sorted collection, its comparator; else `null`.
    private final @Nullable Object order;

    private final @Nullable Object[] parts;

    private Stand(RecordShape record, @Nullable Object[] parts) {
        this.tag = Tags.RECORD;
        this.type = record.type;
        this.fingerprint = record.fingerprint;
        this.plain = null;
        this.order = null;
        this.parts = parts;
    }

    private Stand(int tag, byte @Nullable [] plain, @Nullable Object order, @Nullable Object[] parts) {
        this.tag = (byte) tag;
        this.type = null;
        this.fingerprint = 0;
        this.plain = plain;
        this.order = order;
        this.parts = parts;
    }

    /// {@return what stands for a value that is not serializable; `null` if nothing can}
    ///
    /// @param value the value
    /// @throws NotSerializableException if something could if a package were open; the message says which
    static @Nullable Stand of(Object value) throws NotSerializableException {
        Shape shape = Shape.of(value.getClass());
        if (shape.components != null) {
            return new Stand(shape.components, shape.components.split(value));
        }
        if (shape.tag == Tags.NONE || shape.tag == Tags.ENUM) {
            return null;
        }
        if (shape.tag <= Tags.LAST_LEAF) {
            return leaf(shape.tag, value);
        }
        return switch (value) {
            case Optional<?> optional -> container(shape.tag, optional.orElse(null));
            case Map.Entry<?, ?> entry -> container(shape.tag, entry.getKey(), entry.getValue());
            case SortedSet<?> set -> new Stand(shape.tag, null, set.comparator(), set.toArray());
            case List<?> list
            when shape.tag == Tags.LIST_OF -> new Stand(Containers.tagOfListOf(list), null, null, list.toArray());
            case Collection<?> all -> new Stand(shape.tag, null, null, all.toArray());
            case SortedMap<?, ?> map -> new Stand(shape.tag, null, map.comparator(), pairs(map));
            case Map<?, ?> map -> new Stand(shape.tag, null, null, pairs(map));
            default -> null;
        };
    }

    private static Stand container(int tag, @Nullable Object... parts) {
        return new Stand(tag, null, null, parts);
    }

    private static @Nullable Stand leaf(int tag, Object value) {
        WireWriter out = new WireWriter(64);
        return Leaves.put(out, tag, value) ? new Stand(tag, out.toByteArray(), null, NO_PARTS) : null;
    }

    private static @Nullable Object[] pairs(Map<?, ?> map) {
        @Nullable Object[] pairs = new Object[2 * map.size()];
        int i = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (i == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * i + 2);
            }
            pairs[i++] = entry.getKey();
            pairs[i++] = entry.getValue();
        }
        return i == pairs.length ? pairs : Arrays.copyOf(pairs, i);
    }

    @Serial
    @SuppressWarnings("unchecked") // the comparator has compared these elements before
    private @Nullable Object readResolve() throws IOException {
        if (parts == null) {
            throw new InvalidObjectException("no parts");
        }
        if (type != null) {
            return record(type);
        }
        if (plain != null) {
            WireReader in = new WireReader(plain);
            return Leaves.get(in, in.getByte());
        }
        return switch (tag) {
            case Tags.TREE_SET -> Containers.sortedSet((Comparator<? super @Nullable Object>) order, parts);
            case Tags.TREE_MAP -> Containers.sortedMap((Comparator<? super @Nullable Object>) order, parts);
            default -> Containers.build(tag, parts);
        };
    }

    private Object record(Class<?> of) throws IOException {
        RecordShape record = of.isRecord() ? Shape.of(of).components : null;
        if (record == null) {
            throw new CorruptFrameException("no record: " + of);
        }
        record.check(fingerprint);
        return record.build(parts);
    }
}
