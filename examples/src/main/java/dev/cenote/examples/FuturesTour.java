// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import dev.cenote.Futures;
import dev.cenote.Futures.Until;
import dev.cenote.Futures.Waited;
import dev.cenote.Pool;
import java.io.FileNotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A tour of futures: results as they complete, errors, waiting for the first, and cancelling; then what of it is the
/// same, and what is different, on processes.
///
/// ```
/// java -cp core/target/classes examples/src/main/java/dev/cenote/examples/FuturesTour.java [stepMillis]
/// ```
///
/// By default 200 ms, by which the first three jobs differ.
public final class FuturesTour {

    private FuturesTour() {}

    public static void main(String... args) throws Exception {
        Duration step = Duration.ofMillis(args.length > 0 ? Integer.parseInt(args[0]) : 200);
        try (Pool pool = Pool.threads(3)) {
            System.out.println("as completed: " + asCompleted(pool, step));
            System.out.println("an error:     " + causeOfFailure(pool));
            System.out.println("in a chain:   " + recovered(pool));
            System.out.println("the first:    " + firstOfTwo(pool));
            System.out.println("cancelled:    running job interrupted: " + cancelRunning(pool));
        }
        System.out.println("cancelled:    waiting job never started: " + cancelWaiting());
        try (Pool pool = Pool.processes(3)) {
            System.out.println("processes:    " + asCompleted(pool, step));
            System.out.println("processes:    " + causeOfFailure(pool));
            System.out.println("processes:    " + recovered(pool));
        }
        System.out.println("processes:    " + cancelByKilling());
    }

    /// Submits a slow, a middling and a quick job, and takes the results in the order in which they are there.
    static List<String> asCompleted(Pool pool, Duration step) {
        List<CompletableFuture<String>> futures = new ArrayList<>();
        futures.add(pool.submit(() -> sleepAndSay(step.multipliedBy(3), "slow")));
        futures.add(pool.submit(() -> sleepAndSay(step.multipliedBy(2), "middling")));
        futures.add(pool.submit(() -> sleepAndSay(step, "quick")));
        try (Stream<CompletableFuture<String>> completed = Futures.asCompleted(futures)) {
            return completed.map(CompletableFuture::join).toList();
        }
    }

    private static String sleepAndSay(Duration time, String word) throws InterruptedException {
        Thread.sleep(time);
        return word;
    }

    /// A job that fails makes `get` throw; the cause is the very exception that the job threw, checked or not.
    static Throwable causeOfFailure(Pool pool) throws InterruptedException {
        CompletableFuture<String> failing = pool.submit(FuturesTour::readMissingFile);
        try {
            failing.get();
            throw new IllegalStateException("the job should have failed");
        } catch (ExecutionException e) {
            return failing.exceptionNow(); // the same as e.getCause()
        }
    }

    /// The futures are those of the JDK, so everything that they can do is there: here, another value after an
    /// error.
    static String recovered(Pool pool) {
        CompletableFuture<String> failing = pool.submit(FuturesTour::readMissingFile);
        return failing.exceptionally(error -> "a default instead of \"" + error.getMessage() + '"')
                .join();
    }

    private static String readMissingFile() throws FileNotFoundException {
        throw new FileNotFoundException("no such file");
    }

    /// Waits until the first of two jobs is done. The second waits for the first to be noticed, so it cannot win.
    ///
    /// Not for processes: a latch belongs to the process that made it.
    static String firstOfTwo(Pool pool) throws InterruptedException {
        CountDownLatch noticed = new CountDownLatch(1);
        CompletableFuture<String> first = pool.submit(() -> "one is done");
        CompletableFuture<String> second = pool.submit(() -> {
            noticed.await();
            return "two is done";
        });
        Waited<String> waited = Futures.await(List.of(first, second), Duration.ofSeconds(10), Until.FIRST_COMPLETED);
        noticed.countDown();
        String done =
                waited.done().stream().map(CompletableFuture::join).toList().toString();
        return done + ", " + waited.notDone().size() + " not yet; later " + second.join();
    }

    /// `cancel(true)` interrupts a job that runs. Returns whether the job has noticed.
    static boolean cancelRunning(Pool pool) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CompletableFuture<?> future = pool.submit(() -> {
            started.countDown();
            try {
                Thread.sleep(Duration.ofHours(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        started.await();
        future.cancel(true);
        return future.isCancelled() && interrupted.await(10, TimeUnit.SECONDS);
    }

    /// A job that was cancelled while it waited for a worker is never started. Returns whether that is so.
    static boolean cancelWaiting() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        try (Pool pool = Pool.threads(1)) {
            CompletableFuture<?> busy = pool.submit(() -> release.await());
            CompletableFuture<?> waiting = pool.submit(() -> started.countDown());
            waiting.cancel(false);
            release.countDown();
            busy.join();
        } // closing waits for everything that was accepted
        return started.getCount() == 1;
    }

    /// A process can be killed, so a job that runs in one is stopped for certain. A thread could only be asked, and
    /// this job does not listen. Another worker takes the place of the killed one.
    static String cancelByKilling() throws InterruptedException {
        try (Pool pool = Pool.processes(1)) {
            CompletableFuture<?> endless = pool.submit(FuturesTour::spinForEver);
            while (pool.stats().running() == 0) {
                Thread.sleep(10);
            }
            endless.cancel(true);
            String next = pool.submit(() -> "the next job runs").join();
            return "endless job cancelled: " + endless.isCancelled() + "; " + next;
        }
    }

    private static void spinForEver() {
        while (true) {
            Thread.onSpinWait();
        }
    }
}
