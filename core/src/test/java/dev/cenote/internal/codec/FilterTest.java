// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.RemoteException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.Serial;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the pool's process refuses. It has classes from a [TwinLoader] here, so that those of the sender do not
/// count.
class FilterTest {

    /// Tells whether a class was initialized, in a place that all loaders see.
    private static final Properties INITIALIZED = System.getProperties();

    private static void initialized(Class<?> type) {
        INITIALIZED.setProperty(type.getName() + "@" + type.getClassLoader().getName(), "yes");
    }

    private static boolean isInitialized(Class<?> type) {
        return INITIALIZED.containsKey(type.getName() + "@twin");
    }

    record BadRecord(int x) {
        static {
            initialized(BadRecord.class);
        }
    }

    record BadSerializable(int x) implements Serializable {
        static {
            initialized(BadSerializable.class);
        }
    }

    enum BadEnum {
        ONE;

        static {
            initialized(BadEnum.class);
        }
    }

    static class BadBean implements Serializable {

        // no serialVersionUID: to compute it is to look at the class closely
        static {
            initialized(BadBean.class);
        }
    }

    static final class BadBelow extends BadBean {}

    static final class BadException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        static {
            initialized(BadException.class);
        }
    }

    static final class FineException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final Object detail;

        FineException(Object detail) {
            this.detail = detail;
        }

        @Override
        public String getMessage() {
            return "fine " + detail.getClass();
        }
    }

    static final class FineBean implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        private final Object field;

        FineBean(Object field) {
            this.field = field;
            assertThat(field).isNotNull();
        }
    }

    record FineRecord(Object field) {}

    static Stream<Arguments> bad() {
        return badOnes().stream().map(each -> Arguments.of(each));
    }

    private static List<Object> badOnes() {
        return List.of(
                new BadRecord(1),
                new BadSerializable(2),
                BadEnum.ONE,
                new BadBean(),
                new BadBelow(),
                new BadException(),
                BadRecord.class,
                BadBean.class,
                BadEnum.class,
                new BadRecord[0],
                new BadBean[0],
                new BadEnum[0][0]);
    }

    /// Each forbidden thing through each door.
    static Stream<Arguments> doors() {
        return badOnes().stream().flatMap(FilterTest::doors).map(each -> Arguments.of(each));
    }

    private static Stream<Object> doors(Object bad) {
        return Stream.of(
                bad,
                List.of(bad),
                new Object[] {bad},
                new FineRecord(bad),
                Optional.of(bad),
                Map.entry("k", bad),
                new HashMap<>(Map.of("k", bad)),
                Map.of(1, bad).entrySet(),
                Collections.synchronizedList(new ArrayList<>(List.of(bad))),
                new FineBean(bad),
                new FineBean(new FineRecord(bad)),
                new FineBean(Optional.of(bad)),
                new FineBean(Map.entry(1, bad)),
                new FineBean(List.of(bad).subList(0, 1)),
                new FineBean(new Object[] {bad}));
    }

    private static final ObjectInputFilter NOT_BAD = info -> {
        Class<?> type = info.serialClass();
        while (type != null && type.isArray()) {
            type = type.getComponentType();
        }
        return type != null && type.getSimpleName().startsWith("Bad")
                ? ObjectInputFilter.Status.REJECTED
                : ObjectInputFilter.Status.UNDECIDED;
    };

    private final ValueCodec parent = new ValueCodec(
                    new Wires.Names(new TwinLoader(FilterTest.class)), Side.PARENT, Wires.EXPLAINER)
            .withFilter(NOT_BAD);

    @ParameterizedTest
    @MethodSource("doors")
    void forbiddenClass_comesInThroughNoDoor(Object result) {
        byte[] bytes = Wires.bytes(Wires.worker(), result);
        assertThatThrownBy(() -> Wires.read(parent, bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Bad")
                .hasMessageContaining("refused by the filter of this pool");
        for (Class<?> type : List.of(BadRecord.class, BadSerializable.class, BadBean.class, BadEnum.class)) {
            assertThat(isInitialized(type)).as(type.getName()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void forbiddenClass_doesNotComeInWithAnException(Object bad) {
        RuntimeException thrown = new FineException(bad);
        thrown.addSuppressed(new BadException());
        thrown.addSuppressed(new FineException("x"));
        Throwable back = Wires.throwable(Wires.worker(), parent, thrown);
        assertThat(back).isInstanceOf(RemoteException.class);
        assertThat(((RemoteException) back).whyNotRebuilt()).contains("refused by the filter of this pool");
        assertThat(back.getSuppressed()[0]).isInstanceOf(RemoteException.class);
        assertThat(back.getSuppressed()[1].getClass().getSimpleName()).isEqualTo("FineException");
        assertThat(isInitialized(BadException.class)).isFalse();
    }

    @Test
    void otherClasses_comeIn() throws Exception {
        for (Object fine : List.of(new FineRecord(1), new FineBean(List.of()), TimeUnit.DAYS)) {
            assertThat(Wires.read(parent, Wires.bytes(Wires.worker(), fine))).isNotNull();
        }
    }

    @Test
    void refusal_isNotForgotten() {
        byte[] bytes = Wires.bytes(Wires.worker(), new BadRecord(1));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Wires.read(parent, bytes))
                    .hasMessageContaining("refused by the filter of this pool");
        }
    }

    @Test
    void worker_hasNoFilter() {
        assertThat(Wires.toWorker(new FineRecord(new BadRecord(3))).field()).isEqualTo(new BadRecord(3));
    }

    private static List<Object> graph(Object... elements) {
        return Collections.synchronizedList(new ArrayList<>(Arrays.asList(elements)));
    }

    /// Makes every number 77 of a stream a promise of two billion elements.
    private static byte[] promise(Object value) {
        byte[] bytes = Wires.bytes(Wires.worker(), value);
        ByteBuffer view = ByteBuffer.wrap(bytes);
        int found = 0;
        for (int i = 0; i + 4 <= bytes.length; i++) {
            if (view.getInt(i) == 77) {
                view.putInt(i, Integer.MAX_VALUE - 8);
                found++;
            }
        }
        assertThat(found).isPositive();
        return bytes;
    }

    @Test
    void promisedElements_haveToFitIntoTheMessage() {
        Object[] numbers = Stream.iterate(1000, n -> n + 1).limit(77).toArray();
        for (Object value : List.of(
                graph(new int[77]),
                graph(new long[77]),
                graph((Object) new Object[77]),
                graph(numbers),
                graph(new ArrayList<>(Arrays.asList(numbers))))) {
            byte[] bytes = promise(value);
            assertThatThrownBy(() -> Wires.read(Wires.parent(), bytes))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("refused by the length check");
        }
    }

    @Test
    void promisedElements_haveToFitIntoThePlainForm() {
        for (int tag : new int[] {
            Tags.INTS,
            Tags.LONGS,
            Tags.BYTES,
            Tags.LATIN1,
            Tags.UTF16,
            Tags.ARRAY_LIST,
            Tags.HASH_MAP,
            Tags.SET_OF,
            Tags.STRING_ARRAY
        }) {
            WireWriter out = new WireWriter();
            int length = 0;
            if (tag > Tags.LAST_LEAF) {
                out.putByte(Tags.TREE);
                length = out.skip(4);
            }
            out.putByte(tag);
            out.putCount(Integer.MAX_VALUE - 8);
            out.putLong(0);
            if (tag > Tags.LAST_LEAF) {
                out.setInt(length, out.position() - length - 4);
            }
            assertThatThrownBy(() -> Wires.parent().read(new WireReader(out.toByteArray())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("promised");
        }
    }

    @Test
    void honestCollections_passTheLengthCheck() {
        HashMap<Integer, Integer> map = HashMap.newHashMap(100_000);
        for (int i = 0; i < 50; i++) {
            map.put(i, i);
        }
        HashMap<Object, Object> sparse = new HashMap<>(16, 0.25f);
        sparse.putAll(map);
        for (Object value : List.of(
                graph(new long[100_000]),
                graph(new Object[100_000]),
                graph(new Object[100_000], 1),
                graph(map),
                graph(sparse),
                graph(new HashSet<>(map.keySet())),
                graph(new ArrayList<>(Collections.nCopies(100_000, null))),
                Collections.nCopies(1_000_000, "x"))) {
            assertThat(Wires.<Object>toParent(value)).isNotNull();
        }
    }

    /// Runs in another JVM, with filters on its command line.
    static final class Reader {

        public static void main(String[] arguments) throws Exception {
            for (Object result : List.of(new BadBean(), new BadRecord(1), new FineBean(List.of(new BadRecord(1))))) {
                String answer;
                try {
                    answer = "let in " + Wires.read(Wires.parent(), Wires.bytes(Wires.worker(), result));
                } catch (IOException e) {
                    answer = e.getMessage();
                }
                IO.println(answer);
            }
            IO.println(Wires.toParent(new FineBean(new FineRecord("x"))).field);
            Throwable back = Wires.throwable(new BadException());
            IO.println(back instanceof RemoteException remote ? remote.whyNotRebuilt() : "let in");
        }
    }

    /// A filter factory of an application that has the last word.
    public static final class Factory implements BinaryOperator<ObjectInputFilter> {

        @Override
        public ObjectInputFilter apply(ObjectInputFilter current, ObjectInputFilter next) {
            return info -> {
                ObjectInputFilter.Status status = NOT_BAD.checkInput(info);
                return status == ObjectInputFilter.Status.REJECTED || next == null ? status : next.checkInput(info);
            };
        }
    }

    private static List<String> run(String option) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        option,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Reader.class.getName())
                .redirectError(ProcessBuilder.Redirect.to(File.createTempFile("reader", ".err")))
                .start();
        try (var reader = process.inputReader()) {
            List<String> lines = reader.lines().toList();
            assertThat(process.waitFor()).isZero();
            return lines;
        }
    }

    @Test
    void serialFilterOfTheJvm_isAskedToo() throws Exception {
        List<String> lines = run("-Djdk.serialFilter=!dev.cenote.internal.codec.FilterTest$Bad*");
        assertThat(lines).hasSize(5);
        for (int i : new int[] {0, 1, 2, 4}) {
            assertThat(lines.get(i)).contains("refused by the serial filter of this JVM (jdk.serialFilter)");
        }
        assertThat(lines.get(3)).isEqualTo("FineRecord[field=x]");
    }

    @Test
    void allowListOfTheJvm_needNotNameThisLibrary() throws Exception {
        List<String> lines = run("-Djdk.serialFilter=dev.cenote.internal.codec.FilterTest$Fine*;java.base/*;!*");
        assertThat(lines.get(0)).contains("jdk.serialFilter");
        assertThat(lines.get(3)).isEqualTo("FineRecord[field=x]");
    }

    @Test
    void filterFactoryOfTheApplication_hasTheLastWord() throws Exception {
        List<String> lines = run("-Djdk.serialFilterFactory=" + Factory.class.getName());
        assertThat(lines.get(0)).contains("jdk.serialFilterFactory");
        assertThat(lines.get(2)).contains("jdk.serialFilterFactory");
        assertThat(lines.get(3)).isEqualTo("FineRecord[field=x]");
    }
}
