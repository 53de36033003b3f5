// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.internal.classes.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The pool that a program need not make and cannot end.
@Timeout(60)
class SharedPoolTest {

    @TempDir
    private Path folder;

    @Test
    void sharedPool_isOneWarmPoolOfProcesses() {
        Pool pool = Pool.shared();
        assertThat(Pool.shared()).isSameAs(pool);
        assertThat(pool.engine()).isEqualTo("processes");
        assertThat(pool.name()).isEqualTo("shared");
        assertThat(pool.workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(pool.map(Range.of(0, 4), n -> n * n)).containsExactly(0, 1, 4, 9);
        long pid = pool.submit(() -> ProcessHandle.current().pid()).join();
        assertThat(pid).isNotEqualTo(ProcessHandle.current().pid());
    }

    @Test
    void sharedPool_cannotBeEnded() {
        Pool pool = Pool.shared();
        assertThatThrownBy(pool::close)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith("close() on Pool.shared(), which everything in this program may be using")
                .hasMessageContaining("Pool.processes()");
        assertThatThrownBy(() -> pool.close(Duration.ZERO)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(pool::shutdown)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith("shutdown() on");
        assertThatThrownBy(pool::shutdownNow)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith("shutdownNow() on");
        assertThat(pool.isShutdown()).isFalse();
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
    }

    @Test
    void sharedPoolOfAWorker_isTheWorkersOwn() {
        List<Long> pids = Pool.shared()
                .submit(() -> {
                    long mine = ProcessHandle.current().pid();
                    return Pool.shared()
                            .submit(() -> List.of(
                                    mine,
                                    ProcessHandle.current()
                                            .parent()
                                            .orElseThrow()
                                            .pid()))
                            .join();
                })
                .join();
        assertThat(pids.getFirst())
                .isEqualTo(pids.getLast())
                .isNotEqualTo(ProcessHandle.current().pid());
    }

    @Test
    void sharedPoolInAField_neitherKeepsTheProgramNorStartsProcessesInWorkers() throws Exception {
        Files.writeString(folder.resolve("Field.java"), """
                import dev.cenote.*;

                static final Pool POOL = Pool.shared();

                static int square(int n) { return n * n; }

                void main() {
                    IO.println(POOL.map(Range.of(0, 4), n -> square(n)));
                    IO.println(POOL.submit(() -> ProcessHandle.current().children().count()).join());
                }
                """);
        assertThat(Program.run(folder, "", "java", "Field.java").lines()).containsExactly("[0, 1, 4, 9]", "0");
    }

    @Test
    void useInAStaticInitializer_isRefusedInWorkersOnly() throws Exception {
        Files.writeString(folder.resolve("Initializer.java"), """
                import dev.cenote.*;

                static class Other {
                    static long ask() { return Pool.shared().submit(() -> 42L).join(); }
                }

                static class Loaded {
                    static final long VALUE = Other.ask();
                }

                void main() {
                    IO.println(Loaded.VALUE);
                    try {
                        Pool.shared().submit(() -> Loaded.VALUE).join();
                    } catch (Exception e) {
                        Throwable cause = e;
                        while (cause.getCause() != null) {
                            cause = cause.getCause();
                        }
                        IO.println(cause.getMessage());
                    }
                }
                """);
        assertThat(Program.run(folder, "", "java", "Initializer.java").lines().toList())
                .hasSize(2)
                .startsWith("42")
                .last()
                .asString()
                .startsWith("pool \"shared\" is used in a static initializer");
    }

    @Test
    void sharedPoolThatCouldNotStartAWorker_isFollowedByAnother() throws Exception {
        Files.writeString(folder.resolve("Again.java"), """
                import dev.cenote.*;

                void main() {
                    String folder = System.setProperty("java.io.tmpdir", "/does/not/exist");
                    Pool first = Pool.shared();
                    try {
                        first.submit(() -> 1).join();
                    } catch (Exception e) {
                        IO.println(e.getCause().getClass().getSimpleName());
                    }
                    System.setProperty("java.io.tmpdir", folder);
                    IO.println(Pool.shared().submit(() -> 2).join());
                    IO.println(Pool.shared() == first);
                }
                """);
        assertThat(Program.run(folder, "", "java", "Again.java").lines()).contains("BrokenPoolException", "2", "false");
    }
}
