// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Pool;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.classes.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Worker processes that end in order: quickly, completely, and whatever tasks have left behind.
@Timeout(60)
class EndInOrderTest {

    /// A JVM that ends waits this long for threads inside a system call.
    private static final long NATIVE_WAIT_MILLIS = 300;

    @TempDir
    private Path folder;

    @Test
    void idleWorkers_areNotWaitedForLongerThanTheirJvmsNeed() {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) { // the machine may have other things to do
            Pool pool = Pool.processes(2);
            var _ = pool.submit(() -> 1);
            pool.submit(() -> 2).join();
            long start = System.nanoTime();
            pool.close();
            best = Math.min(best, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        }
        assertThat(best).isLessThan(NATIVE_WAIT_MILLIS);
    }

    @Test
    void exitByTask_isNotDelayed() {
        long best = Long.MAX_VALUE;
        try (Pool pool = Pool.processes(1)) {
            for (int i = 0; i < 4; i++) {
                pool.submit(() -> 1).join();
                long start = System.nanoTime();
                assertThatThrownBy(() -> pool.submit(() -> System.exit(3)).join())
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                WorkerDiedException.class,
                                e -> assertThat(e.exitCode()).isEqualTo(3));
                best = Math.min(best, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            }
        }
        assertThat(best).isLessThan(NATIVE_WAIT_MILLIS);
    }

    @Test
    void programThatUsedAPool_endsAtOnce() throws Exception {
        Files.writeString(folder.resolve("Quick.java"), """
                import dev.cenote.*;

                void main() {
                    try (Pool pool = Pool.processes(2)) {
                        IO.println(pool.map(Range.of(0, 4), n -> n * n));
                    }
                    IO.println(System.currentTimeMillis());
                }
                """);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            List<String> lines =
                    Program.run(folder, "", "java", "Quick.java").lines().toList();
            long end = System.currentTimeMillis();
            assertThat(lines.getFirst()).isEqualTo("[0, 1, 4, 9]");
            best = Math.min(best, end - Long.parseLong(lines.getLast()));
        }
        assertThat(best).isLessThan(NATIVE_WAIT_MILLIS);
    }

    @Test
    void lastWords_areDeliveredBeforeCloseReturns() {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        try (Pool pool = Pool.processes(c -> c.workers(1).output((worker, line) -> lines.add(line)))) {
            pool.submit(() -> Runtime.getRuntime().addShutdownHook(new Thread(EndInOrderTest::sayMuch)))
                    .join();
        }
        assertThat(lines).hasSize(500).last().isEqualTo("last words 499");
    }

    private static void sayMuch() {
        for (int i = 0; i < 500; i++) {
            System.out.println("last words " + i);
        }
    }

    @Test
    void shutdownHook_canLoadClassesOfTheParent() throws Exception {
        Files.writeString(folder.resolve("Hook.java"), """
                import dev.cenote.*;

                static class Words {
                    static String last() { return "last words"; }
                }

                void main() {
                    try (Pool pool = Pool.processes(1)) {
                        pool.submit(() -> Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                            try {
                                String name = "Hook$Wor" + "ds"; // so that nothing says before that it is needed
                                Class<?> words = Class.forName(name, true, Thread.currentThread().getContextClassLoader());
                                var last = words.getDeclaredMethod("last");
                                last.setAccessible(true);
                                System.out.println(last.invoke(null));
                            } catch (Throwable e) {
                                e.printStackTrace();
                            }
                        }))).join();
                    }
                }
                """);
        assertThat(Program.run(folder, "", "java", "Hook.java")).contains("last words");
    }

    @Test
    void threadsLeftBehind_doNotKeepAWorker() {
        ProcessHandle worker;
        try (Pool pool = Pool.processes(1)) {
            long pid = pool.submit(() -> {
                        new Thread(() -> {
                                    try {
                                        Thread.sleep(Long.MAX_VALUE); // subject: a thread that never ends
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                })
                                .start();
                        return ProcessHandle.current().pid();
                    })
                    .join();
            worker = ProcessHandle.of(pid).orElseThrow();
        }
        assertThat(worker.isAlive()).isFalse();
    }
}
