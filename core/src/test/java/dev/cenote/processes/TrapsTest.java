// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.BrokenPoolException;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.TaskTimeoutException;
import dev.cenote.WorkerDiedException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What child JVMs do to those who start them; `docs/traps.md` lists it all, with the tests of the rooms that hold the
/// rest.
@Timeout(60)
class TrapsTest {

    private static final String NO_SIGNALS = "Windows has no signals";

    @TempDir
    private Path folder;

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private void awaitFile(String name) {
        await().until(() -> Files.exists(folder.resolve(name)));
    }

    private static void sleepForEver() {
        while (true) {
            LockSupport.park();
        }
    }

    // output

    @Test
    @SuppressWarnings("SystemConsoleNull") // the output of the worker is what this is about
    void garbageOnStandardOutput_disturbsNothing() {
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        try (Pool pool = Pool.processes(c -> c.workers(1)
                .jvmArgs("-Xlog:gc", "-XX:+PrintCommandLineFlags")
                .output((worker, line) -> lines.add(line)))) {
            assertThat(pool.map(Range.of(0, 50), TrapsTest::printGarbage)).isEqualTo(numbers(0, 50));
            pool.submit(() -> {
                        System.out.close();
                        System.err.close();
                    })
                    .join();
            assertThat(pool.map(Range.of(0, 50), n -> n)).isEqualTo(numbers(0, 50));
            assertThat(pool.stats().restarts()).isZero();
        }
        assertThat(lines).anyMatch(line -> line.contains("Pause")).anyMatch(line -> line.contains("-XX:"));
    }

    private static int printGarbage(int n) throws IOException {
        byte[] garbage = new byte[5_000];
        new Random(n).nextBytes(garbage);
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        out.write(garbage);
        out.write('\n');
        System.gc();
        return n;
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = NO_SIGNALS)
    void threadDumpOnDemand_isOutputAsAnyOther() throws Exception {
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        try (Pool pool = Pool.processes(c -> c.workers(1).output((worker, line) -> lines.add(line)))) {
            signal("QUIT", pool.submit(TrapsTest::pid).join());
            await().until(() -> lines.stream().anyMatch(line -> line.contains("Full thread dump")));
            assertThat(pool.map(Range.of(0, 5), n -> n)).isEqualTo(numbers(0, 5));
        }
    }

    @Test
    void muchOutputBeforeTheHandshake_doesNotBlockTheStart() {
        try (Pool pool =
                Pool.processes(c -> c.workers(1).jvmArgs("-Xlog:class*=debug").output((worker, line) -> {}))) {
            assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        }
    }

    // deaths

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the program that is started is one of POSIX systems")
    void programThatHoldsThePipes_delaysNeitherTheReportNorTheEnd() throws Exception {
        String file = folder.resolve("program").toString();
        try (Pool pool = Pool.processes(1)) {
            CompletableFuture<?> job = pool.submit(() -> {
                Process program =
                        new ProcessBuilder("sleep", "1000").inheritIO().start();
                Files.writeString(Path.of(file), Long.toString(program.pid()));
                Runtime.getRuntime().halt(9);
            });
            assertThatThrownBy(job::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            WorkerDiedException.class,
                            e -> assertThat(e.exitCode()).isEqualTo(9));
            assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        }
        ProcessHandle program = ProcessHandle.of(Long.parseLong(Files.readString(Path.of(file))))
                .orElseThrow();
        assertThat(program.isAlive()).as("nothing had to wait for it").isTrue();
        program.destroyForcibly();
    }

    @Test
    void stuckShutdownHook_holdsUpTheEndForItsGraceOnly() {
        long pid;
        try (Pool pool = Pool.processes(1)) {
            pid = pool.submit(() -> {
                        Runtime.getRuntime().addShutdownHook(new Thread(TrapsTest::sleepForEver));
                        return pid();
                    })
                    .join();
        }
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void exitWithAStuckShutdownHook_isEndedByTheLimitOfItsItem() {
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Integer, Integer>> outcomes = pool.with(o -> o.timeout(Duration.ofMillis(700)))
                    .outcomes(Range.of(0, 3), n -> {
                        if (n == 1) {
                            Runtime.getRuntime().addShutdownHook(new Thread(TrapsTest::sleepForEver));
                            System.exit(3);
                        }
                        return n;
                    })
                    .toList();
            assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, false, true);
        }
    }

    @Test
    void outOfMemoryInAThreadThatATaskStarted_costsThatThreadAlone() {
        try (Pool pool = Pool.processes(c -> c.workers(1).heap("48m").output((worker, line) -> {}))) {
            String end = pool.submit(() -> {
                        AtomicReference<Throwable> thrown = new AtomicReference<>();
                        Thread thread = new Thread(TrapsTest::fillTheHeap);
                        thread.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
                        thread.start();
                        thread.join();
                        return String.valueOf(thrown.get());
                    })
                    .join();
            assertThat(end).startsWith(OutOfMemoryError.class.getName());
            assertThat(pool.map(Range.of(0, 5), n -> n)).isEqualTo(numbers(0, 5));
            assertThat(pool.stats().restarts()).isZero();
        }
    }

    private static void fillTheHeap() {
        List<byte[]> all = new ArrayList<>();
        while (all.size() < Integer.MAX_VALUE) {
            all.add(new byte[1 << 20]);
        }
    }

    // what hangs

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = NO_SIGNALS)
    void workerThatStandsStill_isNotTakenForDead() throws Exception {
        String begun = folder.resolve("begun").toString();
        String go = folder.resolve("go").toString();
        try (Pool pool = Pool.processes(1)) {
            long pid = pool.submit(TrapsTest::pid).join();
            CompletableFuture<Long> job = pool.submit(() -> {
                Files.createFile(Path.of(begun));
                while (Files.notExists(Path.of(go))) {
                    LockSupport.parkNanos(1_000_000);
                }
                return pid();
            });
            awaitFile("begun");
            signal("STOP", pid);
            Thread.sleep(1_500); // subject: a machine that sleeps, or a debugger
            assertThat(job).isNotDone();
            signal("CONT", pid);
            Files.createFile(folder.resolve("go"));
            assertThat(job.join()).isEqualTo(pid);
            assertThat(pool.stats().restarts()).isZero();
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = NO_SIGNALS)
    void workerThatStandsStill_isEndedByTheLimitOfItsItem() {
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Integer, Integer>> outcomes = pool.with(o -> o.timeout(Duration.ofMillis(700)))
                    .outcomes(Range.of(0, 4), n -> {
                        if (n == 2) {
                            signal("STOP", pid());
                        }
                        return n;
                    })
                    .toList();
            assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, true, false, true);
            assertThat(outcomes.get(2))
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.error()).isInstanceOf(TaskTimeoutException.class));
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = NO_SIGNALS)
    void idleWorkerThatStandsStill_doesNotKeepThePoolFromEnding() throws Exception {
        long pid;
        try (Pool pool = Pool.processes(1)) {
            pid = pool.submit(TrapsTest::pid).join();
            signal("STOP", pid);
        }
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    /// A result that hangs while it is read in this process.
    private record Sticky(long home) implements Serializable {}

    private static final class Tar implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        private final long home;

        Tar(long home) {
            this.home = home;
        }

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            if (pid() == home) {
                try {
                    Thread.sleep(Long.MAX_VALUE); // subject: a value that is never read to its end
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
            }
        }
    }

    @Test
    void resultThatHangsWhileItIsRead_isEndedByTheLimitOfItsItem() {
        long home = pid();
        try (Pool pool = Pool.processes(2)) {
            List<Outcome<Integer, Object>> outcomes = pool.with(
                            o -> o.timeout(Duration.ofMillis(700)).chunk(1))
                    .<Integer, Object>outcomes(Range.of(0, 6), n -> n == 2 ? new Tar(home) : new Sticky(n))
                    .toList();
            assertThat(outcomes).extracting(Outcome::succeeded).containsExactly(true, true, false, true, true, true);
        }
    }

    // requests that nobody waits for any more

    @Test
    void interruptedCaller_leavesNoAnswerToTheNext() throws Exception {
        try (Pool pool = Pool.processes(2)) {
            pool.map(Range.of(0, 100), n -> n);
            for (int round = 0; round < 20; round++) {
                Thread caller = Thread.ofPlatform().start(() -> {
                    try {
                        pool.map(Range.of(0, 100_000), n -> -1);
                    } catch (RuntimeException e) {
                        // interrupted, as it shall be
                    }
                });
                TimeUnit.MILLISECONDS.sleep(round); // subject: an interrupt at another moment each time
                caller.interrupt();
                int first = round * 1_000;
                assertThat(pool.map(Range.of(first, first + 1_000), n -> n)).isEqualTo(numbers(first, first + 1_000));
                caller.join();
            }
        }
    }

    // starts and ends

    @Test
    void workersThatDieAsTheyBegin_areNotStartedForEver() throws IOException {
        String log = folder.resolve("log").toString();
        try (Pool pool = Pool.processes(c -> c.workers(2).initializer(() -> {
            Files.writeString(Path.of(log), "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            System.err.println("no licence");
            Runtime.getRuntime().halt(21);
            return 0;
        }))) {
            assertThatThrownBy(() -> pool.map(Range.of(0, 1_000), n -> n))
                    .isInstanceOf(BrokenPoolException.class)
                    .hasStackTraceContaining("no licence");
        }
        assertThat(Files.size(Path.of(log))).as("starts").isLessThan(20);
    }

    @Test
    void closeWhileWorkersStart_leavesNothing() throws Exception {
        List<Path> before = ownFolders(); // this process keeps some as long as it lives
        for (int round = 0; round < 12; round++) {
            Pool pool = Pool.processes(2);
            CompletableFuture<Integer> first = pool.submit(() -> 1);
            CompletableFuture<Integer> second = pool.submit(() -> 2);
            TimeUnit.MILLISECONDS.sleep(round * 20L); // subject: an end at another moment each time
            pool.shutdownNow();
            pool.close();
            assertThat(List.of(first, second)).allMatch(CompletableFuture::isDone);
            assertThat(workersOf(pool)).as("processes after %d ms", round * 20).isEmpty();
        }
        await().untilAsserted(() -> assertThat(before).containsAll(ownFolders()));
    }

    private static List<ProcessHandle> workersOf(Pool pool) {
        return ProcessHandle.current()
                .children()
                .filter(process -> process.info().commandLine().orElse("").contains(" " + pool.name() + "-"))
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    private static List<Path> ownFolders() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String place : List.of(System.getProperty("java.io.tmpdir"), "/dev/shm")) {
            if (Files.isDirectory(Path.of(place))) {
                try (Stream<Path> all = Files.list(Path.of(place))) {
                    all.filter(file -> file.getFileName().toString().startsWith("cenote-" + pid() + "-"))
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = NO_SIGNALS)
    void killFromOutside_isReportedOnceAndAsWhatItWas() throws Exception {
        String begun = folder.resolve("begun").toString();
        try (Pool pool = Pool.processes(1)) {
            long pid = pool.submit(TrapsTest::pid).join();
            CompletableFuture<?> job = pool.submit(() -> {
                Files.createFile(Path.of(begun));
                sleepForEver();
            });
            awaitFile("begun");
            signal("KILL", pid);
            assertThatThrownBy(job::join)
                    .cause()
                    .isInstanceOfSatisfying(WorkerDiedException.class, e -> {
                        assertThat(e.exitCode()).isEqualTo(137);
                        assertThat(e.pid()).isEqualTo(pid);
                    })
                    .hasMessageContaining("SIGKILL")
                    .hasMessageNotContaining("channel");
            assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
            assertThat(pool.stats().restarts()).isEqualTo(1);
        }
    }
}
