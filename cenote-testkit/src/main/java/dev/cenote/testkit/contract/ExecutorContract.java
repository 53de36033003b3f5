// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.RemoteException;
import dev.cenote.TaskException;
import dev.cenote.VoidJob;
import dev.cenote.Worker;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.LogRecorder;
import dev.cenote.testkit.internal.Notes;
import dev.cenote.testkit.internal.Waits;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/// A pool as an executor service: single jobs, workers on demand, what the interface of the JDK promises.
public abstract class ExecutorContract extends EngineContract {

    @Test
    @Case(48)
    void shouldSubmitAJob() throws Exception {
        Callable<Double> task = (Callable<Double> & Serializable) () -> Math.pow(2, 8);
        Pool pool = openWith(2);
        assertThat(pool.submit(() -> Math.pow(2, 8)).get()).isEqualTo(256.0);
        assertThat(pool.submit(task).get()).isEqualTo(256.0);
    }

    @Test
    @Case(30)
    void shouldDeliverTheCheckedExceptionOfAJobWithoutAResult() {
        IOException failure = new IOException("e");
        VoidJob job = () -> {
            throw failure;
        };
        assertThatThrownBy(openWith(1).submit(job)::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .is(theSame(failure));
    }

    @Test
    void shouldExecuteARunnable() {
        Notes ran = notes();
        openWith(1).execute((Runnable & Serializable) () -> ran.add("once"));
        Waits.eventually("it has run", () -> ran.count() == 1);
    }

    @Test
    void shouldSurviveARunnableThatThrows() {
        Pool pool = openWith(1);
        try (LogRecorder log = new LogRecorder()) {
            for (int i = 0; i < 5; i++) {
                pool.execute((Runnable & Serializable) () -> {
                    throw new IllegalStateException("thrown by a task of the test");
                });
            }
            Waits.eventually(
                    "the failures are logged",
                    () -> log.warnings()
                                    .filter(text -> text.contains(pool.name()))
                                    .count()
                            == 5);
        }
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
    }

    @Test
    @Case(68)
    @Needs(Trait.LIMITED)
    void shouldNeverRunMoreTasksThanItHasWorkers() {
        Gate gate = gate();
        Pool pool = openWith(4);
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 60)
                .mapToObj(n -> pool.submit(() -> gate.pass(n)))
                .toList();
        gate.awaitArrivals(4);
        assertThat(pool.stats().running()).isEqualTo(4);
        assertThat(pool.stats().workers()).isEqualTo(4);
        assertThat(pool.stats().queued()).isEqualTo(56);
        assertThat(gate.arrivals()).isEqualTo(4);
        gate.open();
        assertThat(futures).allSatisfy(future -> assertThat(future.join()).isNotNull());
        assertThat(pool.stats().workers()).isLessThanOrEqualTo(4);
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldTakeNoMoreJobsThanItsQueueMayHold() {
        Gate gate = gate();
        Pool pool = openWith(1, c -> c.queueLimit(2));
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        futures.add(pool.submit(() -> gate.pass(0)));
        gate.awaitArrivals(1);
        futures.add(pool.submit(() -> gate.pass(1)));
        futures.add(pool.trySubmit(() -> gate.pass(2)).orElseThrow());
        assertThat(pool.trySubmit(() -> 3)).isEmpty();
        CompletableFuture<CompletableFuture<Integer>> waiting = new CompletableFuture<>();
        Thread producer = Thread.ofPlatform().daemon().start(() -> waiting.complete(pool.submit(() -> 3)));
        Waits.eventually("submit waits", () -> producer.getState() == Thread.State.WAITING);
        gate.open();
        futures.add(waiting.join());
        assertThat(futures).extracting(CompletableFuture::join).containsExactly(0, 1, 2, 3);
        assertThat(pool.trySubmit(() -> 4).orElseThrow().join()).isEqualTo(4);
    }

    @Test
    @Case({69, 80})
    @Needs(Trait.LASTING)
    void shouldUseAnIdleWorkerAgain() {
        Pool pool = openWith(4);
        Set<String> workers = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            workers.add(pool.submit(() -> Worker.current().id() + " " + Inputs.here())
                    .join());
            Waits.eventually(
                    "the worker is idle",
                    () -> Thread.getAllStackTraces().keySet().stream()
                            .anyMatch(thread -> thread.getName().equals(pool.name() + "-1")
                                    && thread.getState() == Thread.State.WAITING));
        }
        assertThat(workers).hasSize(1);
        assertThat(pool.stats().workers()).isEqualTo(1);
    }

    @Test
    @Case(117)
    @Needs(Trait.CONCURRENT)
    void shouldStartWorkersOnDemand() {
        Gate gate = gate();
        Pool pool = openWith(5);
        assertThat(pool.stats().workers()).isZero();
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            futures.add(pool.submit(() -> gate.pass(Worker.current().id())));
        }
        gate.awaitArrivals(3);
        assertThat(pool.stats().workers()).isEqualTo(3);
        gate.open();
        pool.close();
        assertThat(pool.isTerminated()).isTrue();
        assertThat(pool.stats().workers()).isZero();
        assertThat(futures).extracting(CompletableFuture::join).doesNotHaveDuplicates();
    }

    @Test
    void shouldInvokeAll() throws Exception {
        Pool pool = openWith(2);
        List<Job<Integer>> jobs = List.of(() -> 1, () -> Failing.run(new IOException("e")), () -> 3);
        List<Future<Integer>> futures = pool.invokeAll(jobs);
        assertThat(futures).allMatch(Future::isDone);
        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThatThrownBy(futures.get(1)::get).hasCauseInstanceOf(IOException.class);
        assertThat(futures.get(2).get()).isEqualTo(3);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldCancelTheRestWhenInvokeAllTimesOut() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(2);
        List<Job<Integer>> jobs = List.of(() -> 1, () -> gate.pass(2));
        assertThat(pool.submit(() -> 0).join()).isZero();
        List<Future<Integer>> futures = pool.invokeAll(jobs, 300, TimeUnit.MILLISECONDS);
        assertThat(futures).allMatch(Future::isDone);
        assertThat(futures.get(1).isCancelled()).isTrue();
        if (gate.arrivals() > 0) { // unless its worker was still starting
            gate.awaitStops(1);
        }
    }

    @Test
    void shouldInvokeAny() throws Exception {
        Pool pool = openWith(2);
        Job<Integer> bad = () -> Failing.run(new IOException("e"));
        Job<Integer> good = () -> 2;
        assertThat(pool.<Integer>invokeAny(List.of(bad, good))).isEqualTo(2);
        assertThatThrownBy(() -> pool.<Integer>invokeAny(List.of(bad))).isInstanceOf(ExecutionException.class);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldTimeOutInvokeAny() {
        Gate gate = gate();
        Pool pool = openWith(2);
        Job<Integer> job = () -> gate.pass(1);
        assertThat(pool.submit(() -> 0).join()).isZero();
        assertThatThrownBy(() -> pool.<Integer>invokeAny(List.of(job), 200, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        Waits.eventually("it was stopped if it had begun", () -> gate.stops() == gate.arrivals());
    }

    @Test
    @Needs(Trait.LIMITED)
    void shouldStartJobsInTheOrderOfTheirSubmission() {
        Pool pool = openWith(1);
        Notes started = notes();
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 100)
                .mapToObj(n -> pool.submit(() -> started.add(n)))
                .toList();
        futures.forEach(CompletableFuture::join);
        assertThat(started.all())
                .isEqualTo(IntStream.range(0, 100).mapToObj(String::valueOf).toList());
    }

    @Test
    @Case(65)
    void shouldDeliverExceptionsWithOddMethods() {
        Pool pool = openWith(2);
        OddException odd = new OddException();
        CompletableFuture<Object> future = pool.submit(() -> {
            throw odd;
        });
        assertThatThrownBy(future::join).cause().matches(cause -> isOrStandsFor(cause, odd), "the exception");
        try {
            List<Object> _ = pool.map(List.of(1, 2, 3), _ -> Failing.run(odd));
            throw new AssertionError("map threw nothing");
        } catch (OddException | RemoteException e) {
            assertThat(isOrStandsFor(e, odd)).isTrue();
        }
        assertThat(pool.outcomes(List.of(1, 2), _ -> Failing.run(odd)).filter(outcome -> !outcome.succeeded()))
                .hasSize(2);
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
    }

    /// An exception that cannot even be printed does not travel; another one stands for it then.
    private boolean isOrStandsFor(Throwable actual, OddException odd) {
        return sharesMemory()
                ? actual == odd
                : actual instanceof OddException
                        || (actual instanceof RemoteException stand
                                && stand.type().equals(OddException.class.getName()));
    }

    @Test
    void shouldKeepWorkingAfterEveryKindOfThrowable() {
        Pool pool = openWith(1);
        List<Throwable> all = List.of(
                new StackOverflowError(),
                new OutOfMemoryError("thrown by a test"),
                new AssertionError("e"),
                new IOException("e"));
        for (Throwable error : all) {
            CompletableFuture<Object> future = pool.submit(() -> Failing.run(error));
            assertThatThrownBy(future::get).cause().is(theSame(error));
            boolean wrapped = error instanceof VirtualMachineError || error instanceof IOException;
            assertThatThrownBy(() -> pool.map(List.of("item"), _ -> Failing.run(error)))
                    .isInstanceOf(wrapped ? TaskException.class : AssertionError.class)
                    .extracting(thrown -> wrapped ? thrown.getCause() : thrown, InstanceOfAssertFactories.THROWABLE)
                    .is(theSame(error));
        }
        assertThat(pool.map(List.of(2), Inputs::square)).containsExactly(4);
    }

    /// Equal to everything, and cannot be printed.
    @SuppressWarnings("ThrowableEqualsHashCode") // that is what is odd about it
    private static final class OddException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean equals(Object other) {
            return true;
        }

        @Override
        public int hashCode() {
            throw new UnsupportedOperationException("hashCode of a test's exception");
        }

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("getMessage of a test's exception");
        }

        @Override
        public String toString() {
            throw new UnsupportedOperationException("toString of a test's exception");
        }
    }
}
