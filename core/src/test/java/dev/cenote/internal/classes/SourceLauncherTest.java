// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `java Example.java`: all classes are in memory.
class SourceLauncherTest {

    @TempDir
    private Path folder;

    @Test
    void lambda_isPushedWithAllThatItReaches() throws Exception {
        Files.writeString(folder.resolve("Example.java"), """
                import dev.cenote.Func;
                import dev.cenote.internal.classes.Link;

                record Point(int x, int y) {}
                enum Color { RED, GREEN }
                class Unused {}

                static int twice(int n) { return Deep.twice(n); }
                static class Deep { static int twice(int n) { return 2 * n; } }

                void main() throws Exception {
                    Link link = new Link();
                    int k = 3;
                    Func<Integer, Object> f = n -> new Point(twice(n), k) + " " + Color.values()[1];
                    Func<Integer, Object> twin = link.send(f);
                    IO.println("result " + twin.apply(21));
                    IO.println("other class " + (twin.getClass() != f.getClass()));
                    IO.println("asked " + link.asked + " globals " + link.globals);
                    Func<Integer, Object> reflective = n ->
                            Class.forName("Other", true, Thread.currentThread().getContextClassLoader()).getDeclaredConstructor().newInstance();
                    ClassLoader there = link.imports.loaderOf(link.exports.idOf(Thread.currentThread().getContextClassLoader()));
                    Thread.currentThread().setContextClassLoader(there);
                    IO.println("reflective " + link.send(reflective).apply(1) + " asked " + link.asked);
                    IO.println("source " + there.loadClass("Example$Point").getProtectionDomain().getCodeSource().getLocation());
                }
                """);
        Files.writeString(
                folder.resolve("Other.java"), "class Other { public String toString() { return \"by name\"; } }");
        assertThat(Program.run(folder, "", "java", "Example.java").lines())
                .containsExactly(
                        "result Point[x=42, y=3] GREEN",
                        "other class true",
                        "asked [] globals []",
                        "reflective by name asked [Other]",
                        "source " + folder.resolve("Example.java").toUri().toURL());
    }
}
