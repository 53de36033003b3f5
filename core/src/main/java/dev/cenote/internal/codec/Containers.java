// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.CorruptFrameException;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Collections, maps, entries and optionals from their parts.
final class Containers {

    private Containers() {}

    /// {@return which of the two kinds of immutable lists it is; they differ in what they say to `contains(null)`}
    ///
    /// @param list a list of the JDK's immutable kinds
    static int tagOfListOf(List<?> list) {
        try {
            return List.copyOf(list) == list ? Tags.LIST_OF : Tags.LIST_OF_NULLABLE;
        } catch (NullPointerException e) { // a null in it
            return Tags.LIST_OF_NULLABLE;
        }
    }

    /// Builds a container.
    ///
    /// @param tag its tag
    /// @param parts its elements, or keys and values in turn
    /// @return the container
    /// @throws CorruptFrameException if it is not the tag of a container that is built from parts, or they do not
    ///     fit it
    static Object build(int tag, @Nullable Object[] parts) throws CorruptFrameException {
        return switch (tag) {
            case Tags.OPTIONAL -> Optional.ofNullable(parts[0]);
            case Tags.ENTRY -> new AbstractMap.SimpleEntry<>(parts[0], parts[1]);
            case Tags.FIXED_ENTRY -> new AbstractMap.SimpleImmutableEntry<>(parts[0], parts[1]);
            case Tags.MAP_ENTRY -> Map.entry(present(parts[0]), present(parts[1]));
            case Tags.ARRAY_LIST -> new ArrayList<>(Arrays.asList(parts));
            case Tags.AS_LIST -> Arrays.asList(parts);
            case Tags.LIST_OF -> List.of(present(parts));
            case Tags.LIST_OF_NULLABLE -> Stream.of(parts).toList();
            case Tags.UNMODIFIABLE_LIST -> Collections.unmodifiableList(new ArrayList<>(Arrays.asList(parts)));
            case Tags.HASH_SET -> fill(HashSet.newHashSet(parts.length), parts);
            case Tags.LINKED_HASH_SET -> fill(LinkedHashSet.newLinkedHashSet(parts.length), parts);
            case Tags.TREE_SET -> fill(new TreeSet<>(), parts);
            case Tags.SET_OF -> Set.of(present(parts));
            case Tags.UNMODIFIABLE_SET ->
                Collections.unmodifiableSet(fill(LinkedHashSet.newLinkedHashSet(parts.length), parts));
            default -> buildMap(tag, parts);
        };
    }

    private static Object buildMap(int tag, @Nullable Object[] parts) throws CorruptFrameException {
        return switch (tag) {
            case Tags.HASH_MAP -> fill(HashMap.newHashMap(parts.length / 2), parts);
            case Tags.LINKED_HASH_MAP -> fill(LinkedHashMap.newLinkedHashMap(parts.length / 2), parts);
            case Tags.TREE_MAP -> fill(new TreeMap<>(), parts);
            case Tags.MAP_OF -> mapOf(parts);
            case Tags.UNMODIFIABLE_MAP ->
                Collections.unmodifiableMap(fill(LinkedHashMap.newLinkedHashMap(parts.length / 2), parts));
            default -> throw new CorruptFrameException("no such tag: " + tag);
        };
    }

    /// {@return a set in the order of a comparator}
    ///
    /// @param comparator the comparator
    /// @param elements the elements
    static Set<@Nullable Object> sortedSet(
            @Nullable Comparator<? super @Nullable Object> comparator, @Nullable Object[] elements) {
        return fill(new TreeSet<@Nullable Object>(comparator), elements);
    }

    /// {@return a map in the order of a comparator}
    ///
    /// @param comparator the comparator
    /// @param pairs keys and values in turn
    static SortedMap<@Nullable Object, @Nullable Object> sortedMap(
            @Nullable Comparator<? super @Nullable Object> comparator, @Nullable Object[] pairs) {
        return fill(new TreeMap<@Nullable Object, @Nullable Object>(comparator), pairs);
    }

    private static <S extends Set<@Nullable Object>> S fill(S set, @Nullable Object[] elements) {
        for (Object element : elements) {
            set.add(element);
        }
        return set;
    }

    private static <M extends Map<@Nullable Object, @Nullable Object>> M fill(M map, @Nullable Object[] pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private static Map<Object, Object> mapOf(@Nullable Object[] pairs) throws CorruptFrameException {
        Map.Entry<?, ?>[] entries = new Map.Entry<?, ?>[pairs.length / 2];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = Map.entry(present(pairs[2 * i]), present(pairs[2 * i + 1]));
        }
        return Map.ofEntries(entries);
    }

    private static Object present(@Nullable Object part) throws CorruptFrameException {
        if (part == null) {
            throw new CorruptFrameException("a null where none can be");
        }
        return part;
    }

    private static Object[] present(@Nullable Object[] parts) throws CorruptFrameException {
        Object[] all = new Object[parts.length];
        for (int i = 0; i < parts.length; i++) {
            all[i] = present(parts[i]);
        }
        return all;
    }
}
