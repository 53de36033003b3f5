// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The same program in every way in which users start one, as a process of its own with a whole pool: what it prints
/// must not depend on where its classes come from.
@Timeout(120)
class EnvironmentsTest {

    private static final String PROGRAM = """
            import dev.cenote.Pool;
            import dev.cenote.Range;
            import dev.cenote.TaskException;
            import java.util.List;
            import java.util.concurrent.Callable;
            import java.util.concurrent.ExecutionException;

            public class Main {

                record Plain(int number, String text) {}

                record Saved(int number, String text) implements java.io.Serializable {}

                enum Color { RED, GREEN }

                static class Odd extends Exception {
                    final int number;

                    Odd(int number) {
                        super("odd: " + number);
                        this.number = number;
                    }
                }

                public static void main(String[] args) {
                    long parent = ProcessHandle.current().pid();
                    int factor = 3;
                    Object lock = new Object();
                    Pool pool = Pool.processes(2);
                    try (pool) {
                        say("map", () -> pool.map(Range.of(0, 4), n -> n * factor));
                        say("elsewhere", () -> pool.map(List.of(1), n -> ProcessHandle.current().pid() != parent));
                        say("plain record", () -> pool.map(List.of("a"), text -> new Plain(factor, text)));
                        say("record", () -> pool.map(List.of(new Saved(1, "b")), it -> new Saved(it.number() + 1, it.text())));
                        say("enum", () -> pool.map(List.of(Color.RED), color -> color == Color.RED ? Color.GREEN : color));
                        say("method", () -> pool.imap(List.of(2, 4), Main::half).toList());
                        say("submit", () -> pool.submit(() -> 2 * factor).get());
                        say("thrown", () -> pool.map(List.of(2, 3), Main::half));
                        say("thrown by a job", () -> pool.submit(() -> half(5)).get());
                        say("captured", () -> pool.map(List.of(1), n -> lock.hashCode()));
                    }
                    say("closed", () -> pool.submit(() -> 1).get());
                }

                static int half(int n) throws Odd {
                    if (n % 2 == 1) {
                        throw new Odd(n);
                    }
                    return n / 2;
                }

                static void say(String what, Callable<?> action) {
                    String said;
                    try {
                        said = action.call().toString();
                    } catch (TaskException | ExecutionException e) {
                        said = e.getCause() instanceof Odd odd ? "Odd with " + odd.number : e.toString();
                    } catch (Exception e) {
                        said = e.getClass().getSimpleName() + ": " + e.getMessage();
                    }
                    System.out.println(what + ": " + said);
                }
            }
            """;

    private static final String MODULE = "module app { requires dev.cenote; }";

    @TempDir
    private Path folder;

    /// All that a program prints when everything travels.
    private static void assertWorks(List<String> lines) {
        assertWorks(lines, "[Plain[number=3, text=a]]");
    }

    private static void assertWorks(List<String> lines, String plainRecord) {
        assertThat(lines)
                .filteredOn(line -> !line.startsWith("  "))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("map: [0, 3, 6, 9]"),
                        line -> assertThat(line).isEqualTo("elsewhere: [true]"),
                        line -> assertThat(line).startsWith("plain record: ").contains(plainRecord),
                        line -> assertThat(line).isEqualTo("record: [Saved[number=2, text=b]]"),
                        line -> assertThat(line).isEqualTo("enum: [GREEN]"),
                        line -> assertThat(line).isEqualTo("method: [1, 2]"),
                        line -> assertThat(line).isEqualTo("submit: 6"),
                        line -> assertThat(line).isEqualTo("thrown: Odd with 3"),
                        line -> assertThat(line).isEqualTo("thrown by a job: Odd with 5"),
                        line -> assertThat(line)
                                .isEqualTo("captured: NotShippableException: cannot send the task out of this process:"
                                        + " java.lang.Object is not Serializable"),
                        line -> assertThat(line)
                                .startsWith("closed: RejectedExecutionException: pool ")
                                .endsWith(" is shut down and takes no more work"));
        assertThat(lines)
                .anySatisfy(line -> assertThat(line).startsWith("  path: lambda at Main.java:"))
                .anySatisfy(line -> assertThat(line).startsWith("  fix: this Object belongs to this process."));
    }

    /// Its classes exist in the memory of that JVM alone.
    @Test
    void sourceLauncher() throws Exception {
        Path source = Started.write(folder.resolve("Main.java"), PROGRAM);
        assertWorks(Started.run(
                folder,
                "",
                List.of(Started.launcher("java"), "-cp", Started.library().toString(), source.toString())));
    }

    @Test
    void sourceLauncher_ofACompactSourceFileWithTwoFiles() throws Exception {
        Started.write(folder.resolve("Words.java"), "class Words { static String twice(String s) { return s + s; } }");
        Path source = Started.write(folder.resolve("Example.java"), """
                import dev.cenote.Func;
                import dev.cenote.Pool;

                record Word(String text) {}

                String end = "?";
                List<String> log = new ArrayList<>();

                void main() {
                    end = "!";
                    try (Pool pool = Pool.processes(1)) {
                        IO.println(pool.map(List.of("a", "b"), text -> new Word(Words.twice(text) + end)));
                        IO.println(pool.map(List.of("c"), text -> shout(text)));
                        IO.println(log);
                        IO.println(pool.submit(() -> shout("job")).join());
                        IO.println(pool.map(List.of(1), n -> { Func<String, String> f = text -> shout(text); return f.apply("inner"); }));
                    }
                }

                String shout(String text) {
                    log.add(text);
                    return text.toUpperCase() + end;
                }
                """);
        assertThat(Started.run(
                        folder,
                        "",
                        List.of(
                                Started.launcher("java"),
                                "-cp",
                                Started.library().toString(),
                                source.toString())))
                .containsExactly("[Word[text=aa!], Word[text=bb!]]", "[C!]", "[]", "JOB!", "[INNER!]");
    }

    /// Methods and variables at the top of such a file are those of an object that nobody wrote down.
    @Test
    void sourceLauncher_ofACompactSourceFileWithAPool() throws Exception {
        Path source = Started.write(folder.resolve("Example.java"), """
                import dev.cenote.NotShippableException;
                import dev.cenote.Pool;

                final Pool pool = Pool.processes(1);

                void main() {
                    try (pool) {
                        IO.println(pool.map(List.of(1), n -> twice(n)));
                    } catch (NotShippableException e) {
                        IO.println(e.getMessage());
                    }
                }

                int twice(int n) {
                    return 2 * n;
                }
                """);
        assertThat(Started.run(
                        folder,
                        "",
                        List.of(
                                Started.launcher("java"),
                                "-cp",
                                Started.library().toString(),
                                source.toString())))
                .contains(
                        "  path: lambda at Example.java:8 captures 'this' (Example).pool",
                        "  fix: a pool belongs to the process that made it. Make one inside the task, or use it outside.");
    }

    /// Jars inside a jar, whose classes only a loader of the program's own can read.
    @Test
    void fatJar() throws Exception {
        Path classes = folder.resolve("classes");
        Started.compile(
                classes,
                List.of("-cp", Started.library().toString()),
                Started.write(folder.resolve("src/app/Main.java"), "package app;\n" + PROGRAM));
        Path jar = FatJar.pack(folder.resolve("fat app.jar"), "app.Main", classes, Started.libraryJar());
        assertWorks(Started.run(folder, "", List.of(Started.launcher("java"), "-jar", jar.toString())));
    }

    /// Two further jars inside the jar: a class that only the task uses, a resource, and a provider of a service.
    @Test
    void fatJar_servesWhatTasksLookFor() throws Exception {
        Path words = folder.resolve("words");
        Started.compile(
                words,
                List.of(),
                Started.write(
                        folder.resolve("src/words/Words.java"),
                        "package words; public interface Words { String of(int n); }"),
                Started.write(folder.resolve("src/words/Latin.java"), """
                        package words;
                        public class Latin implements Words {
                            public String of(int n) { return List.NAMES[n]; }
                            static class List { static final String[] NAMES = {"nihil", "unus", "duo"}; }
                        }
                        """));
        Started.write(words.resolve("META-INF/services/words.Words"), "words.Latin\n");
        Started.write(words.resolve("words/greeting.txt"), "salve");
        Path classes = folder.resolve("classes");
        Started.compile(
                classes,
                List.of("-cp", Started.library() + File.pathSeparator + words),
                Started.write(folder.resolve("src/app/Main.java"), """
                        package app;

                        import dev.cenote.Pool;
                        import dev.cenote.Range;
                        import java.nio.charset.StandardCharsets;
                        import java.util.List;
                        import java.util.ServiceLoader;
                        import words.Words;

                        public class Main {
                            public static void main(String[] args) {
                                try (Pool pool = Pool.processes(1)) {
                                    System.out.println(pool.map(Range.of(0, 3), n ->
                                            ServiceLoader.load(Words.class).findFirst().orElseThrow().of(n)));
                                    System.out.println(pool.map(List.of("words/greeting.txt"), name -> {
                                        try (var in = Main.class.getClassLoader().getResourceAsStream(name)) {
                                            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                                        }
                                    }));
                                }
                            }
                        }
                        """));
        Path jar =
                FatJar.pack(folder.resolve("app.jar"), "app.Main", classes, Started.libraryJar(), Started.jar(words));
        assertThat(Started.run(folder, "", List.of(Started.launcher("java"), "-jar", jar.toString())))
                .containsExactly("[nihil, unus, duo]", "[salve]");
    }

    /// The usual way of packing without a loader: all classes in one jar.
    @Test
    void allInOneJar() throws Exception {
        Path classes = folder.resolve("classes");
        Started.compile(
                classes,
                List.of("-cp", Started.library().toString()),
                Started.write(folder.resolve("src/app/Main.java"), "package app;\n" + PROGRAM));
        Path jar = folder.resolve("app.jar");
        Path library = Files.write(folder.resolve("cenote.jar"), Started.libraryJar());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), Started.manifest("app.Main"))) {
            Started.add(out, "", classes);
            try (ZipFile zip = new ZipFile(library.toFile())) {
                for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                    if (entry.getName().startsWith("dev/cenote/") && !entry.isDirectory()) {
                        out.putNextEntry(new ZipEntry(entry.getName()));
                        zip.getInputStream(entry).transferTo(out);
                    }
                }
            }
        }
        assertWorks(Started.run(folder, "", List.of(Started.launcher("java"), "-jar", jar.toString())));
    }

    /// A module that opens and exports nothing. Only a record that is not `Serializable` cannot cross its border.
    @Test
    void modulePath() throws Exception {
        Path modules = compileModule();
        List<String> lines = Started.run(
                folder,
                "",
                List.of(
                        Started.launcher("java"),
                        "-p",
                        Started.library() + File.pathSeparator + modules,
                        "-m",
                        "app/app.Main"));
        assertWorks(lines, "add `opens app to dev.cenote` to the module app");
    }

    @Test
    void modulePath_withAnOpenPackage() throws Exception {
        Path modules = compileModule("module app { requires dev.cenote; opens app to dev.cenote; }");
        assertWorks(Started.run(
                folder,
                "",
                List.of(
                        Started.launcher("java"),
                        "-p",
                        Started.library() + File.pathSeparator + modules,
                        "-m",
                        "app/app.Main")));
    }

    /// An image has neither a class path nor a module path.
    @Test
    void imageOfJlink() throws Exception {
        assumeTrue(ToolProvider.findFirst("jlink").isPresent(), "this JDK has no jlink");
        Path modules = compileModule();
        Path image = folder.resolve("image");
        String problems = Started.tool(
                "jlink",
                List.of(
                        "--module-path",
                        Started.library() + File.pathSeparator + modules,
                        "--add-modules",
                        "app",
                        "--output",
                        image.toString()));
        assumeTrue(problems.isEmpty() || !mayLackModules(), "this JDK has no modules to link: " + problems);
        assertThat(problems).isEmpty();
        List<String> lines = Started.run(
                folder, "", List.of(image.resolve("bin").resolve("java").toString(), "-m", "app/app.Main"));
        assertWorks(lines, "add `opens app to dev.cenote` to the module app");
    }

    /// {@return whether the JDK came without its `jmods`, and so without what jlink links unless it was built for that}
    private static boolean mayLackModules() {
        return !Files.isDirectory(Path.of(System.getProperty("java.home"), "jmods"));
    }

    private Path compileModule() throws Exception {
        return compileModule(MODULE);
    }

    private Path compileModule(String declaration) throws Exception {
        Path modules = folder.resolve("modules");
        Started.compile(
                modules.resolve("app"),
                List.of("-p", Started.library().toString()),
                Started.write(folder.resolve("src/module-info.java"), declaration),
                Started.write(folder.resolve("src/app/Main.java"), "package app;\n" + PROGRAM));
        return modules;
    }

    /// Variables are static fields of classes that jshell makes, and change between two calls, as classes do.
    @Test
    void jshell() throws Exception {
        assertThat(ofJshell("""
                        import dev.cenote.*
                        void say(Object text) { System.out.println(text); }
                        Pool pool = Pool.processes(2)
                        int factor = 10
                        say(pool.map(Range.of(0, 3), n -> n * factor));
                        factor = 11;
                        say(pool.map(Range.of(0, 3), n -> n * factor));
                        record Answer(int number) {}
                        say(pool.map(List.of(1), n -> new Answer(n + factor)));
                        record Answer(int number, String text) {}
                        say(pool.map(List.of(1), n -> new Answer(n, "now with text")));
                        int helper(int n) { return n + factor; }
                        say(pool.map(List.of(1), n -> helper(n)));
                        int helper(int n) { return -n; }
                        say(pool.map(List.of(1), n -> helper(n)));
                        Func<Integer, Integer> kept = n -> helper(n)
                        int helper(int n) { return 1000 * n; }
                        say(pool.map(List.of(1), kept));
                        class Odd extends Exception { int number; Odd(int number) { this.number = number; } }
                        try { pool.map(List.of(3), n -> { throw new Odd(n); }); } catch (TaskException e) { say(e.getCause() instanceof Odd odd ? odd.number : e); }
                        say(pool.submit(() -> 2 * factor).get());
                        Object lock = new Object()
                        try { pool.map(List.of(1), n -> lock.hashCode()); } catch (NotShippableException e) { say(e.getMessage()); }
                        pool.close();
                        say(pool.isTerminated());
                        """))
                .containsExactly(
                        "[0, 10, 20]",
                        "[0, 11, 22]",
                        "[Answer[number=12]]",
                        "[Answer[number=1, text=now with text]]",
                        "[12]",
                        "[-1]",
                        "[1000]",
                        "3",
                        "22",
                        "cannot send the variable 'lock' out of this process: java.lang.Object is not Serializable",
                        "  path: the variable 'lock' (java.lang.Object)",
                        "  fix: this Object belongs to this process. Create it inside the task, or send what is needed"
                                + " to build it (a path, a URL, bytes).",
                        "true");
    }

    private List<String> ofJshell(String snippets, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Started.launcher("jshell"), "--class-path", Started.library().toString()));
        command.addAll(Stream.of(options).toList());
        command.addAll(List.of("-s", "-"));
        return Started.run(folder, snippets + "/exit\n", command);
    }

    /// With this option snippets run in the process of jshell itself.
    @Test
    void jshell_inItsOwnProcess() throws Exception {
        assertThat(ofJshell("""
                        import dev.cenote.*
                        int factor = 10
                        record Answer(int number) {}
                        try (Pool pool = Pool.processes(1)) { System.out.println(pool.map(Range.of(0, 2), n -> new Answer(n * factor))); }
                        """, "--execution", "local")).containsExactly("[Answer[number=0], Answer[number=10]]");
    }
}
