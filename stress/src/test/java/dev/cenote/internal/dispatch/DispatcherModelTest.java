// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Options;
import dev.cenote.PoolConfig;
import dev.cenote.internal.engine.Engine;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The dispatcher with worker threads of its own: starting on demand, ending when idle, and shutting down.
///
/// An order takes some hundredths of a second here, so few are tried by default.
@NullMarked
class DispatcherModelTest {

    private static final int ORDERS = 12;

    @Test
    void oneWorkerThatEnds_losesNoUnit() {
        Model.check(ORDERS, () -> everyUnitRuns(1, false));
    }

    @Test
    void twoWorkersThatEnd_loseNoUnit() {
        Model.check(ORDERS, () -> everyUnitRuns(2, false));
    }

    @Test
    void twoWorkersThatStay_loseNoUnit() {
        Model.check(ORDERS, () -> everyUnitRuns(2, true));
    }

    private static void everyUnitRuns(int workers, boolean keepsIdle) {
        Dispatcher dispatcher = Model.shared(Scene.dispatcher(workers, keepsIdle));
        AtomicInteger ran = new AtomicInteger();
        Model.inParallel(
                () -> submit(dispatcher, ran).join(),
                () -> submit(dispatcher, ran).join());
        dispatcher.shutdown();
        awaitTermination(dispatcher);
        Model.require(ran.get() == 2, "ran=" + ran);
    }

    @Test
    void twoRunners_mapEachItemOnce() {
        Model.check(ORDERS, () -> {
            Dispatcher dispatcher = Model.shared(Scene.dispatcher(2, true));
            AtomicInteger ran = new AtomicInteger();
            Call.Order order = new Call.Order(
                    Options.DEFAULT,
                    item -> {
                        ran.incrementAndGet();
                        return item;
                    },
                    false);
            List<?> results = new EagerCall(dispatcher, order, List.of(1, 2, 3), EagerCall.Kind.RESULTS)
                    .start()
                    .await();
            Model.require(results.equals(List.of(1, 2, 3)), "results=" + results);
            Model.require(ran.get() == 3, "ran=" + ran);
            dispatcher.shutdown();
            awaitTermination(dispatcher);
        });
    }

    @Test
    void submitOrShutdown_endsTheJobAndThePool() {
        Model.check(ORDERS, () -> {
            Dispatcher dispatcher = Model.shared(Scene.dispatcher(1, true));
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger accepted = new AtomicInteger();
            Model.inParallel(
                    () -> {
                        try {
                            submit(dispatcher, ran).join();
                            accepted.incrementAndGet();
                        } catch (RejectedExecutionException e) {
                            // the pool was shut first
                        }
                    },
                    dispatcher::shutdown);
            awaitTermination(dispatcher);
            Model.require(ran.get() == accepted.get(), "ran=" + ran + ", accepted=" + accepted);
        });
    }

    @Test
    void submitOrShutdownNow_endsTheJobAndThePool() {
        Model.check(ORDERS, () -> {
            Dispatcher dispatcher = Model.shared(Scene.dispatcher(1, false));
            Model.inParallel(
                    () -> {
                        try {
                            submit(dispatcher, new AtomicInteger()).join();
                        } catch (RejectedExecutionException | CancellationException | CompletionException e) {
                            // told
                        }
                    },
                    dispatcher::shutdownNow);
            awaitTermination(dispatcher);
            Model.require(dispatcher.running() == 0, "running=" + dispatcher.running());
        });
    }

    @Test
    void cancelOrRun_isCountedOnce() {
        Model.check(ORDERS, () -> {
            Dispatcher dispatcher = Model.shared(Scene.dispatcher(1, true));
            Task<Integer> task = submit(dispatcher, new AtomicInteger());
            task.cancel(true);
            Model.require(task.isDone(), "a task that was cancelled is done");
            dispatcher.shutdown();
            awaitTermination(dispatcher);
            long counted = dispatcher.done() + dispatcher.meter.cancelled.sum();
            Model.require(counted == 1, "counted=" + counted);
        });
    }

    /// The claimer and the canceller without the threads around them.
    @Test
    void cancelWhileClaimed_leavesNothingRunning() {
        Model.check(150, () -> {
            Dispatcher dispatcher = Model.shared(Scene.dispatcher(1, true));
            dispatcher.openUnit();
            Task<Integer> task = Model.shared(new Task<>(dispatcher, () -> 1));
            WorkerContext worker = Model.shared(Scene.worker(dispatcher, new Thread()));
            Model.inParallel(
                    () -> {
                        task.run(worker);
                        if (!worker.givenUp()) {
                            worker.closeUnits(); // as a worker does before it waits
                        }
                    },
                    () -> task.cancel(true));
            Model.require(task.isDone(), "it is done");
            Model.require(!worker.runs(), "its worker is free or was given up");
            long counted = worker.done() + dispatcher.meter.cancelled.sum();
            Model.require(counted == 1, "counted=" + counted);
            dispatcher.shutdown();
            Model.require(dispatcher.isTerminated(), "it has ended");
        });
    }

    @Test
    void enqueueOrEnd_startsNoWorkerAfterTheEnd() {
        Model.check(ORDERS, () -> {
            AtomicInteger made = new AtomicInteger();
            AtomicInteger madeAtTheEnd = new AtomicInteger();
            Engine engine = new Engine(
                    "scene",
                    2,
                    1,
                    true,
                    (name, loop) -> {
                        made.incrementAndGet();
                        return new Thread(loop, name);
                    },
                    null);
            Dispatcher dispatcher = Model.shared(new Dispatcher("scene", engine, PoolConfig.DEFAULT, Scene.NO_TIME));
            submit(dispatcher, new AtomicInteger());
            dispatcher.openUnit();
            Task<Integer> late = Model.shared(new Task<>(dispatcher, () -> 1));
            Model.inParallel(() -> dispatcher.enqueue(late), () -> {
                dispatcher.shutdown();
                awaitTermination(dispatcher);
                madeAtTheEnd.set(made.get());
            });
            Model.require(made.get() == madeAtTheEnd.get(), "made=" + made + ", madeAtTheEnd=" + madeAtTheEnd);
        });
    }

    private static Task<Integer> submit(Dispatcher dispatcher, AtomicInteger ran) {
        dispatcher.openUnit();
        Task<Integer> task = Model.shared(new Task<>(dispatcher, ran::incrementAndGet));
        dispatcher.enqueue(task);
        return task;
    }

    private static void awaitTermination(Dispatcher dispatcher) {
        try {
            Model.require(dispatcher.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS), "it has ended");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
