// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.NotShippableException;
import dev.cenote.Range;
import dev.cenote.internal.wire.WireWriter;
import java.io.File;
import java.io.Serial;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.AbstractMap.SimpleEntry;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlainValuesTest {

    record Point(int x, int y) {}

    record Person(
            String name, int age, double score, @Nullable Long id, List<String> tags) {}

    record AllKinds(boolean z, byte b, short s, char c, int i, long j, float f, double d, Object o, Object array) {}

    record Empty() {}

    record Wrapper(@Nullable Object value) {}

    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "leaf";
            }
        }
    }

    /// A list that only `java.io` can write.
    private static List<Object> graph(Object... elements) {
        return Collections.synchronizedList(new ArrayList<>(Arrays.asList(elements)));
    }

    static Stream<Object> leaves() {
        return Stream.of(
                "",
                "plain",
                "Käse \u00ff",
                "\u0100",
                "日本",
                "\ud83d\ude00",
                "\ud800",
                "lone \udc00 in the middle of a string that is longer than the loop takes",
                "x".repeat(100_000),
                "ж".repeat(1_000),
                true,
                false,
                (byte) -1,
                Short.MIN_VALUE,
                'ж',
                '\uffff',
                Integer.MIN_VALUE,
                Long.MAX_VALUE,
                Float.MIN_VALUE,
                Double.NaN,
                -0.0,
                new BigInteger("-123456789012345678901234567890"),
                new BigDecimal("1.50"),
                new BigDecimal(BigInteger.ONE, -7),
                UUID.randomUUID(),
                URI.create("http://example.org/a%20b?c=d#e"),
                new File("some/where"),
                Path.of("some", "where"),
                Path.of("/"),
                StandardCharsets.UTF_16LE,
                OptionalInt.of(-3),
                OptionalInt.empty(),
                OptionalLong.of(1L << 40),
                OptionalDouble.of(0.5),
                Instant.parse("2026-01-02T03:04:05.678901234Z"),
                Instant.MIN,
                Duration.ofSeconds(-5, 3),
                LocalDate.of(-44, 3, 15),
                LocalTime.of(23, 59, 59, 999_999_999),
                LocalDateTime.of(2026, 2, 28, 1, 2, 3, 4),
                ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 0, ZoneId.of("Europe/Berlin"))
                        .withLaterOffsetAtOverlap(),
                ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 0, ZoneOffset.ofHours(3)),
                OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.ofHoursMinutes(-3, -30)),
                OffsetTime.of(1, 2, 3, 4, ZoneOffset.MAX),
                ZoneOffset.UTC,
                ZoneId.of("UTC"),
                ZoneId.of("America/New_York"),
                Year.of(2026),
                YearMonth.of(2026, 12),
                MonthDay.of(2, 29),
                Period.of(1, -2, 3),
                List.of(),
                Collections.emptyList(),
                Collections.emptySet(),
                Collections.emptyMap(),
                Range.of(3, 9),
                Range.of(5, 5),
                Range.of(-3L, 4L),
                Range.of(Integer.MIN_VALUE, -5).subList(0, 3));
    }

    static Stream<Object> trees() {
        return Stream.of(
                Color.RED,
                Color.GREEN,
                TimeUnit.DAYS,
                DayOfWeek.FRIDAY,
                String.class,
                int.class,
                int[][].class,
                new Point(1, -2),
                new Person("a", 7, 0.5, null, List.of("x", "y")),
                new Empty(),
                new Wrapper(new Wrapper(new Point(3, 4))),
                new Wrapper(null),
                new ArrayList<>(Arrays.asList(1, null, "x", new Point(0, 0), new Point(5, 6), Color.RED)),
                Arrays.asList("a", null),
                List.of(1),
                List.of(1, 2),
                List.of(1, 2, 3),
                Collections.nCopies(3, "x"),
                Collections.nCopies(0, "x"),
                List.copyOf(Set.of(7)),
                Stream.of("a", null).toList(),
                Collections.unmodifiableList(new ArrayList<>(List.of(1, 2))),
                Collections.unmodifiableList(List.of(1, 2).reversed()),
                Collections.unmodifiableSet(new TreeSet<>(Set.of(1, 2))),
                Collections.unmodifiableMap(new HashMap<>(Map.of(1, 2))),
                new HashSet<>(Arrays.asList(1, null, 3)),
                new LinkedHashSet<>(List.of("c", "a", "b")),
                new TreeSet<>(List.of("c", "a", "b")),
                Set.of(),
                Set.of(1),
                Set.of(1, 2, 3),
                new HashMap<>(Map.of("a", List.of(1), "b", List.of())),
                new LinkedHashMap<>(Map.of(1, 2, 3, 4)),
                new TreeMap<>(Map.of("z", 1, "a", 2)),
                Map.of(),
                Map.of("a", 1),
                Map.of("a", 1, "b", 2),
                Optional.empty(),
                Optional.of(new Point(1, 2)),
                Map.entry("k", 1),
                new SimpleEntry<>("k", null),
                new SimpleImmutableEntry<>(null, Optional.of("v")));
    }

    @ParameterizedTest
    @MethodSource({"leaves", "trees"})
    void value_survivesBothWays(Object value) {
        for (Object back : List.of(Wires.<Object>toWorker(value), Wires.<Object>toParent(value))) {
            assertThat(back).isEqualTo(value).hasToString(value.toString());
            if (!(value instanceof List<?> list && list.isEmpty())
                    && !value.getClass().getName().contains("SubList")) {
                assertThat(back.getClass()).isEqualTo(value.getClass());
            }
        }
    }

    @ParameterizedTest
    @MethodSource({"leaves", "trees"})
    void value_travelsWithoutJavaIo(Object value) {
        assertThat(Wires.tag(value)).isLessThanOrEqualTo(Tags.TREE).isNotEqualTo(Tags.GRAPH);
    }

    @ParameterizedTest
    @MethodSource({"leaves", "trees"})
    void value_isTheSameInsideOfAGraph(Object value) {
        List<Object> graph = graph(value, new Wrapper(value));
        assertThat(Wires.tag(graph)).isEqualTo(Tags.GRAPH);
        assertThat(Wires.toWorker(graph)).isEqualTo(graph);
        assertThat(Wires.toParent(graph)).isEqualTo(graph);
    }

    @Test
    void null_survives() {
        assertThat(Wires.<@Nullable Object>toWorker(null)).isNull();
    }

    @Test
    void primitiveArrays_survive() {
        AllKinds all = new AllKinds(
                true, (byte) 1, (short) 2, 'c', 4, 5L, 6f, 7d, new boolean[] {true, false}, new int[] {1, -1});
        AllKinds back = Wires.toWorker(all);
        assertThat(back).usingRecursiveComparison().isEqualTo(all);
        Object[] arrays = {
            new byte[] {1, -2},
            new short[] {1, -2},
            new char[] {'a', '\uffff'},
            new int[] {1, -2},
            new long[] {1, -2},
            new float[] {1, -2},
            new double[] {1, -2},
            new String[] {"a", null},
            new Integer[] {1, null},
            new int[][] {{1}, {}, null},
            new Point[] {new Point(1, 2)},
            new Object[0],
            new Point[0][0]
        };
        for (Object array : arrays) {
            assertThat(Wires.tag(array)).isNotEqualTo(Tags.GRAPH);
            assertThat(Wires.<Object>toWorker(array)).isEqualTo(array).hasSameClassAs(array);
        }
        assertThat(Arrays.deepEquals(Wires.toParent(arrays), arrays)).isTrue();
    }

    @Test
    void largeArray_survives() {
        long[] values = new long[1_000_000];
        Arrays.setAll(values, i -> i * 31L);
        assertThat(Wires.toWorker(values)).isEqualTo(values);
    }

    @Test
    void buffer_arrivesAsACopyOfWhatRemains() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(9).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(3, (byte) 5).position(2).limit(7);
        ByteBuffer back = Wires.toWorker(buffer);
        assertThat(back).isEqualTo(buffer);
        assertThat(back.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(back.isDirect()).isTrue();
        assertThat(Wires.toWorker(buffer.asReadOnlyBuffer()).isReadOnly()).isTrue();
        assertThat(buffer.position()).isEqualTo(2);
    }

    @Test
    void statistics_survive() {
        IntSummaryStatistics all = new IntSummaryStatistics();
        all.accept(3);
        all.accept(-7);
        assertThat(Wires.toParent(all)).hasToString(all.toString());
        assertThat(Wires.toParent(new IntSummaryStatistics())).hasToString(new IntSummaryStatistics().toString());
    }

    @Test
    void listOf_keepsItsKind() {
        List<Integer> strict = Wires.toWorker(List.of(1, 2, 3));
        assertThatThrownBy(() -> strict.contains(null)).isInstanceOf(NullPointerException.class);
        assertThat(Wires.toWorker(Stream.of(1, 2, 3).toList()).contains(null)).isFalse();
        assertThatThrownBy(() -> strict.add(4)).isInstanceOf(UnsupportedOperationException.class);
        List<Integer> view = Wires.toWorker(Collections.unmodifiableList(new ArrayList<>(List.of(1))));
        assertThatThrownBy(() -> view.add(4)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void views_arriveAsCopies() {
        List<Integer> list = new ArrayList<>(List.of(1, 2, 3, 4));
        TreeMap<String, Integer> map = new TreeMap<>(Comparator.reverseOrder());
        map.putAll(Map.of("a", 1, "b", 2));
        LinkedHashMap<String, Integer> ordered = new LinkedHashMap<>(map);
        List<Object> views = List.of(
                list.subList(1, 3),
                list.reversed(),
                List.of(1, 2, 3).subList(1, 3),
                map.keySet(),
                map.descendingMap(),
                ordered.keySet(),
                ordered.entrySet(),
                ordered.reversed(),
                ordered.sequencedKeySet().reversed(),
                map.entrySet(),
                map.firstEntry(),
                new HashMap<>(map).keySet(),
                new HashMap<>(map).entrySet(),
                new HashMap<>(map).entrySet().iterator().next());
        for (Object view : views) {
            assertThat(Wires.<Object>toWorker(view)).isEqualTo(view);
            assertThat(Wires.<Object>toParent(view)).isEqualTo(view);
            assertThat(Wires.toParent(graph(view))).containsExactly(view);
        }
        assertThat(Wires.toWorker(ordered.values())).containsExactlyElementsOf(ordered.values());
        assertThat(Wires.toWorker(map.keySet())).containsExactly("b", "a");
    }

    @Test
    void treeWithComparator_keepsIt() {
        TreeSet<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of("b", "A"));
        assertThat(Wires.toWorker(set).comparator()).isSameAs(String.CASE_INSENSITIVE_ORDER);
    }

    @Test
    void sharedList_staysShared() {
        List<Integer> shared = new ArrayList<>(List.of(1));
        List<List<Integer>> back = Wires.toWorker(new ArrayList<>(List.of(shared, shared)));
        assertThat(back.get(0)).isSameAs(back.get(1));
        int[] array = {1};
        Wrapper wrapper = Wires.toWorker(new Wrapper(List.of(array, Optional.of(array))));
        List<?> pair = (List<?>) wrapper.value();
        assertThat(((Optional<?>) pair.get(1)).orElseThrow()).isSameAs(pair.get(0));
    }

    @Test
    void viewAndItsList_stayConnected() {
        List<Integer> list = new ArrayList<>(List.of(1));
        List<List<Integer>> back = Wires.toWorker(List.of(list, Collections.unmodifiableList(list)));
        back.get(0).add(2);
        assertThat(back.get(1)).containsExactly(1, 2);
    }

    @Test
    void cycle_survives() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        List<Object> back = Wires.toWorker(list);
        assertThat(back.get(0)).isSameAs(back);
    }

    @Test
    void immutableParts_mayBeShared() {
        List<String> constant = List.of("a", "b");
        List<Person> people = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            people.add(new Person("p", i, 0, null, constant));
        }
        assertThat(Wires.tag(people)).isEqualTo(Tags.TREE);
        assertThat(Wires.toWorker(people)).isEqualTo(people);
    }

    @Test
    void doublingRecords_doNotGrowExponentially() {
        record Twice(@Nullable Object left, @Nullable Object right) {}
        Twice twice = new Twice(null, null);
        for (int i = 0; i < 100; i++) {
            twice = new Twice(twice, twice);
        }
        byte[] bytes = Wires.bytes(Wires.parent(), twice);
        assertThat(bytes).hasSizeLessThan(100_000);
        Twice back = Wires.toWorker(twice);
        assertThat(back.left()).isSameAs(back.right());
    }

    @Test
    void longString_isSentOnce() {
        String text = "x".repeat(100_000);
        List<String> same = Stream.generate(() -> text).limit(100).toList();
        assertThat(Wires.bytes(Wires.parent(), same)).hasSizeLessThan(200_000);
        assertThat(Wires.toWorker(same)).isEqualTo(same);
    }

    record Hooked(int value) implements Serializable {

        @Serial
        private Object readResolve() {
            return value == 1 ? "resolved" : this;
        }
    }

    record Picky(int value) {
        Picky {
            if (value < 0) {
                throw new IllegalArgumentException("negative");
            }
        }
    }

    @Test
    void serializableRecord_keepsItsHooks() {
        assertThat(Wires.<Object>toWorker(new Hooked(1))).isEqualTo("resolved");
        assertThat(Wires.<Object>toWorker(List.of(new Hooked(1), new Point(1, 2))))
                .isEqualTo(List.of("resolved", new Point(1, 2)));
    }

    @Test
    void localRecord_survives() {
        record Local(int a, String b) {}
        assertThat(Wires.toWorker(new Local(1, "x"))).isEqualTo(new Local(1, "x"));
    }

    @Test
    void constructorOfARecord_isCalled() throws Exception {
        byte[] bytes = Wires.bytes(Wires.parent(), new Picky(7));
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == 7 ? -1 : bytes[i];
        }
        bytes[bytes.length - 1] = -1;
        assertThatThrownBy(() -> Wires.read(Wires.worker(), bytes))
                .hasMessageContaining("the constructor of " + Picky.class.getName() + " has thrown")
                .hasMessageContaining("negative");
    }

    @Test
    void whatCannotTravel_leavesTheWriterClean() {
        WireWriter out = new WireWriter();
        out.putInt(42);
        for (Object value :
                List.of(new Object(), new Wrapper(new Object()), List.of(1, new Object()), Thread.currentThread())) {
            assertThatThrownBy(() -> Wires.parent().write(out, value)).isInstanceOf(NotShippableException.class);
            assertThat(out.position()).isEqualTo(4);
        }
        assertThatThrownBy(() -> Wires.worker().write(out, new Object()))
                .hasMessageStartingWith("cannot send the result: ");
    }

    @Test
    void numbersInAWrapper_keepTheirTypes() {
        Number[] numbers = {1, 1L, 1.0, 1f, (short) 1, (byte) 1, BigInteger.ONE};
        assertThat(Wires.toWorker(numbers)).isEqualTo(numbers);
    }
}
