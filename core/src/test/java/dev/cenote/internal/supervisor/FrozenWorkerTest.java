// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Mapper;
import dev.cenote.Options;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.TaskTimeoutException;
import dev.cenote.internal.channel.ChannelOptions;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A worker that stands still, as SIGSTOP or a debugger makes it, while it is sent more than the channel holds: whoever
/// sends waits for it, and must be freed by each of those that free one who waits for an answer.
@Timeout(60)
@EnabledOnOs({OS.LINUX, OS.MAC})
class FrozenWorkerTest {

    private static final byte[] LARGE = new byte[32 << 20];

    @AfterEach
    void anyChannel() {
        System.clearProperty(ChannelOptions.PROPERTY);
    }

    /// Freezes the worker of a pool.
    private static void freeze(Pool pool) throws Exception {
        long pid = pool.submit(() -> ProcessHandle.current().pid()).join();
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    /// What was not begun is cancelled without a look at the worker.
    private static void awaitRunning(Pool pool) {
        while (pool.stats().running() == 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void assertUsable(Pool pool) {
        assertThat(pool.submit(() -> 7).orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(7);
    }

    private static void assertTimesOut(UnaryOperator<Options> limit) throws Exception {
        try (Pool pool = Pool.processes(1)) {
            freeze(pool);
            Mapper limited = pool.with(limit);

            List<Outcome<byte[], Integer>> outcomes =
                    limited.outcomes(List.of(LARGE), bytes -> bytes.length).toList();

            assertThat(outcomes.getFirst())
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.error())
                                    .isInstanceOf(TaskTimeoutException.class)
                                    .hasMessageContaining("took nothing for"));
            assertUsable(pool);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "socket"})
    void timeout_freesWhoSends(String channel) throws Exception {
        System.setProperty(ChannelOptions.PROPERTY, channel);
        assertTimesOut(o -> o.timeout(ofMillis(1_500)));
    }

    @Test
    void stallLimit_freesWhoSends() throws Exception {
        assertTimesOut(o -> o.stall(ofMillis(1_500)));
    }

    @Test
    void cancelOfAMap_freesWhoSends() throws Exception {
        try (Pool pool = Pool.processes(1)) {
            freeze(pool);
            CompletableFuture<List<Integer>> future = pool.mapAsync(List.of(LARGE), bytes -> bytes.length);
            awaitRunning(pool);
            future.cancel(true);
            assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
            assertUsable(pool);
        }
    }

    @Test
    void cancelOfAJob_freesWhoSends() throws Exception {
        try (Pool pool = Pool.processes(1)) {
            freeze(pool);
            byte[] captured = LARGE;
            CompletableFuture<Integer> future = pool.submit(() -> captured.length);
            awaitRunning(pool);
            future.cancel(true);
            assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
            assertUsable(pool);
        }
    }

    @Test
    void shutdownNow_freesWhoSends() throws Exception {
        Pool pool = Pool.processes(1);
        freeze(pool);
        CompletableFuture<List<Integer>> future = pool.mapAsync(List.of(LARGE), bytes -> bytes.length);
        awaitRunning(pool);
        pool.shutdownNow();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(future).isDone();
    }

    /// It has nothing to do, so it is only told to end.
    @Test
    void close_endsAWorkerThatStandsStill() throws Exception {
        Pool pool = Pool.processes(1);
        freeze(pool);
        pool.close();
        assertThat(pool.isTerminated()).isTrue();
    }
}
