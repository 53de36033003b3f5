// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Worker;
import dev.cenote.internal.classes.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pools inside worker processes.
@Timeout(60)
class NestedPoolTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual", "processes"})
    void poolOfAnyEngine_worksInAWorker(String engine) {
        try (Pool pool = Pool.processes(1)) {
            List<String> results = pool.submit(() -> {
                        try (Pool inner = Pool.of(engine, c -> c.name("inner"))) {
                            String outer = Worker.current().pool();
                            return inner.map(
                                    Range.of(0, 3),
                                    n -> n * n + " " + outer + " "
                                            + Worker.current().pool());
                        }
                    })
                    .join();
            assertThat(results)
                    .containsExactly(
                            "0 " + pool.name() + " inner",
                            "1 " + pool.name() + " inner",
                            "4 " + pool.name() + " inner");
        }
    }

    @Test
    void poolAsTheStateOfAWorker_isClosedByItsExitFunction() {
        Pool pool = Pool.processes(c -> c.workers(1)
                .initializer(() -> Pool.processes(1))
                .exit(() -> {
                    Pool inner = Worker.current().state(Pool.class);
                    inner.close();
                    return inner.isTerminated();
                }));
        try (pool) {
            assertThat(pool.map(
                            List.of(1, 2),
                            n -> Worker.current()
                                    .state(Pool.class)
                                    .submit(() -> 10 * n)
                                    .join()))
                    .containsExactly(10, 20);
        }
        assertThat(pool.exitResults().toArray()).containsExactly(true);
    }

    /// {@return the process of a worker of a pool that is left open in a worker of the pool}
    private static ProcessHandle grandchild(Pool pool) {
        long pid = pool.submit(() -> {
                    Pool inner = Pool.processes(1);
                    return inner.submit(() -> ProcessHandle.current().pid()).join();
                })
                .join();
        return ProcessHandle.of(pid).orElseThrow();
    }

    @Test
    void closingTheOuterPool_endsThePoolsInItsWorkers() {
        ProcessHandle grandchild;
        try (Pool pool = Pool.processes(1)) {
            grandchild = grandchild(pool);
            assertThat(grandchild.isAlive()).isTrue();
        }
        await().until(() -> !grandchild.isAlive());
    }

    @Test
    void killedWorker_takesThePoolsInItAlong() throws IOException {
        String begun = folder.resolve("begun").toString();
        try (Pool pool = Pool.processes(1)) {
            ProcessHandle grandchild = grandchild(pool);
            CompletableFuture<?> job = pool.submit(() -> {
                Files.createFile(Path.of(begun));
                Thread.sleep(Long.MAX_VALUE); // subject: a task that never ends
            });
            await().until(() -> Files.exists(Path.of(begun)));
            long worker = grandchild.parent().orElseThrow().pid();
            job.cancel(true);
            await().until(() -> !grandchild.isAlive());
            await().until(() -> !hasFiles(Path.of("/dev/shm"), worker) && !hasFiles(Path.of("/tmp"), worker));
            assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        }
    }

    private static boolean hasFiles(Path where, long pid) throws IOException {
        if (!Files.isDirectory(where)) {
            return false;
        }
        try (Stream<Path> all = Files.list(where)) {
            return all.anyMatch(file -> file.getFileName().toString().startsWith("cenote-" + pid + "-"));
        }
    }

    private static int fail() {
        throw new IllegalStateException("far away");
    }

    @Test
    void exceptionFromTwoProcessesAway_comesAsItself() {
        try (Pool pool = Pool.processes(1)) {
            assertThatThrownBy(() -> pool.map(List.of(1), n -> {
                        try (Pool inner = Pool.processes(c -> c.workers(1).name("inner"))) {
                            return inner.map(List.of(n), k -> fail());
                        }
                    }))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("far away")
                    .satisfies(e -> assertThat(Arrays.stream(e.getStackTrace()).map(StackTraceElement::getMethodName))
                            .contains("fail"));
        }
    }

    /// The classes are in the memory of the first process, so those of the second have them from there, and those of
    /// the third from the second.
    @Test
    void classesOfASourceFile_reachTheWorkersOfWorkers() throws Exception {
        Files.writeString(folder.resolve("Deep.java"), """
                import dev.cenote.*;
                import java.util.List;

                record Point(int x, int depth) {}

                static class Late {
                    static Point point(int x, int depth) { return new Point(x, depth); }
                }

                static List<Point> points(int depth, int x) {
                    if (depth == 0) {
                        return List.of(Late.point(x, ProcessHandle.current().parent().isPresent() ? 1 : 0));
                    }
                    try (Pool pool = Pool.processes(1)) {
                        return pool.submit(() -> points(depth - 1, x + 1)).join();
                    }
                }

                void main() {
                    IO.println(points(1, 0));
                    IO.println(points(2, 0));
                    IO.println(points(3, 0));
                    try (Pool pool = Pool.processes(1)) {
                        IO.println(pool.submit(() -> {
                            ChildProcess<Point> child = ChildProcess.start(() -> Late.point(7, 7));
                            return child.result().join();
                        }).join());
                    }
                }
                """);
        assertThat(Program.run(folder, "", "java", "Deep.java").lines())
                .containsExactly(
                        "[Point[x=1, depth=1]]",
                        "[Point[x=2, depth=1]]",
                        "[Point[x=3, depth=1]]",
                        "Point[x=7, depth=7]");
    }
}
