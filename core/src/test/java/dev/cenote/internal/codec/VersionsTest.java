// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The two sides have different versions of a class, because the class path was changed while the program ran.
class VersionsTest {

    @TempDir
    private static Path folder;

    private static ClassLoader before;
    private static ClassLoader after;

    @BeforeAll
    static void compileAndLoad() throws IOException {
        before = version("before", "int a, String b", "int x", "RED, GREEN", "");
        after = version("after", "String b, int a", "long x", "GREEN, BLUE", "public void other() {}");
    }

    private static ClassLoader version(String name, String components, String field, String colors, String method)
            throws IOException {
        Sources sources = new Sources(folder.resolve(name));
        sources.add("Pair.java", "public record Pair(" + components + ") {}");
        sources.add(
                "Saved.java",
                "public record Saved(" + components + ", Object " + field.charAt(0)
                        + ") implements java.io.Serializable {}");
        sources.add("Color.java", "public enum Color { " + colors + " }");
        sources.add(
                "Fixed.java",
                "public class Fixed implements java.io.Serializable {"
                        + " private static final long serialVersionUID = 1L; private " + field + "; }");
        sources.add("Free.java", "public class Free implements java.io.Serializable { " + method + "}");
        return loader(sources.compile());
    }

    private static ClassLoader loader(Path classes) throws MalformedURLException {
        return new URLClassLoader(new URL[] {classes.toUri().toURL()}, VersionsTest.class.getClassLoader());
    }

    private static Object make(String name, Object... arguments) throws ReflectiveOperationException {
        Constructor<?> constructor = Class.forName(name, true, before).getConstructors()[0];
        return constructor.newInstance(arguments);
    }

    private static void assertRefused(Object value, String message) {
        ValueCodec from = new ValueCodec(new Wires.Names(before), Side.PARENT, Wires.EXPLAINER);
        ValueCodec to = new ValueCodec(new Wires.Names(after), Side.WORKER, Wires.EXPLAINER);
        List<Object> graph = Collections.synchronizedList(new ArrayList<>(List.of(value)));
        for (Object each : List.of(value, graph)) {
            byte[] bytes = Wires.bytes(from, each);
            assertThatThrownBy(() -> Wires.read(to, bytes))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(value.getClass().getName())
                    .hasMessageContaining(message);
        }
        assertThat(Wires.pass(from, from, graph)).isNotNull();
    }

    @Test
    void recordsWithOtherComponents_areTold() throws Exception {
        assertRefused(make("Pair", 1, "x"), "the components of this record differ");
        assertRefused(make("Saved", 1, "x", Thread.State.NEW), "differ between the pool's process and its worker");
    }

    @Test
    void enumsWithOtherConstants_areTold() throws Exception {
        Object red = Class.forName("Color", true, before).getEnumConstants()[0];
        assertRefused(red, "RED");
    }

    @Test
    void classesWithOtherFields_areTold() throws Exception {
        assertRefused(make("Fixed"), "the fields of the class differ");
    }

    @Test
    void classesWithAnotherVersion_areTold() throws Exception {
        assertRefused(make("Free"), "serialVersionUID");
    }
}
