// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Func;
import dev.cenote.NotShippableException;
import dev.cenote.internal.classes.ImplicitClass;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The object of a compact source file.
class ImplicitClassTest {

    @TempDir
    private static Path folder;

    private static URLClassLoader loader;

    @BeforeAll
    static void compileAndLoad() throws IOException {
        Sources sources = new Sources(folder);
        sources.add("Compact.java", """
                int base = 3;
                final String fixed = new String("fixed");
                transient int unsent = 5;
                int[] self = {1};
                void main() {}
                int plus(int n) { self[0]++; return n + base + unsent; }
                dev.cenote.Func<Integer, Integer> function() { return n -> plus(n); }
                """);
        sources.add("Looks.java", "final class Looks { public Looks() {} void main() {} }");
        sources.add("Plain.java", "final class Plain { }");
        loader = new URLClassLoader(
                new URL[] {sources.compile().toUri().toURL()}, ImplicitClassTest.class.getClassLoader());
    }

    @AfterAll
    static void close() throws IOException {
        loader.close();
    }

    private final ValueCodec parent = new ValueCodec(new Wires.Names(loader), Side.PARENT, Wires.EXPLAINER);
    private final ValueCodec worker = new ValueCodec(new Wires.Names(loader), Side.WORKER, Wires.EXPLAINER);

    private static Object compact() throws ReflectiveOperationException {
        var constructor = Class.forName("Compact", true, loader).getDeclaredConstructor();
        constructor.setAccessible(true);
        Object made = constructor.newInstance();
        field(made, "base").set(made, 10);
        field(made, "unsent").set(made, 6);
        return made;
    }

    private static Field field(Object object, String name) throws ReflectiveOperationException {
        Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    @SuppressWarnings("unchecked")
    private static Func<Integer, Integer> function(Object compact) throws ReflectiveOperationException {
        Method method = compact.getClass().getDeclaredMethod("function");
        method.setAccessible(true);
        return (Func<Integer, Integer>) method.invoke(compact);
    }

    @Test
    void function_takesTheObjectAlong_asItIsNow() throws Exception {
        Object compact = compact();
        @SuppressWarnings("unchecked")
        Func<Integer, Integer> sent = (Func<Integer, Integer>) Wires.pass(parent, worker, function(compact));
        assertThat(sent.apply(100)).isEqualTo(100 + 10 + 5);
        assertThat((int[]) field(compact, "self").get(compact))
                .as("of this side")
                .containsExactly(1);
    }

    @Test
    void object_isSharedAmongThoseThatShareIt() throws Exception {
        Object compact = compact();
        Object[] sent = (Object[]) Wires.pass(parent, worker, new Object[] {compact, compact});
        assertThat(sent[0]).isNotSameAs(compact).isSameAs(sent[1]);
        assertThat(field(sent[0], "fixed").get(sent[0])).isEqualTo("fixed");
    }

    @Test
    void object_doesNotComeFromAWorker() throws Exception {
        Object compact = compact();
        assertThatThrownBy(() -> Wires.bytes(worker, compact)).isInstanceOf(NotShippableException.class);
        byte[] forged = Wires.bytes(parent, compact);
        assertThatThrownBy(() -> Wires.read(parent, forged))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a task may not return the object of a compact source file");
    }

    @Test
    void classesThatSomebodyWrote_areNotMistaken() throws Exception {
        assertThat(ImplicitClass.is(Class.forName("Compact", false, loader))).isTrue();
        assertThat(ImplicitClass.is(Class.forName("Looks", false, loader))).isFalse();
        assertThat(ImplicitClass.is(Class.forName("Plain", false, loader))).isFalse();
        assertThat(ImplicitClass.is(String.class)).isFalse();
        assertThat(ImplicitClass.is(int.class)).isFalse();
        assertThat(ImplicitClass.is(Object.class)).isFalse();
    }
}
