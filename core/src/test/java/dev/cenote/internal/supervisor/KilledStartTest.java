// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cenote.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Workers that are given up on at any moment of their start and their work.
@Timeout(60)
class KilledStartTest {

    private static final int ROUNDS = 12;

    /// {@return the processes of a pool, by the name in their command}
    private static List<Long> processesOf(String pool) {
        return ProcessHandle.current()
                .children()
                .filter(ProcessHandle::isAlive)
                .filter(child -> child.info()
                        .commandLine()
                        .filter(line -> line.contains(pool))
                        .isPresent())
                .map(ProcessHandle::pid)
                .toList();
    }

    private static Integer sleepLong() throws InterruptedException {
        Thread.sleep(60_000); // subject: a job that is cancelled
        return 1;
    }

    @Test
    void cancellationAtAnyMoment_leavesNoProcess_andTheNextJobRuns() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String name = "killed-start-" + Long.toHexString(seed);
        try (Pool pool = Pool.processes(c -> c.workers(1).name(name).initializer(() -> "state"))) {
            for (int round = 0; round < ROUNDS; round++) {
                CompletableFuture<Integer> job = pool.submit(KilledStartTest::sleepLong);
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(200_000)));
                job.cancel(true);
                if (random.nextInt(3) == 0) {
                    assertThat(pool.submit(() -> 5).join()).as("seed " + seed).isEqualTo(5);
                }
            }
            assertThat(pool.submit(() -> 5).join()).as("seed " + seed).isEqualTo(5);
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() ->
                            assertThat(processesOf(name)).as("seed " + seed).hasSize(1));
        }
        assertThat(processesOf(name)).as("seed " + seed).isEmpty();
    }

    @Test
    void endOfThePoolAtAnyMoment_leavesNoProcess() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String name = "killed-start-" + Long.toHexString(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Pool pool = Pool.processes(c -> c.workers(2).name(name).initializer(() -> "state"));
            CompletableFuture<Integer> first = pool.submit(KilledStartTest::sleepLong);
            CompletableFuture<Integer> second = pool.submit(KilledStartTest::sleepLong);
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(200_000)));
            pool.shutdownNow();
            pool.close();
            assertThat(first).as("seed " + seed).isCompletedExceptionally();
            assertThat(second).as("seed " + seed).isCompletedExceptionally();
            assertThat(processesOf(name)).as("seed " + seed).isEmpty();
        }
    }
}
