// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.NotShippableException;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Classes of a program in a module of its own, with one package that is exported, one that is open, and one that is
/// neither.
class ClosedModuleTest {

    @TempDir
    private static Path folder;

    private static ClassLoader loader;

    @BeforeAll
    static void compileAndLoad() throws IOException {
        Sources sources = new Sources(folder);
        sources.add("module-info.java", "module app { exports app.api; opens app.open; }");
        sources.add("app/api/Shown.java", "package app.api; public record Shown(int a, String b, double c) {}");
        sources.add("app/inner/Hidden.java", "package app.inner; public record Hidden(int a, String b) {}");
        sources.add(
                "app/inner/Saved.java",
                "package app.inner; public record Saved(int a) implements java.io.Serializable {}");
        sources.add("app/inner/Color.java", "package app.inner; public enum Color { RED }");
        sources.add("app/open/Reachable.java", "package app.open; record Reachable(int a, Object b) {}");
        sources.add(
                "app/api/Text.java",
                "package app.api; public interface Text<T> extends"
                        + " java.util.function.Function<T, String>, java.io.Serializable {}");
        sources.add("app/open/Made.java", """
                package app.open;
                public class Made {
                    public static Object reachable() { return new Reachable(1, "x"); }
                    public static Object first() { app.api.Text<String> f = Object::toString; return f; }
                    public static Object second() { app.api.Text<Integer> f = Object::toString; return f; }
                    public static Object lambda() { int n = 2; app.api.Text<Integer> f = x -> "sum" + (x + n); return f; }
                }""");
        sources.add("app/api/Made.java", """
                package app.api;
                import app.inner.*;
                public class Made {
                    public static Object shown() { return new Shown(1, "x", 2.5); }
                    public static Object hidden() { return new Hidden(1, "x"); }
                    public static Object saved() { return new Saved(1); }
                    public static Object color() { return Color.RED; }
                    public static Object lambda() { Text<Integer> f = x -> "sum" + x; return f; }
                }""");
        Path classes = sources.compile();
        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration =
                boot.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("app"));
        loader = boot.defineModulesWithOneLoader(configuration, ClosedModuleTest.class.getClassLoader())
                .findLoader("app");
    }

    private final ValueCodec parent = new ValueCodec(new Wires.Names(loader), Side.PARENT, Wires.EXPLAINER);
    private final ValueCodec worker = new ValueCodec(new Wires.Names(loader), Side.WORKER, Wires.EXPLAINER);

    private static Object make(String what) throws ReflectiveOperationException {
        return Class.forName("app.api.Made", true, loader).getMethod(what).invoke(null);
    }

    /// Of the open package: its methods are public, but it is not exported.
    private static Object makeOpen(String what) throws ReflectiveOperationException {
        var method = Class.forName("app.open.Made", true, loader).getMethod(what);
        method.setAccessible(true);
        return method.invoke(null);
    }

    private Object toWorker(Object value) {
        return Wires.pass(parent, worker, value);
    }

    /// A public record by its public methods; serializable ones and enums by the means of the JDK.
    @ParameterizedTest
    @ValueSource(strings = {"shown", "saved", "color"})
    void valueOfAClosedPackage_travelsIfThereIsAWay(String what) throws Exception {
        Object value = make(what);
        assertThat(toWorker(value)).isEqualTo(value);
        assertThat(toWorker(List.of(value, value))).isEqualTo(List.of(value, value));
        List<Object> graph = Collections.synchronizedList(new ArrayList<>(List.of(value)));
        assertThat(toWorker(graph)).isEqualTo(graph);
    }

    @Test
    void recordOfAClosedPackage_isRefusedWithTheRemedy() throws Exception {
        Object hidden = make("hidden");
        for (Object value : List.of(hidden, List.of(hidden))) {
            assertThatThrownBy(() -> toWorker(value))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageContaining(
                            "let Hidden implement java.io.Serializable, or add `opens app.inner to dev.cenote`")
                    .hasMessageContaining("to the module app");
        }
    }

    @Test
    void recordOfAnOpenPackage_travels() throws Exception {
        Object reachable = makeOpen("reachable");
        assertThat(toWorker(reachable)).isEqualTo(reachable);
    }

    @Test
    void functionsOfAnOpenPackage_travel() throws Exception {
        assertThat(apply(toWorker(makeOpen("first")), "a")).isEqualTo("a");
        assertThat(apply(toWorker(makeOpen("second")), 7)).isEqualTo("7");
        assertThat(apply(toWorker(makeOpen("lambda")), 3)).isEqualTo("sum5");
    }

    /// In a worker every package of the program is open to this library; it says so when that was forgotten.
    @Test
    void functionOfAClosedPackage_isSentButCannotBeLinkedWhereItIsClosed() throws Exception {
        byte[] bytes = Wires.bytes(parent, make("lambda"));
        assertThatThrownBy(() -> Wires.read(worker, bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("of app.api.Made cannot be linked here")
                .hasMessageContaining("module app does not open app.api");
    }

    @SuppressWarnings("unchecked")
    private static Object apply(Object function, Object argument) {
        return ((Function<Object, Object>) function).apply(argument);
    }
}
