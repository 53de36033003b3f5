// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Func;
import dev.cenote.NotShippableException;
import dev.cenote.Pool;
import dev.cenote.internal.classes.Compiled;
import dev.cenote.internal.classes.Exports;
import dev.cenote.internal.classes.Program;
import dev.cenote.internal.classes.UnnamedClassException;
import dev.cenote.internal.wire.WireWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The texts that a user gets to see. Line numbers are checked where a test says so, and left out elsewhere.
class DiagnosisTest {

    private static final InputStream STREAM = new ByteArrayInputStream(new byte[0]);

    private static final String STREAM_FIX = "\n  fix: this ByteArrayInputStream belongs to this process. Create it"
            + " inside the task, or send what is needed to build it (a path, a URL, bytes).";

    static final class Node implements Serializable {
        Node next;
        Extra extra;
        Object value;
    }

    static final class Extra implements Serializable {
        Object in;

        Func<Integer, Object> task(InputStream in) {
            return n -> List.of(in, this);
        }
    }

    static final class Closed {}

    private static String why(Object root) {
        return why("the task", root);
    }

    private static String why(String what, Object root) {
        return Diagnosis.explain(what, root, failure(root)).getMessage().replaceAll("DiagnosisTest.java:\\d+", "*");
    }

    private static Throwable failure(Object root) {
        try (ObjectOutputStream out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
            out.writeObject(root);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            return e;
        }
        throw new AssertionError("it can be sent");
    }

    @Test
    void capturedVariable_isNamedWithThePathToTheCulprit() {
        Node a = new Node();
        a.next = new Node();
        a.next.extra = new Extra();
        a.next.extra.in = STREAM;
        int line = new Throwable().getStackTrace()[0].getLineNumber() + 1;
        Func<Integer, Object> task = n -> n + a.hashCode();
        NotShippableException e = Diagnosis.explain("the task", task, failure(task));
        assertThat(e)
                .hasMessage("cannot send the task out of this process: java.io.ByteArrayInputStream is not Serializable"
                        + "\n  path: lambda at DiagnosisTest.java:" + line + " captures 'a' (" + Node.class.getName()
                        + ").next.extra.in" + STREAM_FIX)
                .hasCauseInstanceOf(NotSerializableException.class);
    }

    @Test
    void secondOfSeveralVariables_isTheOneNamed() {
        long wide = 7;
        String text = "x";
        double wider = 1;
        InputStream in = STREAM;
        Func<Integer, Object> task = n -> text + wide + wider + in;
        assertThat(why(task)).contains("captures 'in' (java.io.ByteArrayInputStream)\n");
    }

    @Test
    void capturedThis_isExplained() {
        Func<Integer, Object> task = n -> n + hashCode();
        assertThat(why(task))
                .isEqualTo("cannot send the task out of this process: " + DiagnosisTest.class.getName()
                        + " is not Serializable\n  path: lambda at * captures 'this' (" + DiagnosisTest.class.getName()
                        + ")\n  fix: the task uses a field or method of the enclosing object. Copy what it needs into a"
                        + " local variable before the lambda, or make the method static, or let DiagnosisTest implement"
                        + " java.io.Serializable.");
    }

    @Test
    void capturedVariable_besideThis_keepsItsName() {
        assertThat(why(new Extra().task(STREAM))).contains("captures 'in' (java.io.ByteArrayInputStream)");
    }

    @Test
    void capturedLambda_ofAForeignType_isExplained() {
        Function<Integer, Integer> f = x -> x;
        Func<Integer, Object> task = n -> f.apply(n);
        assertThat(why(task))
                .isEqualTo("cannot send the task out of this process: a lambda that is a java.util.function.Function"
                        + " is not Serializable\n  path: lambda at * captures 'f' (a lambda)\n  fix: declare its"
                        + " variable as dev.cenote.Func instead of java.util.function.Function, or cast it where it is"
                        + " created: (java.util.function.Function & java.io.Serializable) ...");
    }

    @Test
    void methodReference_toAForeignLambda_isExplained() {
        Function<Integer, Integer> f = x -> x;
        int line = new Throwable().getStackTrace()[0].getLineNumber() + 1;
        Func<Integer, Object> task = f::apply;
        assertThat(Diagnosis.explain("the task", task, failure(task)))
                .hasMessageContaining("a lambda that is a java.util.function.Function is not Serializable\n"
                        + "  path: method reference Function::apply at DiagnosisTest.java:" + line
                        + " captures the receiver of ::apply (a lambda)\n");
    }

    @Test
    void methodReference_toAnObject_isExplained() {
        Closed closed = new Closed();
        Func<Object, Object> task = closed::equals;
        assertThat(why(task))
                .contains("path: method reference Object::equals at * captures the receiver of ::equals ("
                        + Closed.class.getName() + ")\n  fix: a method reference to an object takes the object along.");
    }

    @Test
    void mapAndList_areIndexed() {
        Map<String, Object> m = new HashMap<>();
        m.put("db", new Object[] {1, STREAM});
        Func<Integer, Object> task = n -> m.get("x");
        assertThat(why(task)).contains("captures 'm' (java.util.HashMap)[\"db\"][1]\n");
        assertThat(why(new ArrayList<>(Arrays.asList(1, List.of(2, STREAM))))).contains("(java.util.ArrayList)[1][1]");
        assertThat(why(List.of(Map.of(7, STREAM)))).contains("(java.util.ImmutableCollections$List12)[0][7]");
        Func<Integer, Object> held = n -> m;
        assertThat(why(Arrays.asList("x", List.of(), held)))
                .contains("[2], lambda at * captures 'm' (java.util.HashMap)");
        assertThat(why(Set.of(new Closed()))).contains("[element]\n");
        assertThat(why(new HashMap<>(Map.of(new Closed(), 1)))).contains("(java.util.HashMap)[key]\n");
    }

    @Test
    void classesOfTheJdk_areWalkedThrough() {
        assertThat(why(new AtomicReference<>(STREAM)))
                .contains("(java.util.concurrent.atomic.AtomicReference).value\n");
        assertThat(why(new IllegalStateException("x", new Failing(STREAM))))
                .contains(".cause")
                .contains("held");
    }

    static final class Failing extends Exception {
        final Object held;

        Failing(Object held) {
            this.held = held;
        }
    }

    @Test
    void valuesThatAreSubstituted_areNotToBlame_butTheirPartsAre() {
        Map<String, Object> map = new HashMap<>(Map.of("k", STREAM));
        List<Object> root = new ArrayList<>();
        root.add(Optional.of(1));
        root.add(Path.of("x"));
        root.add(new ArrayList<>(List.of(1, 2, 3)).subList(0, 1));
        root.add(map.keySet());
        record Plain(String name, Object in) {}
        root.add(new Plain("x", null));
        root.add(new Plain("x", Optional.of(map.entrySet())));
        assertThat(why("item 17", root))
                .isEqualTo("cannot send item 17 out of this process: java.io.ByteArrayInputStream is not Serializable\n"
                        + "  path: item 17 (java.util.ArrayList)[5].in.get()[element].getValue()" + STREAM_FIX);
        assertThat(Diagnosis.explain("item 17", root, failure(root), object -> false))
                .as("what is substituted is the encoding's to say")
                .hasMessageContaining(
                        "java.util.Optional is not Serializable\n  path: item 17 (java.util.ArrayList)[0]");
    }

    @Test
    void culpritThatTheFailureNames_isPreferredToOthers() {
        List<Object> root = List.of(new Closed(), STREAM);
        Throwable why = new IOException(
                "wrapped", new NotSerializableException(STREAM.getClass().getName()));
        assertThat(Diagnosis.explain("item 3", root, why)).hasMessageContaining("ByteArrayInputStream is not");
    }

    @Test
    void anonymousClass_keepsItsOuterObject() {
        Func<Integer, Object> task = new Func<>() {
            @Override
            public Object apply(Integer n) {
                return n;
            }
        };
        assertThat(why(task))
                .isEqualTo("cannot send the task out of this process: " + DiagnosisTest.class.getName()
                        + " is not Serializable\n  path: the task ("
                        + task.getClass().getName() + ").this$0 ("
                        + DiagnosisTest.class.getName()
                        + ")\n  fix: an anonymous, local or inner class keeps the object"
                        + " in which it was created, even if it does not use it. Write a lambda, or make it a static"
                        + " nested class or a record, or let DiagnosisTest implement java.io.Serializable.");
    }

    private static Func<Integer, Object> anonymous(InputStream in) {
        return new Func<>() {
            @Override
            public Object apply(Integer n) {
                return in;
            }
        };
    }

    @Test
    void variable_thatAnAnonymousClassCaptures_isNamed() {
        Func<Integer, Object> task = anonymous(STREAM);
        assertThat(why(task)).contains("(" + task.getClass().getName() + ") captures 'in' (java.io.ByteArray");
    }

    @Test
    void lambdaWithinALambda_isNamedToo() {
        InputStream in = STREAM;
        Func<Integer, Object> inner = n -> in;
        Func<Integer, Object> outer = n -> inner.apply(n);
        assertThat(why(outer))
                .contains("lambda at * captures 'inner' (a lambda), lambda at * captures 'in' (java.io.ByteArray");
    }

    @Test
    void classOfTheUser_shallBeSerializable() {
        assertThat(why("the result of item 3", new Closed()))
                .isEqualTo("cannot send the result of item 3 out of this process: " + Closed.class.getName()
                        + " is not Serializable\n  path: the result of item 3 (" + Closed.class.getName()
                        + ")\n  fix: let DiagnosisTest$Closed implement java.io.Serializable, or return something that"
                        + " can be sent, such as a record.");
        assertThat(why(Stream.of(1))).contains("Send a list of its elements");
        assertThat(why("the result of item 3", STREAM)).contains("Return what is needed to build it");
        try (Pool pool = Pool.serial()) {
            Func<Integer, Object> task = n -> pool.submit(() -> n);
            assertThat(why(task)).contains("captures 'pool'").contains("Make one inside the task");
        }
    }

    @Test
    void recordInAClosedPackage_canBeOpened() {
        record Plain(int n) {}
        Object root = new Plain(1);
        assertThat(Diagnosis.explain("item 0", root, failure(root), object -> false))
                .hasMessageContaining("let DiagnosisTest$2Plain implement java.io.Serializable, or add `opens"
                        + " dev.cenote.internal.diagnosis to dev.cenote` to module-info.java");
    }

    static final class Refusing implements Serializable {
        private void writeObject(ObjectOutputStream out) throws IOException {
            throw new IllegalStateException("not me");
        }
    }

    @Test
    void objectThatRefuses_isNamedWithWhatItSays() {
        assertThat(why(List.of(1, new Refusing())))
                .contains(Refusing.class.getName()
                        + " does not let itself be sent: java.lang.IllegalStateException: not me\n"
                        + "  path: the task (java.util.ImmutableCollections$List12)[1]\n");
    }

    static final class Hostile implements Serializable {
        Object held = STREAM;

        @Override
        public int hashCode() {
            throw new IllegalStateException("hashCode");
        }

        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException("equals");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("toString");
        }
    }

    @Test
    void codeOfTheUser_isNotRun() {
        assertThat(why(new Object[] {new Hostile()})).contains("[0].held\n");
        IdentityHashMap<Object, Object> map = new IdentityHashMap<>();
        map.put(new Hostile(), new Closed());
        assertThat(why(map)).contains("not Serializable");
    }

    @Test
    void longPath_isCut() {
        Node last = new Node();
        Node first = last;
        for (int i = 0; i < 100; i++) {
            Node next = new Node();
            next.next = first;
            first = next;
        }
        last.value = STREAM;
        assertThat(why(first)).contains(".next.next ... (86 more) ... .next.").contains(".next.value\n");
    }

    @Test
    void chainThatIsTooDeep_isExplained() {
        Node first = new Node();
        for (int i = 0; i < 100_000; i++) {
            Node next = new Node();
            next.next = first;
            first = next;
        }
        assertThat(why(first))
                .isEqualTo("cannot send the task out of this process: it is nested too deeply (StackOverflowError)\n"
                        + "  fix: send a flat list instead of a chain of thousands of objects.");
    }

    @Test
    void failureWithoutACulprit_isToldPlainly() {
        assertThat(Diagnosis.explain("item 1", "text", new IOException("disk full")))
                .hasMessage("cannot send item 1 out of this process: java.io.IOException: disk full");
        assertThat(Diagnosis.explain("item 1", null, new NotSerializableException("x.Y")))
                .hasMessage("cannot send item 1 out of this process: x.Y is not Serializable");
        Exception silent = new RuntimeException() {
            @Override
            public String getMessage() {
                throw new IllegalStateException();
            }
        };
        assertThat(Diagnosis.explain("item 1", 1, silent))
                .hasMessageContaining(silent.getClass().getName());
        Throwable broken = Diagnosis.explain("item 1", new Closed(), new NotSerializableException("x"), object -> {
            throw new IllegalStateException("predicate");
        });
        assertThat(broken).hasMessage("cannot send item 1 out of this process: x is not Serializable");
    }

    @Test
    void sentenceOfTheEncoding_isKept_andTheCulpritFound() {
        Func<Integer, Object> returned = n -> n;
        String text = "a task may not return a lambda; this one was written in " + DiagnosisTest.class.getName();
        assertThat(Diagnosis.explain("the result of item 3", List.of(1, returned), new NotSerializableException(text))
                        .getMessage()
                        .replaceAll("DiagnosisTest.java:\\d+", "*"))
                .isEqualTo("cannot send the result of item 3 out of this process: " + text
                        + "\n  path: the result of item 3 (java.util.ImmutableCollections$List12)[1], lambda at *"
                        + "\n  fix: send what is needed to build it, and build it on the other side.");
        assertThat(Diagnosis.explain("item 1", "text", new NotSerializableException("a value of 5 GB")))
                .hasMessage("cannot send item 1 out of this process: a value of 5 GB");
    }

    @Test
    void hiddenClass_isExplained() throws Exception {
        byte[] file = DiagnosisTest.class
                .getResourceAsStream("DiagnosisTest$Node.class")
                .readAllBytes();
        Class<?> hidden = MethodHandles.lookup().defineHiddenClass(file, false).lookupClass();
        var constructor = hidden.getDeclaredConstructor();
        constructor.setAccessible(true);
        Object root = Map.of("x", constructor.newInstance());
        Throwable why = null;
        try {
            new Exports().write(new WireWriter(), hidden);
        } catch (UnnamedClassException e) {
            why = e;
        }
        assertThat(Diagnosis.explain("item 5", root, new RuntimeException(why)))
                .hasMessageContaining(
                        "is a hidden class, and hidden classes cannot be found by name in another process")
                .hasMessageContaining("path: item 5 (java.util.ImmutableCollections$Map1)[\"x\"]");
    }

    @Test
    void namesThatWereNotCompiledIn_areNumbers(@TempDir Path folder) throws Exception {
        Compiled.with(List.of("-g:lines,source"), """
                        public class Bare {
                            public static dev.cenote.Func<Integer, Object> task(String a, java.io.InputStream in) {
                                return n -> a + in;
                            }
                            public dev.cenote.Func<Integer, Object> own(int a) {
                                return n -> a + toString();
                            }
                        }""").into(folder);
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            Class<?> bare = loader.loadClass("Bare");
            Object task =
                    bare.getMethod("task", String.class, InputStream.class).invoke(null, "a", STREAM);
            assertThat(why(task)).contains("lambda at Bare.java:3 captures value #2 (java.io.ByteArrayInputStream)");
            Object own = bare.getMethod("own", int.class)
                    .invoke(bare.getDeclaredConstructor().newInstance(), 1);
            assertThat(why(own)).contains("lambda at Bare.java:6 captures 'this' (Bare)");
        }
    }

    @Test
    void comparator_ofTheJdk_isWalkedThrough() {
        Comparator<String> c = Comparator.comparing(String::strip);
        Func<Integer, Object> task = n -> c;
        assertThat(why(task)).contains("captures 'c' (a lambda), ").contains("a lambda that is a java.util.function.");
    }

    @Test
    void sourceLauncher_showsTheLine(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("Example.java"), """
                public class Example {
                    int factor = 3;
                    void main() {
                        dev.cenote.Func<Integer, Object> task = n -> n * factor;
                        IO.println(dev.cenote.internal.diagnosis.Diagnosis.explain("the task", task, new java.io.NotSerializableException("Example")).getMessage());
                    }
                }
                """);
        assertThat(Program.run(folder, "", "java", "Example.java").lines())
                .containsExactly(
                        "cannot send the task out of this process: Example is not Serializable",
                        "  path: lambda at Example.java:4 captures 'this' (Example)",
                        "  code: dev.cenote.Func<Integer, Object> task = n -> n * factor;",
                        "  fix: the task uses a field or method of the enclosing object. Copy what it needs into a local"
                                + " variable before the lambda, or make the method static, or let Example implement"
                                + " java.io.Serializable.");
    }
}
