// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.memory.Shared;
import java.io.Serializable;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// What the codec knows of a class of values: which plain form they have, and what has to be watched.
///
/// ## What is kept of a collection
///
/// Its elements in their order, and its kind:
///
/// | sent | arrives |
/// | --- | --- |
/// | `ArrayList`, `HashSet`, `LinkedHashSet`, `HashMap`, `LinkedHashMap` | same class; capacity, access order lost |
/// | `TreeSet`, `TreeMap` in natural order | the same class |
/// | `List.of`, `Set.of`, `Map.of`, `copyOf`, `Stream.toList` | the same kind |
/// | `Collections.emptyX`, `unmodifiableX` of a list, set or map, `nCopies`, `Arrays.asList` | the same kind |
/// | `subList`, `reversed`, `keySet`, `values`, `entrySet`, entries | a copy as a usual list, set or entry |
///
/// Other classes of the JDK, and everything with a comparator, go through `java.io`, which keeps all.
///
/// Immutable; one for each class, kept with the class.
final class Shape {

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return compute(type);
        }
    };

    /// The tag of its plain form, or `Tags.NONE`.
    final int tag;

    /// Whether it matters if two references lead to the same object or to two equal ones.
    final boolean mutable;

    /// Whether it may hide another mutable object, which can then be reached in two ways.
    final boolean view;

    /// How records of the class are taken apart and built; `null` if it is no record.
    final @Nullable RecordShape components;

    private Shape(int tag, boolean mutable, boolean view, @Nullable RecordShape components) {
        this.tag = tag;
        this.mutable = mutable;
        this.view = view;
        this.components = components;
    }

    static Shape of(Class<?> type) {
        return SHAPES.get(type);
    }

    private static Shape compute(Class<?> type) {
        if (type.isRecord()) {
            return record(type);
        }
        int tag = tag(type);
        return new Shape(tag, isMutable(tag), isView(tag), null);
    }

    private static Shape record(Class<?> type) {
        RecordShape components = RecordShape.of(type);
        boolean plain = components.refusal == null
                && !components.hasHooks
                && !type.isHidden()
                && !(Serializable.class.isAssignableFrom(type) && isClosed(type));
        return new Shape(plain ? Tags.RECORD : Tags.NONE, false, false, components);
    }

    /// {@return whether the module of a class gives nobody a way to it}
    ///
    /// A worker is started with the right to all packages of the program, and so can take apart what the process of the
    /// pool could not put together again. For that the rights of this JVM say nothing, but those that the module was
    /// written with.
    private static boolean isClosed(Class<?> type) {
        ModuleDescriptor module = type.getModule().getDescriptor();
        if (module == null || module.isOpen() || module.isAutomatic()) {
            return false;
        }
        String name = type.getPackageName();
        String own = String.valueOf(Shape.class.getModule().getName());
        return module.opens().stream()
                        .noneMatch(opens -> opens.source().equals(name)
                                && (!opens.isQualified() || opens.targets().contains(own)))
                && (!Modifier.isPublic(type.getModifiers())
                        || module.exports().stream()
                                .noneMatch(exports -> exports.source().equals(name)
                                        && (!exports.isQualified()
                                                || exports.targets().contains(own))));
    }

    private static boolean isMutable(int tag) {
        return switch (tag) {
            case Tags.STRING_ARRAY,
                    Tags.ARRAY,
                    Tags.ENTRY,
                    Tags.BYTE_BUFFER,
                    Tags.ARRAY_LIST,
                    Tags.HASH_SET,
                    Tags.LINKED_HASH_SET,
                    Tags.TREE_SET,
                    Tags.HASH_MAP,
                    Tags.LINKED_HASH_MAP,
                    Tags.TREE_MAP -> true;
            default ->
                isView(tag)
                        || (tag >= Tags.BOOLEANS && tag <= Tags.DOUBLES)
                        || (tag >= Tags.INT_STATISTICS && tag <= Tags.DOUBLE_STATISTICS);
        };
    }

    private static boolean isView(int tag) {
        return switch (tag) {
            case Tags.BYTE_BUFFER, Tags.AS_LIST, Tags.UNMODIFIABLE_LIST, Tags.UNMODIFIABLE_SET, Tags.UNMODIFIABLE_MAP ->
                true;
            default -> false;
        };
    }

    private static int tag(Class<?> type) {
        if (type.isArray()) {
            return array(type.getComponentType());
        }
        if (Enum.class.isAssignableFrom(type)) {
            return type == Enum.class ? Tags.NONE : Tags.ENUM;
        }
        if (type.getClassLoader() == null) {
            return ofPlatform(type);
        }
        if (type.getClassLoader() == Shape.class.getClassLoader()
                && type.getName().equals("dev.cenote.Range$Numbers")) {
            return Tags.RANGE;
        }
        if (type.getClassLoader() == Shape.class.getClassLoader()
                && type.getName().startsWith("dev.cenote.internal.memory.")
                && Shared.class.isAssignableFrom(type)) {
            return Tags.SHARED;
        }
        return type.isHidden() && type.isSynthetic() && Serializable.class.isAssignableFrom(type)
                ? Tags.LAMBDA
                : Tags.NONE;
    }

    private static int array(Class<?> component) {
        if (!component.isPrimitive()) {
            return component == String.class ? Tags.STRING_ARRAY : Tags.ARRAY;
        }
        return switch (component.getName()) {
            case "boolean" -> Tags.BOOLEANS;
            case "byte" -> Tags.BYTES;
            case "short" -> Tags.SHORTS;
            case "char" -> Tags.CHARS;
            case "int" -> Tags.INTS;
            case "long" -> Tags.LONGS;
            case "float" -> Tags.FLOATS;
            default -> Tags.DOUBLES;
        };
    }

    /// By name, so that no class is loaded for being asked about.
    private static int ofPlatform(Class<?> type) {
        String name = type.getName();
        if (name.startsWith("java.util.")) {
            int tag = ofUtil(name);
            return tag != Tags.NONE || Serializable.class.isAssignableFrom(type) ? tag : view(type);
        }
        return switch (name) {
            case "java.lang.Boolean" -> Tags.TRUE;
            case "java.lang.Byte" -> Tags.BYTE;
            case "java.lang.Short" -> Tags.SHORT;
            case "java.lang.Character" -> Tags.CHAR;
            case "java.lang.Integer" -> Tags.INT;
            case "java.lang.Long" -> Tags.LONG;
            case "java.lang.Float" -> Tags.FLOAT;
            case "java.lang.Double" -> Tags.DOUBLE;
            case "java.lang.String" -> Tags.LATIN1;
            case "java.lang.Class" -> Tags.CLASS;
            case "java.math.BigInteger" -> Tags.BIG_INTEGER;
            case "java.math.BigDecimal" -> Tags.BIG_DECIMAL;
            case "java.net.URI" -> Tags.URI;
            case "java.io.File" -> Tags.FILE;
            default -> name.startsWith("java.time.") ? ofTime(name) : byInterface(type);
        };
    }

    private static int byInterface(Class<?> type) {
        if (Path.class.isAssignableFrom(type)) {
            return Tags.PATH;
        }
        if (Charset.class.isAssignableFrom(type)) {
            return Tags.CHARSET;
        }
        return ByteBuffer.class.isAssignableFrom(type) ? Tags.BYTE_BUFFER : Tags.NONE;
    }

    private static int ofTime(String name) {
        return switch (name) {
            case "java.time.Instant" -> Tags.INSTANT;
            case "java.time.Duration" -> Tags.DURATION;
            case "java.time.LocalDate" -> Tags.LOCAL_DATE;
            case "java.time.LocalTime" -> Tags.LOCAL_TIME;
            case "java.time.LocalDateTime" -> Tags.LOCAL_DATE_TIME;
            case "java.time.ZonedDateTime" -> Tags.ZONED_DATE_TIME;
            case "java.time.OffsetDateTime" -> Tags.OFFSET_DATE_TIME;
            case "java.time.OffsetTime" -> Tags.OFFSET_TIME;
            case "java.time.ZoneOffset" -> Tags.ZONE_OFFSET;
            case "java.time.ZoneRegion" -> Tags.ZONE_REGION;
            case "java.time.Year" -> Tags.YEAR;
            case "java.time.YearMonth" -> Tags.YEAR_MONTH;
            case "java.time.MonthDay" -> Tags.MONTH_DAY;
            case "java.time.Period" -> Tags.PERIOD;
            default -> Tags.NONE;
        };
    }

    private static int ofUtil(String name) {
        return switch (name) {
            case "java.util.UUID" -> Tags.UUID;
            case "java.util.Optional" -> Tags.OPTIONAL;
            case "java.util.OptionalInt" -> Tags.OPTIONAL_INT;
            case "java.util.OptionalLong" -> Tags.OPTIONAL_LONG;
            case "java.util.OptionalDouble" -> Tags.OPTIONAL_DOUBLE;
            case "java.util.IntSummaryStatistics" -> Tags.INT_STATISTICS;
            case "java.util.LongSummaryStatistics" -> Tags.LONG_STATISTICS;
            case "java.util.DoubleSummaryStatistics" -> Tags.DOUBLE_STATISTICS;
            case "java.util.ArrayList" -> Tags.ARRAY_LIST;
            case "java.util.HashSet" -> Tags.HASH_SET;
            case "java.util.LinkedHashSet" -> Tags.LINKED_HASH_SET;
            case "java.util.TreeSet" -> Tags.TREE_SET;
            case "java.util.HashMap" -> Tags.HASH_MAP;
            case "java.util.LinkedHashMap" -> Tags.LINKED_HASH_MAP;
            case "java.util.TreeMap" -> Tags.TREE_MAP;
            case "java.util.Arrays$ArrayList" -> Tags.AS_LIST;
            case "java.util.KeyValueHolder" -> Tags.MAP_ENTRY;
            case "java.util.AbstractMap$SimpleEntry" -> Tags.ENTRY;
            case "java.util.AbstractMap$SimpleImmutableEntry" -> Tags.FIXED_ENTRY;
            case "java.util.Collections$EmptyList" -> Tags.EMPTY_LIST;
            case "java.util.Collections$EmptySet" -> Tags.EMPTY_SET;
            case "java.util.Collections$EmptyMap" -> Tags.EMPTY_MAP;
            case "java.util.Collections$CopiesList" -> Tags.COPIES;
            case "java.util.Collections$UnmodifiableList", "java.util.Collections$UnmodifiableRandomAccessList" ->
                Tags.UNMODIFIABLE_LIST;
            case "java.util.Collections$UnmodifiableSet" -> Tags.UNMODIFIABLE_SET;
            case "java.util.Collections$UnmodifiableMap" -> Tags.UNMODIFIABLE_MAP;
            case "java.util.ImmutableCollections$List12",
                    "java.util.ImmutableCollections$ListN",
                    "java.util.ImmutableCollections$SubList" -> Tags.LIST_OF;
            case "java.util.ImmutableCollections$Set12", "java.util.ImmutableCollections$SetN" -> Tags.SET_OF;
            case "java.util.ImmutableCollections$Map1", "java.util.ImmutableCollections$MapN" -> Tags.MAP_OF;
            default -> Tags.NONE;
        };
    }

    /// Classes of the JDK that are not serializable, of which a copy says as much as the original: views of
    /// collections and entries of maps. A queue or a map with weak keys is no view but something that belongs to its
    /// process.
    private static int view(Class<?> type) {
        if (List.class.isAssignableFrom(type)) {
            return Tags.ARRAY_LIST;
        }
        if (Set.class.isAssignableFrom(type)) {
            return SortedSet.class.isAssignableFrom(type) ? Tags.TREE_SET : Tags.LINKED_HASH_SET;
        }
        if (Collection.class.isAssignableFrom(type)) {
            return Queue.class.isAssignableFrom(type) ? Tags.NONE : Tags.ARRAY_LIST;
        }
        if (Map.class.isAssignableFrom(type) && type != WeakHashMap.class) {
            return SortedMap.class.isAssignableFrom(type) ? Tags.TREE_MAP : Tags.LINKED_HASH_MAP;
        }
        return Map.Entry.class.isAssignableFrom(type) ? Tags.ENTRY : Tags.NONE;
    }
}
