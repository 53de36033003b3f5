// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pools that are used in the static initializer of a class that their own tasks need: nobody else may use the class
/// until the initializer has ended, and that waits for the tasks. It must end, and say why.
@Timeout(90)
class StaticInitializerTest {

    private static final String MAIN = """
            import dev.cenote.Func;
            import dev.cenote.Pool;
            import java.util.List;

            public class Main {
                public static void main(String[] args) {
                    try {
                        System.out.println(Values.ALL);
                    } catch (ExceptionInInitializerError e) {
                        for (Throwable t = e; t != null; t = t.getCause()) {
                            if (t instanceof IllegalStateException) {
                                System.out.println(t.getMessage());
                            }
                        }
                    }
                }
            }

            class Values implements java.io.Serializable {
                static final List<Integer> ALL = compute();

                static List<Integer> compute() {
                    try (Pool pool = Pool.of("ENGINE", c -> c.workers(2).name("values"))) {
                        STATEMENT
                    }
                }

                static int square(int n) {
                    return n * n;
                }
            }

            class Other {
                static Func<Integer, Integer> squaring() {
                    return n -> n * n;
                }

                static Func<Object, Integer> one() {
                    return object -> 1;
                }
            }
            """;

    @TempDir
    private Path folder;

    private List<String> run(String engine, String statement) throws Exception {
        Path classes = folder.resolve("classes");
        Started.compile(
                classes,
                List.of("-cp", Started.library().toString()),
                Started.write(
                        folder.resolve("Main.java"),
                        MAIN.replace("ENGINE", engine).replace("STATEMENT", statement)));
        return Started.run(
                folder,
                "",
                List.of(Started.launcher("java"), "-cp", Started.library() + File.pathSeparator + classes, "Main"));
    }

    private static void assertWaitsForItself(List<String> lines) {
        assertThat(lines)
                .contains("pool \"values\": \"map\" waits for itself: it was called in the static initializer of"
                        + " Values, and its workers need that class, which no other thread may use before the"
                        + " initializer has ended; call it in main(), or where its results are needed");
    }

    @Test
    void itemsOfTheClass_onProcesses() throws Exception {
        assertWaitsForItself(run("processes", "return pool.map(List.of(new Values(), new Values()), Other.one());"));
    }

    @Test
    void codeOfTheClass_onThreads() throws Exception {
        assertWaitsForItself(run("threads", "return pool.map(List.of(1, 2), n -> n * n);"));
    }

    @Test
    void codeOfTheClass_inAFunctionOfTwo() throws Exception {
        assertWaitsForItself(run("threads", "return pool.map(List.of(1, 2), List.of(1, 2), (a, b) -> square(a) + b);"));
    }

    /// A worker process runs the initializer again when it loads the class, and refuses to start workers in turn.
    @Test
    void codeOfTheClass_onProcesses() throws Exception {
        assertThat(run("processes", "return pool.map(List.of(1, 2), n -> square(n));"))
                .first()
                .asString()
                .startsWith("pool \"values\" is used in a static initializer, which runs again in each worker that"
                        + " loads the class");
    }

    @Test
    void codeOfAnotherClass_isRun() throws Exception {
        assertThat(run("processes", "return pool.map(List.of(1, 2), Other.squaring());"))
                .containsExactly("[1, 4]");
        assertThat(run("threads", "return pool.map(List.of(1, 2), Other.squaring());"))
                .containsExactly("[1, 4]");
    }
}
