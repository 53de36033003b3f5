// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `Pool.call`, which on worker processes is run by the calling thread with the worker of another that sleeps.
@Timeout(60)
class CallTest {

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual", "processes"})
    void call_endsAsTheJobDoes(String engine) {
        Pool closed;
        try (Pool pool = Pool.of(engine)) {
            closed = pool;
            for (int round = 0; round < 3; round++) {
                int n = round;
                assertThat(pool.call(() -> n + 1)).isEqualTo(n + 1);
                Job<@Nullable Object> nothing = () -> null;
                assertThat(pool.call(nothing)).isNull();
                assertThatThrownBy(() -> pool.call(() -> {
                            throw new IllegalArgumentException("bad " + n);
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("bad " + n);
                assertThatThrownBy(() -> pool.call(() -> {
                            throw new IOException("gone " + n);
                        }))
                        .isInstanceOf(TaskException.class)
                        .cause()
                        .isInstanceOf(IOException.class)
                        .hasMessage("gone " + n);
            }
            assertThat(pool.stats().done()).isEqualTo(6);
            assertThat(pool.stats().failed()).isEqualTo(6);
            assertThat(pool.stats().running()).isZero();
        }
        assertThatThrownBy(() -> closed.call(() -> 1)).isInstanceOf(RejectedExecutionException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual", "processes"})
    void interrupt_cancelsTheJob(String engine) throws InterruptedException {
        try (Pool pool = Pool.of(engine)) {
            assertThat(pool.call(() -> 1)).isEqualTo(1);
            AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
            AtomicReference<@Nullable Boolean> status = new AtomicReference<>();
            Thread caller = Thread.ofPlatform().start(() -> {
                try {
                    pool.call(() -> {
                        new java.util.concurrent.CountDownLatch(1).await();
                        return 0;
                    });
                } catch (Throwable t) {
                    thrown.set(t);
                    status.set(Thread.currentThread().isInterrupted());
                }
            });
            Awaitility.await().until(() -> pool.stats().running() == 1);
            caller.interrupt();
            caller.join();
            assertThat(thrown.get()).isInstanceOf(CancellationException.class);
            assertThat(status.get()).as("the interrupt status").isTrue();
            assertThat(pool.call(() -> 2)).isEqualTo(2);
            assertThat(pool.stats().running()).isZero();
        }
    }

    @Test
    void workerThatDies_failsItsCallOnly() {
        try (Pool pool = Pool.processes(1)) {
            for (int round = 0; round < 3; round++) {
                assertThatThrownBy(() -> pool.call(() -> {
                            Runtime.getRuntime().halt(9);
                            return 0;
                        }))
                        .isInstanceOfSatisfying(
                                WorkerDiedException.class,
                                died -> assertThat(died.exitCode()).isEqualTo(9));
                assertThat(pool.call(() -> 5)).isEqualTo(5);
            }
            assertThat(pool.stats().restarts()).isEqualTo(3);
        }
    }

    @Test
    void shutdownNow_endsACall() {
        Pool pool = Pool.processes(1);
        assertThat(pool.call(() -> 1)).isEqualTo(1);
        CompletableFuture<Integer> call = CompletableFuture.supplyAsync(() -> pool.call(() -> {
            LockSupport.park();
            return 0;
        }));
        Awaitility.await().until(() -> pool.stats().running() == 1);
        pool.shutdownNow();
        assertThatThrownBy(call::join).hasRootCauseInstanceOf(CancellationException.class);
        assertThat(pool.close(Duration.ofSeconds(20))).as("it was cancelled").isFalse();
        assertThat(pool.isTerminated()).isTrue();
    }

    @Test
    void close_waitsForACall() {
        Pool pool = Pool.processes(1);
        assertThat(pool.call(() -> 1)).isEqualTo(1);
        CompletableFuture<Long> call = CompletableFuture.supplyAsync(() -> pool.call(() -> {
            LockSupport.parkNanos(300_000_000); // subject: a call that takes its time
            return ProcessHandle.current().pid();
        }));
        Awaitility.await().until(() -> pool.stats().running() == 1);
        pool.close();
        assertThat(call.join())
                .isPositive()
                .isNotEqualTo(ProcessHandle.current().pid());
    }

    @Test
    void workerWhosePatienceEndsDuringACall_endsAfterIt() {
        try (Pool pool = Pool.processes(c -> c.workers(1).idleTimeout(Duration.ofMillis(50)))) {
            for (int round = 0; round < 3; round++) {
                assertThat(pool.call(() -> 1)).isEqualTo(1);
                assertThat(pool.call(() -> {
                            LockSupport.parkNanos(150_000_000); // subject: longer than the patience
                            return 2;
                        }))
                        .isEqualTo(2);
                Awaitility.await().until(() -> pool.stats().workers() == 0);
            }
        }
    }

    @Test
    void workerThatIsCalledNowAndThen_isNotIdle() {
        try (Pool pool = Pool.processes(c -> c.workers(1).idleTimeout(Duration.ofSeconds(1)))) {
            Set<Long> pids = new HashSet<>();
            for (int i = 0; i < 12; i++) {
                pids.add(pool.call(() -> ProcessHandle.current().pid()));
                LockSupport.parkNanos(200_000_000); // subject: pauses that are shorter than the patience
            }
            assertThat(pids).hasSize(1);
        }
    }

    @Test
    void calls_mixWithOtherWork() {
        try (Pool pool = Pool.processes(2)) {
            List<CompletableFuture<Long>> sums = new ArrayList<>();
            for (int thread = 0; thread < 6; thread++) {
                int kind = thread % 3;
                sums.add(CompletableFuture.supplyAsync(() -> {
                    long sum = 0;
                    for (int i = 0; i < 200; i++) {
                        int n = i;
                        sum += switch (kind) {
                            case 0, 1 -> pool.call(() -> n);
                            default -> pool.map(Range.of(0, 3), k -> k * n).getLast() / 2;
                        };
                    }
                    return sum;
                }));
            }
            assertThat(sums.stream().mapToLong(CompletableFuture::join)).containsOnly(199L * 200 / 2);
        }
    }
}
