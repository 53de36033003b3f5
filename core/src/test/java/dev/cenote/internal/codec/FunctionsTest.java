// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Func;
import dev.cenote.Func2;
import dev.cenote.Job;
import dev.cenote.NotShippableException;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Lambdas and method references of all kinds, to a worker in the same loader; [TwinLoaderTest] has another one.
class FunctionsTest {

    @Test
    void lambda_bringsItsCaptures() throws Exception {
        int k = 10;
        String s = "x";
        List<Integer> list = new ArrayList<>(List.of(1, 2));
        Func<Integer, String> f = Wires.toWorker(n -> s + n * k + list);
        assertThat(f.apply(4)).isEqualTo("x40[1, 2]");
    }

    @Test
    void lambda_ofPlainCapturesIsATree() {
        int k = 10;
        Job<Integer> inner = () -> k;
        Job<Integer> outer = () -> inner.call() + 1;
        assertThat(Wires.tag(outer)).isEqualTo(Tags.TREE);
    }

    static String twice(String s) {
        return s + s;
    }

    private static <T> T same(T value) {
        return value;
    }

    record Box(String text) {

        String joined(String other) {
            return text + other;
        }
    }

    @Test
    void methodReferences_ofAllKindsWork() throws Exception {
        Box box = new Box("b");
        Func<String, String> ofStatic = Wires.toWorker(FunctionsTest::twice);
        Func<String, Box> constructor = Wires.toWorker(Box::new);
        Func<String, Integer> unbound = Wires.toWorker(String::length);
        Func<String, String> bound = Wires.toWorker(box::joined);
        Func2<Box, String, String> unbound2 = Wires.toWorker(Box::joined);
        Func<Integer, int[]> array = Wires.toWorker(int[]::new);
        Func<String, String> ofPrivate = Wires.toWorker(FunctionsTest::same);
        assertThat(ofStatic.apply("a")).isEqualTo("aa");
        assertThat(constructor.apply("a")).isEqualTo(new Box("a"));
        assertThat(unbound.apply("abc")).isEqualTo(3);
        assertThat(bound.apply("c")).isEqualTo("bc");
        assertThat(unbound2.apply(box, "d")).isEqualTo("bd");
        assertThat(array.apply(3)).hasSize(3);
        assertThat(ofPrivate.apply("a")).isEqualTo("a");
    }

    interface Named {

        String name();

        default String greeting() {
            return "hello " + name();
        }
    }

    record Cat(String name) implements Named {}

    record Dog(String name) implements Named {}

    /// JDK-8208752: each pair differs in the type of the item only.
    @Test
    void methodReferences_thatDifferInTheInstantiatedTypeOnlyAreToldApart() throws Exception {
        Func<String, String> toString1 = Object::toString;
        Func<Integer, String> toString2 = Object::toString;
        Func<Integer, String> valueOf1 = String::valueOf;
        Func<Double, String> valueOf2 = String::valueOf;
        Func<ArrayList<?>, Integer> size1 = List::size;
        Func<List<?>, Integer> size2 = List::size;
        Func<Cat, String> greeting1 = Named::greeting;
        Func<Dog, String> greeting2 = Named::greeting;
        Func<String, String> same1 = FunctionsTest::same;
        Func<Integer, Integer> same2 = FunctionsTest::same;

        assertThat(Wires.toWorker(toString1).apply("a")).isEqualTo("a");
        assertThat(Wires.toWorker(toString2).apply(7)).isEqualTo("7");
        assertThat(Wires.toWorker(valueOf1).apply(7)).isEqualTo("7");
        assertThat(Wires.toWorker(valueOf2).apply(0.5)).isEqualTo("0.5");
        assertThat(Wires.toWorker(size1).apply(new ArrayList<>())).isZero();
        assertThat(Wires.toWorker(size2).apply(List.of(1))).isEqualTo(1);
        assertThat(Wires.toWorker(greeting1).apply(new Cat("c"))).isEqualTo("hello c");
        assertThat(Wires.toWorker(greeting2).apply(new Dog("d"))).isEqualTo("hello d");
        assertThat(Wires.toWorker(same1).apply("s")).isEqualTo("s");
        assertThat(Wires.toWorker(same2).apply(7)).isEqualTo(7);
    }

    @Test
    void boundReferences_thatDifferInTypeOnlyAreToldApart() throws Exception {
        Map<Object, Integer> map = new HashMap<>(Map.of("a", 1, 2, 3));
        Func<String, Integer> get1 = map::get;
        Func<Integer, Integer> get2 = map::get;
        assertThat(Wires.toWorker(get1).apply("a")).isEqualTo(1);
        assertThat(Wires.toWorker(get2).apply(2)).isEqualTo(3);
    }

    /// Linking anew makes a class each time; a pool must not fill the metaspace.
    @Test
    void relinkedReference_isLinkedOnce() {
        Func<String, String> first = String::toString;
        Func<Long, String> second = Object::toString;
        Func<Short, String> third = Object::toString;
        assertThat(first).isNotNull();
        assertThat(Wires.toWorker(third).getClass())
                .isEqualTo(Wires.toWorker(third).getClass());
        assertThat(Wires.toWorker(second).getClass())
                .isEqualTo(Wires.toWorker(second).getClass());
    }

    @Test
    void relinkedReference_travelsOn() throws Exception {
        Func<Byte, String> first = Object::toString;
        Func<Float, String> second = Object::toString;
        assertThat(Wires.toWorker(Wires.toWorker(second)).apply(1f)).isEqualTo("1.0");
        assertThat(Wires.toWorker(Wires.toWorker(first)).apply((byte) 1)).isEqualTo("1");
    }

    @Test
    void capturedFunction_arrivesToo() throws Exception {
        int k = 3;
        Func<Integer, Integer> times = n -> n * k;
        Func<Integer, Integer> plus = n -> times.apply(n) + 1;
        Func<Integer, Integer> outer = n -> plus.apply(times.apply(n));
        assertThat(Wires.toWorker(outer).apply(2)).isEqualTo(19);
    }

    /// An object of a class that only `java.io` can write.
    static final class Node implements Serializable {

        private static final long serialVersionUID = 1L;

        private Func<Integer, Integer> function;
        private final int value;

        Node(int value) {
            this.value = value;
        }
    }

    @Test
    void lambdaInAFieldOfWhatItCaptures_works() throws Exception {
        Node node = new Node(5);
        node.function = n -> n + node.value;
        Func<Integer, Integer> back = Wires.toWorker(node.function);
        assertThat(back.apply(1)).isEqualTo(6);
        Node whole = Wires.toWorker(node);
        assertThat(whole.function.apply(1)).isEqualTo(6);
    }

    @Test
    void lambdaInAFieldOfWhatItCaptures_worksInsideOfOtherValues() throws Exception {
        Node node = new Node(5);
        node.function = n -> n + node.value;
        Func<Integer, Integer> captured = node.function;
        Func<Integer, Integer> outer = n -> captured.apply(n) * 2;
        assertThat(Wires.toWorker(outer).apply(1)).isEqualTo(12);
        List<Object> back = Wires.toWorker(Collections.synchronizedList(new ArrayList<>(List.of(captured, node))));
        Node inList = (Node) back.get(1);
        assertThat(inList.function).isSameAs(back.get(0));
        assertThat(inList.function.apply(1)).isEqualTo(6);
    }

    @Test
    void lambdasThatHoldEachOther_work() throws Exception {
        Node a = new Node(1);
        Node b = new Node(2);
        a.function = n -> n + b.value;
        b.function = n -> n * 10 + a.value;
        Func<Integer, Integer> root = n -> a.function.apply(b.function.apply(n));
        assertThat(Wires.toWorker(root).apply(3)).isEqualTo(33);
        assertThat(Wires.toWorker(a.function).apply(3)).isEqualTo(5);
    }

    static final class Counted implements Serializable {

        private static final long serialVersionUID = 1L;
        private static final AtomicInteger WRITTEN = new AtomicInteger();

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
            WRITTEN.incrementAndGet();
        }
    }

    @Test
    void captureOfAFunction_isWrittenOnce() {
        Counted large = new Counted();
        Job<Integer> inner = large::hashCode;
        Job<Integer> outer = () -> inner.call() + large.hashCode();
        Counted.WRITTEN.set(0);
        assertThat(Wires.tag(outer)).isEqualTo(Tags.GRAPH);
        assertThat(Counted.WRITTEN).hasValue(1);
    }

    @Test
    void sharedCapture_staysShared() throws Exception {
        AtomicInteger counter = new AtomicInteger();
        List<Job<Integer>> jobs = Wires.toWorker(List.of(counter::incrementAndGet, counter::get));
        assertThat(jobs.get(0).call()).isEqualTo(1);
        assertThat(jobs.get(1).call()).isEqualTo(1);
    }

    @Test
    void comparators_ofTheJdkTravel() {
        List<Comparator<String>> back = Wires.toWorker(
                List.of(Comparator.reverseOrder(), Comparator.nullsFirst(Comparator.<String>naturalOrder())));
        assertThat(back.get(0).compare("a", "b")).isPositive();
        assertThat(back.get(1).compare(null, "b")).isNegative();
    }

    @Test
    void markerInterface_isKept() {
        Object back = Wires.toWorker((Comparator<String> & Serializable & Cloneable) String::compareTo);
        assertThat(back).isInstanceOf(Cloneable.class);
    }

    @Test
    void captureThatCannotTravel_isRefused() {
        Object lock = new Object();
        Function<Integer, Integer> plain = n -> n;
        Func<Integer, String> first = n -> lock + "" + n;
        Func<Integer, Integer> second = plain::apply;
        WireWriter out = new WireWriter();
        for (Object task : List.of(first, second)) {
            assertThatThrownBy(() -> Wires.parent().writeFunction(out, task))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageStartingWith("cannot send the task: java.io.NotSerializableException");
            assertThat(out.position()).isZero();
        }
    }

    @Test
    void lambdaAsAResult_isRefusedByTheWorker() {
        Job<Integer> job = () -> 1;
        for (Object result : List.of(job, List.of(job), withFunction())) {
            assertThatThrownBy(() -> Wires.toParent(result))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageContaining("a task may not return a lambda");
        }
    }

    private static Node withFunction() {
        Node node = new Node(1);
        node.function = n -> n;
        return node;
    }

    @Test
    void lambdaAsAResult_isRefusedByTheParent() {
        Job<Integer> job = () -> 1;
        Node node = withFunction();
        for (Object result : List.of(job, new LinkedHashSet<>(List.of(job)), node)) {
            byte[] forged = Wires.bytes(Wires.parent(), result);
            assertThatThrownBy(() -> Wires.read(Wires.parent(), forged))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a task may not return a lambda");
        }
    }
}
