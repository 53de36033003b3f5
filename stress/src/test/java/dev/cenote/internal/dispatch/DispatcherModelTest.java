// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The dispatcher with worker threads of its own, under a scheduler that tries the orders in which they can run.
@NullMarked
class DispatcherModelTest {

    private static final int INVOCATIONS = Integer.getInteger("stress.invocations", 300);

    @Test
    void oneWorkerThatEnds_losesNoUnit() {
        runConcurrentTest(INVOCATIONS, () -> everyUnitRuns(1, false));
    }

    @Test
    void twoWorkersThatEnd_loseNoUnit() {
        runConcurrentTest(INVOCATIONS, () -> everyUnitRuns(2, false));
    }

    @Test
    void twoWorkersThatStay_loseNoUnit() {
        runConcurrentTest(INVOCATIONS, () -> everyUnitRuns(2, true));
    }

    private static void everyUnitRuns(int workers, boolean keepsIdle) {
        Dispatcher dispatcher = Scene.dispatcher(workers, keepsIdle);
        AtomicInteger ran = new AtomicInteger();
        inParallel(
                () -> submit(dispatcher, ran).join(),
                () -> submit(dispatcher, ran).join());
        dispatcher.shutdown();
        awaitTermination(dispatcher);
        check(ran.get() == 2, "ran=" + ran);
    }

    @Test
    void submitOrShutdown_endsTheJobAndThePool() {
        runConcurrentTest(INVOCATIONS, () -> {
            Dispatcher dispatcher = Scene.dispatcher(1, true);
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger accepted = new AtomicInteger();
            inParallel(
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
            check(ran.get() == accepted.get(), "ran=" + ran + ", accepted=" + accepted);
        });
    }

    @Test
    void submitOrShutdownNow_endsTheJobAndThePool() {
        runConcurrentTest(INVOCATIONS, () -> {
            Dispatcher dispatcher = Scene.dispatcher(1, false);
            AtomicInteger ran = new AtomicInteger();
            inParallel(
                    () -> {
                        try {
                            submit(dispatcher, ran).join();
                        } catch (RejectedExecutionException | CancellationException | CompletionException e) {
                            // told
                        }
                    },
                    dispatcher::shutdownNow);
            awaitTermination(dispatcher);
            check(dispatcher.meter.running.sum() == 0, "running=" + dispatcher.meter.running);
        });
    }

    @Test
    void cancelOrRun_isCountedOnce() {
        runConcurrentTest(INVOCATIONS, () -> {
            Dispatcher dispatcher = Scene.dispatcher(1, true);
            AtomicInteger ran = new AtomicInteger();
            Task<Integer> task = submit(dispatcher, ran);
            task.cancel(true);
            check(task.isDone(), "a task that was cancelled is done");
            dispatcher.shutdown();
            awaitTermination(dispatcher);
            long counted = dispatcher.meter.done.sum() + dispatcher.meter.cancelled.sum();
            check(counted == 1, "counted=" + counted);
            check(dispatcher.meter.running.sum() == 0, "running=" + dispatcher.meter.running);
        });
    }

    private static Task<Integer> submit(Dispatcher dispatcher, AtomicInteger ran) {
        dispatcher.openUnit();
        Task<Integer> task = new Task<>(dispatcher, ran::incrementAndGet);
        dispatcher.enqueue(task);
        return task;
    }

    private static void awaitTermination(Dispatcher dispatcher) {
        try {
            check(dispatcher.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS), "it has ended");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void inParallel(Runnable... actions) {
        List<Thread> threads = new ArrayList<>();
        List<@Nullable Throwable> errors = new ArrayList<>();
        for (Runnable action : actions) {
            threads.add(new Thread(() -> {
                try {
                    action.run();
                } catch (Throwable t) {
                    errors.add(t);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        check(errors.isEmpty(), "errors=" + errors);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
