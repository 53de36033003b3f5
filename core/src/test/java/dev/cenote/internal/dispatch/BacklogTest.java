// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.VoidJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Submitting to a pool whose queue has a bound.
@Timeout(60)
class BacklogTest {

    private final CountDownLatch gate = new CountDownLatch(1);

    /// Makes a pool whose only worker runs a job that waits for the gate.
    private Pool busy(int queueLimit) {
        Pool pool = Pool.threads(c -> c.workers(1).queueLimit(queueLimit).name("p"));
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<?> _ = pool.submit((VoidJob) () -> {
            begun.countDown();
            gate.await();
        });
        await().until(() -> begun.getCount() == 0);
        return pool;
    }

    /// A thread that submits, and what it got.
    private static final class Producer {

        final AtomicReference<CompletableFuture<Integer>> future = new AtomicReference<>();
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        final AtomicInteger interrupted = new AtomicInteger();
        final Thread thread;

        Producer(Pool pool) {
            thread = Thread.ofPlatform().start(() -> {
                thrown.set(catchThrowable(() -> future.set(pool.submit(() -> 1))));
                interrupted.set(Thread.currentThread().isInterrupted() ? 1 : 0);
            });
        }

        Producer awaitWaiting() {
            await().until(() -> thread.getState() == Thread.State.WAITING);
            return this;
        }

        void awaitEnd() {
            await().until(() -> !thread.isAlive());
        }
    }

    @Test
    void submit_waitsUntilAJobIsStarted() {
        try (Pool pool = busy(2)) {
            CompletableFuture<Integer> first = pool.submit(() -> 1);
            CompletableFuture<Integer> second = pool.submit(() -> 2);
            Producer producer = new Producer(pool).awaitWaiting();

            gate.countDown();

            producer.awaitEnd();
            assertThat(producer.future.get().join()).isEqualTo(1);
            assertThat(first.join() + second.join()).isEqualTo(3);
        }
    }

    @Test
    void submit_waitsUntilAJobIsCancelled() {
        try (Pool pool = busy(1)) {
            CompletableFuture<Integer> first = pool.submit(() -> 1);
            Producer producer = new Producer(pool).awaitWaiting();

            first.cancel(false);

            producer.awaitEnd();
            gate.countDown();
            assertThat(producer.future.get().join()).isEqualTo(1);
        }
    }

    @Test
    void trySubmit_takesNoMoreThanTheLimit_andNeverWaits() {
        try (Pool pool = busy(2)) {
            List<Optional<CompletableFuture<Integer>>> tries = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tries.add(pool.trySubmit(() -> 5));
            }
            assertThat(tries).extracting(Optional::isPresent).containsExactly(true, true, false, false);
            gate.countDown();
            assertThat(tries.getFirst().orElseThrow().join()).isEqualTo(5);
        }
    }

    @Test
    void trySubmit_withoutALimit_takesEachJob() {
        try (Pool pool = Pool.threads(1)) {
            assertThat(pool.trySubmit(() -> 5).orElseThrow().join()).isEqualTo(5);
        }
        try (Pool pool = Pool.serial(c -> c.queueLimit(1))) {
            assertThat(pool.trySubmit(() -> pool.submit(() -> 5).join())
                            .orElseThrow()
                            .join())
                    .isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"threads", "virtual"})
    void taskOfThePool_neverWaitsToSubmit(String engine) {
        try (Pool pool = Pool.of(engine, c -> c.workers(1).queueLimit(1))) {
            int sum = pool.submit(() -> {
                        List<CompletableFuture<Integer>> inner = new ArrayList<>();
                        for (int i = 0; i < 10; i++) {
                            inner.add(pool.submit(() -> 1));
                        }
                        assertThat(pool.trySubmit(() -> 1)).isEmpty();
                        return inner.stream().mapToInt(CompletableFuture::join).sum();
                    })
                    .join();
            assertThat(sum).isEqualTo(10);
            assertThat(pool.trySubmit(() -> 1)).isPresent();
        }
    }

    @Test
    void callbackInAWorker_neverWaitsToSubmit() {
        try (Pool pool = busy(1)) {
            CompletableFuture<Integer> chained = pool.submit(() -> 1)
                    .thenCompose(n -> pool.submit(() -> n + 1))
                    .thenCompose(n -> pool.submit(() -> n + 1));
            gate.countDown();
            assertThat(chained.join()).isEqualTo(3);
        }
    }

    @Test
    void shutdown_refusesThoseWhoWait() {
        try (Pool pool = busy(1)) {
            CompletableFuture<Integer> first = pool.submit(() -> 1);
            Producer producer = new Producer(pool).awaitWaiting();

            pool.shutdown();

            producer.awaitEnd();
            assertThat(producer.thrown.get()).isInstanceOf(RejectedExecutionException.class);
            gate.countDown();
            assertThat(first.join()).isEqualTo(1);
        }
    }

    @Test
    void interrupt_endsTheWait() {
        try (Pool pool = busy(1)) {
            CompletableFuture<Integer> first = pool.submit(() -> 1);
            Producer producer = new Producer(pool).awaitWaiting();

            producer.thread.interrupt();

            producer.awaitEnd();
            assertThat(producer.thrown.get())
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("pool \"p\": a thread was interrupted while it waited to submit a job");
            assertThat(producer.interrupted).hasValue(1);
            gate.countDown();
            assertThat(first.join()).isEqualTo(1);
            assertThat(pool.trySubmit(() -> 1)).isPresent();
        }
    }

    @Test
    void interruptInInvokeAll_cancelsItsJobs() {
        AtomicInteger ran = new AtomicInteger();
        try (Pool pool = busy(1)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            List<Callable<Integer>> jobs = List.of(ran::incrementAndGet, ran::incrementAndGet);
            Thread caller = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(() -> pool.invokeAll(jobs))));
            await().until(() -> caller.getState() == Thread.State.WAITING);

            caller.interrupt();

            await().until(() -> !caller.isAlive());
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            gate.countDown();
        }
        assertThat(ran).hasValue(0);
    }

    @Test
    void invokeAll_runsMoreThanTheLimit() throws Exception {
        try (Pool pool = Pool.threads(c -> c.workers(2).queueLimit(2))) {
            List<Callable<Integer>> jobs = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                jobs.add(() -> 1);
            }
            assertThat(pool.invokeAll(jobs)).hasSize(50).allMatch(CompletableFuture.class::isInstance);
        }
    }

    @Test
    void manyProducers_loseNothing() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        try (Pool pool = Pool.threads(c -> c.workers(2).queueLimit(3))) {
            List<Thread> producers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                producers.add(Thread.ofPlatform().start(() -> {
                    for (int k = 0; k < 2_000; k++) {
                        CompletableFuture<Integer> _ = pool.submit(ran::incrementAndGet);
                    }
                }));
            }
            for (Thread producer : producers) {
                producer.join();
            }
        }
        assertThat(ran).hasValue(8_000);
    }

    @Test
    void bytes_boundWhatWaits_andALargeJobIsTakenAlone() {
        Backlog backlog = new Backlog(0, 100);
        assertThat(backlog.tryEnter(1_000)).isTrue();
        assertThat(backlog.tryEnter(1)).isFalse();
        backlog.leave(1_000);
        assertThat(backlog.tryEnter(60)).isTrue();
        assertThat(backlog.tryEnter(41)).isFalse();
        assertThat(backlog.tryEnter(40)).isTrue();
        backlog.force(10);
        backlog.leave(60);
        assertThat(backlog.tryEnter(51)).isFalse();
        assertThat(backlog.tryEnter(50)).isTrue();
    }

    @Test
    void jobsForProcesses_areBoundedByTheirBytes() throws Exception {
        byte[] large = new byte[600 << 10];
        try (Pool pool = Pool.processes(c -> c.workers(1).queueBytes("1m"))) {
            CompletableFuture<Integer> running = pool.submit(() -> {
                TimeUnit.MILLISECONDS.sleep(500); // subject: a worker that is busy while others are submitted
                return 1;
            });
            await().until(() -> pool.stats().running() == 1);
            CompletableFuture<Integer> waiting = pool.submit(() -> large.length);
            Optional<CompletableFuture<Integer>> another = pool.trySubmit(() -> large.length);
            boolean full = another.isEmpty();
            assertThat(full || running.isDone()).isTrue();
            assertThat(waiting.get()).isEqualTo(large.length);
            assertThat(pool.trySubmit(() -> large.length).orElseThrow().join()).isEqualTo(large.length);
        }
    }

    @Test
    void badLimits_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PoolConfig.DEFAULT.queueLimit(0))
                .withMessageContaining("queueLimit=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PoolConfig.DEFAULT.queueBytes("much"))
                .withMessageContaining("queueBytes=much");
    }
}
