// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.cenote.BrokenPoolException;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Worker;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.remote.StormException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Workers that die again and again.
@Timeout(60)
class StormTest {

    private final Storm storm = new Storm("p");

    private void die(int times) {
        for (int i = 0; i < times; i++) {
            storm.died(new IOException("death " + i));
        }
    }

    @Test
    void pauses_double_upToTheLimit() {
        long[] millis = new long[11];
        for (int i = 0; i < millis.length; i++) {
            millis[i] = TimeUnit.NANOSECONDS.toMillis(Storm.pauseAfter(i));
        }
        assertThat(millis).containsExactly(0, 0, 50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000);
        assertThat(Storm.pauseAfter(Integer.MAX_VALUE)).isEqualTo(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void start_waitsForItsPause_andNoneFollowsTheFirstDeath() throws Exception {
        die(1);
        storm.awaitStart();
        die(2);
        long begun = System.nanoTime();
        storm.awaitStart();
        assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(90));
    }

    @Test
    void waiting_endsWhenAnotherWorkerHasFinishedSomething() throws Exception {
        die(Storm.MOST_DEATHS - 1); // the pause is 5 s
        AtomicBoolean started = new AtomicBoolean();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                storm.awaitStart();
                started.set(true);
            } catch (StormException | InterruptedException e) {
                // not started
            }
        });
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        assertThat(started).isFalse();

        storm.finished();

        await().atMost(Duration.ofSeconds(4)).untilTrue(started);
        storm.awaitStart();
    }

    @Test
    void waiting_canBeInterrupted() {
        die(Storm.MOST_DEATHS - 1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(storm::awaitStart)));
        waiting.interrupt();
        await().atMost(Duration.ofSeconds(4)).until(() -> thrown.get() instanceof InterruptedException);
    }

    @Test
    void tooManyDeaths_endIt_withTheLast() {
        die(Storm.MOST_DEATHS);
        assertThatThrownBy(storm::awaitStart)
                .isInstanceOf(StormException.class)
                .hasMessageStartingWith("20 workers in a row")
                .cause()
                .hasMessage("death 19");
    }

    @Test
    void crashInEachItem_costsEachItem_whileOthersFinish() {
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Integer, Integer>> outcomes = pool.<Integer, Integer>outcomes(Range.of(0, 2 * 6), n -> {
                        if (n % 2 == 0) {
                            Runtime.getRuntime().halt(7);
                        }
                        return n;
                    })
                    .toList();
            assertThat(outcomes).filteredOn(Outcome::succeeded).hasSize(6);
        }
    }

    /// It dies in the initializer, which is a start that has failed; such a pool ends after five tries.
    @Test
    void workerThatDiesWhileItStarts_isTriedAgain_andThenThePoolIsBroken(@TempDir Path folder) throws IOException {
        String log = folder.resolve("log").toString();
        try (Pool pool = Pool.processes(c -> c.workers(1).initializer(() -> {
            Files.writeString(
                    Path.of(log),
                    "x",
                    java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.APPEND);
            Runtime.getRuntime().halt(7);
            return 1;
        }))) {
            assertThatThrownBy(() -> pool.map(List.of(1), n -> n))
                    .isInstanceOf(BrokenPoolException.class)
                    .hasCauseInstanceOf(WorkerDiedException.class)
                    .hasMessageContaining("exit code 7");
            assertThat(Files.readString(Path.of(log))).hasSize(Storm.MOST_STARTS);
            assertThatThrownBy(() -> pool.submit(() -> 1)).isInstanceOf(BrokenPoolException.class);
        }
    }

    @Test
    void workerThatDiesInItsFirstStart_isFollowedByAnother(@TempDir Path folder) {
        String log = folder.resolve("log").toString();
        try (Pool pool = Pool.processes(c -> c.workers(1).initializer(() -> {
            if (Path.of(log).toFile().createNewFile()) {
                Runtime.getRuntime().halt(7);
            }
            return 1;
        }))) {
            assertThat(pool.map(List.of(1), n -> n)).containsExactly(1);
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no signals")
    void startsThatAreKilledFromOutside_countAsOtherDeaths(@TempDir Path folder) {
        String log = folder.resolve("log").toString();
        try (Pool pool = Pool.processes(c -> c.workers(1).initializer(() -> {
            Path starts = Path.of(log);
            Files.writeString(
                    starts, "x", java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
            if (Files.size(starts) <= Storm.MOST_STARTS) {
                long me = ProcessHandle.current().pid();
                new ProcessBuilder("kill", "-KILL", Long.toString(me)).start().waitFor();
            }
            return 1;
        }))) {
            assertThat(pool.map(List.of(1), n -> n)).containsExactly(1);
        }
    }

    @Test
    void startsThatFailWhileOthersWork_breakNothing(@TempDir Path folder) throws IOException {
        String log = folder.resolve("log").toString();
        try (Pool pool = Pool.processes(c -> c.workers(2).initializer(() -> {
            if (Worker.current().id() == 2) {
                Files.writeString(
                        Path.of(log),
                        "x",
                        java.nio.file.StandardOpenOption.CREATE,
                        java.nio.file.StandardOpenOption.APPEND);
                Runtime.getRuntime().halt(7);
            }
            return 1;
        }))) {
            Stream<Integer> results = pool.with(o -> o.chunk(1))
                    .imapUnordered(() -> Stream.iterate(0, n -> n + 1).iterator(), n -> {
                        Thread.sleep(10); // subject: an item that takes its time
                        return n;
                    });
            try (results) {
                Iterator<Integer> all = results.iterator();
                while (Files.notExists(Path.of(log)) || Files.size(Path.of(log)) <= Storm.MOST_STARTS) {
                    assertThat(all.next()).isNotNegative();
                }
            }
        }
    }

    @Test
    void wrongOption_breaksThePoolAtOnce() {
        try (Pool pool = Pool.processes(c -> c.workers(1).jvmArgs("-XX:NoSuchOption=1"))) {
            assertThatThrownBy(() -> pool.map(List.of(1), n -> n))
                    .isInstanceOf(BrokenPoolException.class)
                    .hasMessageContaining("NoSuchOption");
        }
    }

    @Test
    void timeouts_areNoStorm() {
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<Integer, Integer>> outcomes = pool.with(o -> o.timeout(Duration.ofMillis(1)))
                    .<Integer, Integer>outcomes(Range.of(0, Storm.MOST_DEATHS + 1), n -> {
                        Thread.sleep(10_000); // subject: an item that takes too long
                        return n;
                    })
                    .toList();
            assertThat(outcomes).noneMatch(Outcome::succeeded);
            assertThat(pool.submit(() -> 5).join()).isEqualTo(5);
        }
    }
}
