// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Codec;
import dev.cenote.Func;
import dev.cenote.NotShippableException;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Values that go through `java.io`, and what is around them.
class GraphsTest {

    static final class Node implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        private @Nullable Object value;
        private @Nullable Node next;
    }

    private static Node chain(int length) {
        Node first = new Node();
        Node last = first;
        for (int i = 1; i < length; i++) {
            last.next = new Node();
            last = last.next;
            last.value = i;
        }
        return first;
    }

    private static int length(@Nullable Node first) {
        int length = 0;
        for (Node node = first; node != null; node = node.next) {
            length++;
        }
        return length;
    }

    @Test
    void classesOfTheJdk_survive() {
        EnumMap<TimeUnit, Integer> enumMap = new EnumMap<>(Map.of(TimeUnit.DAYS, 1));
        for (Object value : List.of(
                enumMap,
                new ConcurrentHashMap<>(Map.of("a", 1)),
                BitSet.valueOf(new long[] {5}),
                Locale.CANADA_FRENCH)) {
            assertThat(Wires.<Object>toWorker(value)).isEqualTo(value);
            assertThat(Wires.<Object>toParent(value)).isEqualTo(value);
        }
        assertThat(Wires.toParent(Pattern.compile("a+")).pattern()).isEqualTo("a+");
        assertThat(Wires.toParent(new ArrayDeque<>(List.of(1, 2)))).containsExactly(1, 2);
        assertThat(Wires.toParent(new StringBuilder("abc")).toString()).isEqualTo("abc");
    }

    @Test
    void cycle_survives() {
        Node node = chain(3);
        node.next.next.next = node;
        Node back = Wires.toParent(node);
        assertThat(back.next.next.next).isSameAs(back);
    }

    record Pair(@Nullable Object left, @Nullable Object right) {}

    @Test
    void recordInAGraph_keepsWhatItShares() {
        Node shared = chain(1);
        Pair pair = new Pair(shared, new Pair(shared, List.of(shared)));
        Pair back = Wires.toParent(pair);
        assertThat(((Pair) back.right()).left()).isSameAs(back.left());
    }

    /// A record can be made only when its components are there, so one of them cannot hold it.
    @Test
    void recordInItself_isRefused() {
        List<Object> list = new ArrayList<>();
        Pair pair = new Pair(list, chain(1));
        list.add(pair);
        assertThatThrownBy(() -> Wires.toWorker(pair)).hasMessageContaining("reached from one of its own parts");
        List<?> back = Wires.toWorker(list);
        assertThat(((Pair) back.getFirst()).left())
                .as("the list is there before the record")
                .isSameAs(back);
    }

    @Test
    void deepGraph_survives() {
        assertThat(length(Wires.toWorker(chain(100_000)))).isEqualTo(100_000);
        assertThat(length(Wires.toParent(chain(100_000)))).isEqualTo(100_000);
    }

    @Test
    void deepGraph_survivesOnASmallStack() throws InterruptedException {
        List<Integer> lengths = new ArrayList<>();
        Thread small = new Thread(null, () -> lengths.add(length(Wires.toParent(chain(2_000)))), "small", 100_000);
        small.start();
        small.join();
        assertThat(lengths).containsExactly(2_000);
    }

    @Test
    void deepLists_survive() {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            list = new ArrayList<>(List.of(list));
        }
        Object back = Wires.toParent(list);
        int depth = 0;
        while (!((List<?>) back).isEmpty()) {
            back = ((List<?>) back).getFirst();
            depth++;
        }
        assertThat(depth).isEqualTo(10_000);
    }

    static final class Loaded implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        private static final ThreadLocal<List<ClassLoader>> SEEN = new InheritableThreadLocal<>();

        @Serial
        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
            SEEN.get().add(Thread.currentThread().getContextClassLoader());
        }

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            SEEN.get().add(Thread.currentThread().getContextClassLoader());
        }
    }

    @Test
    void deepGraph_seesTheContextClassLoader() {
        ClassLoader own = new ClassLoader() {};
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Node node = chain(50_000);
        Node last = node;
        while (last.next != null) {
            last = last.next;
        }
        last.value = new Loaded();
        Thread.currentThread().setContextClassLoader(own);
        Loaded.SEEN.set(new ArrayList<>());
        try {
            assertThat(length(Wires.toParent(node))).isEqualTo(50_000);
            assertThat(Loaded.SEEN.get()).isNotEmpty().containsOnly(own);
        } finally {
            Loaded.SEEN.remove();
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void codec_isSafeForSeveralThreads() throws Exception {
        ValueCodec parent = Wires.parent();
        ValueCodec worker = Wires.worker();
        List<Object> values = List.of(new Pair(1, TimeUnit.DAYS), chain(10), List.of(new Pair("a", 2)), "text");
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(() -> {
                    for (int n = 0; n < 2_000; n++) {
                        Object value = values.get(n % values.size());
                        Object back = Wires.pass(parent, worker, value);
                        assertThat(back instanceof Node node ? length(node) == 10 : value.equals(back))
                                .isTrue();
                    }
                    return true;
                }));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get()).isTrue();
            }
        }
    }

    static final class Fails implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private void readObject(ObjectInputStream in) {
            throw new IllegalStateException("no wish to be read");
        }
    }

    @Test
    void valueThatCannotBeRead_costsItselfOnly() throws Exception {
        WireWriter out = new WireWriter();
        ValueCodec parent = Wires.parent();
        parent.write(out, new Fails());
        parent.write(out, "next");
        WireReader in = new WireReader(out.toByteArray());
        assertThatThrownBy(() -> Wires.worker().read(in))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(CorruptFrameException.class)
                .hasMessageContaining("no wish to be read");
        assertThat(Wires.worker().read(in)).isEqualTo("next");
    }

    interface Greeter {

        String greet(String name);
    }

    record Handler(String greeting) implements InvocationHandler, Serializable {

        @Override
        public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
            return greeting + arguments[0];
        }
    }

    @Test
    void proxy_travelsToTheWorkerOnly() {
        Greeter greeter = (Greeter) Proxy.newProxyInstance(
                Greeter.class.getClassLoader(), new Class<?>[] {Greeter.class, Runnable.class}, new Handler("hi "));
        assertThat(Wires.toWorker(greeter).greet("you")).isEqualTo("hi you");
        assertThatThrownBy(() -> Wires.toParent(greeter))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContaining("dynamic proxy");
        byte[] forged = Wires.bytes(Wires.parent(), greeter);
        assertThatThrownBy(() -> Wires.read(Wires.parent(), forged)).hasMessageContaining("dynamic proxy");
    }

    @Test
    void truncatedAndBrokenBytes_neverDoMoreThanFail() {
        Node node = chain(3);
        node.value = new ArrayList<>(List.of("a", new Pair(1, 2.0), Map.of("k", new int[] {1})));
        for (Object value : List.of(node, node.value)) {
            byte[] bytes = Wires.bytes(Wires.worker(), value);
            for (int i = 0; i < bytes.length; i++) {
                for (int flip : new int[] {1, 0x80, 0xff}) {
                    byte[] broken = bytes.clone();
                    broken[i] ^= (byte) flip;
                    readIgnoringFailure(broken);
                }
                readIgnoringFailure(java.util.Arrays.copyOf(bytes, i));
            }
        }
    }

    private static void readIgnoringFailure(byte[] bytes) {
        try {
            Object unused = Wires.parent().read(new WireReader(bytes));
            assertThat(unused == null || unused.getClass() != null).isTrue();
        } catch (IOException | ClassNotFoundException e) {
            assertThat(e).isNotNull();
        }
    }

    /// A codec of a user: text only.
    static final class TextCodec implements Codec {

        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public byte[] encode(@Nullable Object value) throws IOException {
            if (!(value instanceof String)) {
                throw new IOException("only text");
            }
            return ("<" + value).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(byte[] bytes) throws IOException {
            if (bytes.length > 10) {
                throw new IOException("too long");
            }
            return new String(bytes, StandardCharsets.UTF_8) + ">";
        }
    }

    @Test
    void codecOfTheUser_getsEveryValue() throws Exception {
        ValueCodec parent = Wires.parent();
        ValueCodec items = parent.with(new TextCodec());
        ValueCodec worker = Wires.worker();
        ValueCodec results = worker.with(Wires.toWorker(new TextCodec()));
        assertThat(Wires.pass(items, results, "a")).isEqualTo("<a>");
        assertThatThrownBy(() -> Wires.bytes(items, 1))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContaining("only text");
        assertThatThrownBy(() -> Wires.read(results, Wires.bytes(items, "a text too long")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("too long");
        Func<String, Integer> function = String::length;
        WireWriter out = new WireWriter();
        items.writeFunction(out, function);
        assertThat(Wires.read(results, out.toByteArray())).isInstanceOf(Func.class);
        assertThatThrownBy(() -> Wires.read(worker, Wires.bytes(items, "a"))).isInstanceOf(CorruptFrameException.class);
    }
}
