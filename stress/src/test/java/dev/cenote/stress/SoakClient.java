// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import dev.cenote.BrokenPoolException;
import dev.cenote.Func;
import dev.cenote.Job;
import dev.cenote.Mapper;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Results;
import dev.cenote.TaskTimeoutException;
import dev.cenote.WorkerDiedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// One thread that uses a pool at random while its workers are killed, and checks every answer against what the workers
/// have written down.
///
/// An item ends as it should, or because its worker has died, or because the pool has; nothing else is accepted, no
/// item may have two ends, and none may have begun more often than it was allowed to.
final class SoakClient {

    private static final int SLOW_MICROS = 5_000_000;

    private final Pool pool;
    private final SplittableRandom random;
    private final Path folder;
    private final Tally tally;
    private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
    private volatile String doing = "nothing yet";
    private int ledgers;

    SoakClient(Pool pool, SplittableRandom random, Path folder, Tally tally) {
        this.pool = pool;
        this.random = random;
        this.folder = folder;
        this.tally = tally;
    }

    /// Uses the pool this many times, or until it is shut down or broken.
    void run(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try {
                useOnce();
            } catch (RejectedExecutionException | CancellationException e) {
                if (!pool.isShutdown()) {
                    throw e;
                }
                tally.count(e instanceof BrokenPoolException ? "pools found broken" : "pools found shut down");
                return;
            }
        }
    }

    Queue<CompletableFuture<?>> futures() {
        return futures;
    }

    String doing() {
        return doing;
    }

    private void useOnce() throws IOException {
        Path ledger = folder.resolve("ledger-" + Thread.currentThread().threadId() + "-" + ledgers++);
        int verb = random.nextInt(10);
        tally.count("calls");
        try {
            switch (verb) {
                case 0 -> jobs("submit", ledger, 0);
                case 1 -> jobs("submit and cancel", ledger, 2);
                case 2 -> map(ledger, false);
                case 3 -> map(ledger, true);
                case 4 -> mapAsync(ledger);
                case 5 -> readSome(ledger);
                case 6 -> allOutcomes(ledger, null);
                case 7 -> allOutcomes(ledger, Duration.ofMillis(random.nextInt(300, 1_000)));
                case 8 -> gather(ledger);
                default -> nested(ledger);
            }
        } finally {
            Files.deleteIfExists(ledger);
        }
    }

    // ---- what the tasks do

    /// What a task throws that is meant to fail.
    static final class Planned extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Planned(int item) {
            super("item " + item + " fails", null, false, false);
        }
    }

    private static Func<Integer, Integer> task(String ledger, int micros, int culprit) {
        return task(ledger, micros, culprit, -1);
    }

    private static Func<Integer, Integer> task(String ledger, int micros, int culprit, int slow) {
        return i -> {
            Ledger.note(ledger, i);
            rest(i == slow ? SLOW_MICROS : micros);
            if (i % 1_000 == culprit) {
                throw new Planned(i);
            }
            return i;
        };
    }

    private static Job<Integer> job(String ledger, int item, int micros) {
        return () -> {
            Ledger.note(ledger, item);
            rest(micros);
            return item;
        };
    }

    private static void rest(int micros) {
        if (micros > 0) {
            try {
                Thread.sleep(Duration.ofNanos(micros * 1_000L)); // subject: an item that takes its time
            } catch (InterruptedException e) {
                throw new CancellationException("interrupted");
            }
        }
    }

    private int pause() {
        return random.nextInt(3) == 0 ? random.nextInt(10_000) : 0;
    }

    // ---- what may be the end

    /// Counts an end that is not a result, if it may be one.
    ///
    /// @param limited whether there was a time limit
    private void excuse(Throwable end, boolean limited) {
        Throwable cause =
                end instanceof CompletionException || end instanceof ExecutionException ? end.getCause() : end;
        switch (cause) {
            case Planned _ -> tally.count("items that were meant to fail");
            case WorkerDiedException _
            when pool.engine().equals("processes") -> tally.count("items lost with a worker");
            case TaskTimeoutException _ when limited -> tally.count("items that took too long");
            case BrokenPoolException _
            when pool.engine().equals("processes") -> tally.count("items lost with a pool that broke");
            case RejectedExecutionException _ when pool.isShutdown() -> tally.count("items refused after a shutdown");
            case CancellationException _ when pool.isShutdown() -> tally.count("items cancelled by a shutdown");
            case null, default -> throw new AssertionError(doing + ": an end that was not expected", end);
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
    private void check(boolean condition, String message, Object... values) {
        if (!condition) {
            throw new AssertionError(doing + ": " + message.formatted(values));
        }
    }

    private int[] checkRuns(Path ledger, int items, int most) throws IOException {
        int[] runs = Ledger.runs(ledger, items);
        for (int i = 0; i < items; i++) {
            check(runs[i] <= most, "item %d has begun %d times, where %d are allowed", i, runs[i], most);
        }
        return runs;
    }

    // ---- verbs

    private void jobs(String name, Path ledger, int cancelled) throws IOException {
        int count = random.nextInt(1, 20);
        doing = name + " of " + count;
        List<CompletableFuture<Integer>> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(track(pool.submit(job(ledger.toString(), i, pause()))));
        }
        for (CompletableFuture<Integer> job : jobs) {
            if (cancelled > 0 && random.nextInt(cancelled) == 0) {
                boolean done = job.cancel(random.nextInt(4) > 0);
                check(job.isDone() && job.isCancelled() == done, "a cancelled future is %s", job);
            }
        }
        Reckoning reckoning = new Reckoning(doing, count);
        for (int i = 0; i < count; i++) {
            CompletableFuture<Integer> job = jobs.get(i);
            try {
                check(job.join() == i, "job %d has the result %s", i, job);
                reckoning.result(i);
                tally.count("results");
            } catch (CancellationException e) {
                check(cancelled > 0 || pool.isShutdown(), "job %d was cancelled by nobody", i);
                reckoning.failure(i);
                tally.count("jobs cancelled");
            } catch (CompletionException e) {
                excuse(e, false);
                reckoning.failure(i);
            }
        }
        reckoning.check(ledger, 1);
    }

    private <R> CompletableFuture<R> track(CompletableFuture<R> future) {
        futures.add(future);
        return future;
    }

    private Mapper mapper() {
        return switch (random.nextInt(3)) {
            case 0 -> pool.with(o -> o.chunk(7));
            case 1 -> pool.with(o -> o.chunk(100));
            default -> pool;
        };
    }

    private void map(Path ledger, boolean fails) throws IOException {
        int items = random.nextInt(0, 600);
        int culprit = fails ? random.nextInt(items + 1) : -1;
        doing = "map of " + items + ", of which " + culprit + " fails";
        int done = 0;
        try {
            if (random.nextInt(4) == 0) {
                String file = ledger.toString();
                mapper().forEach(Range.of(0, items), i -> Ledger.note(file, i));
            } else {
                List<Integer> results =
                        mapper().map(Range.of(0, items), task(ledger.toString(), pause() / 20, culprit));
                check(results.equals(Range.of(0, items)), "the results are %s", results);
                check(culprit < 0 || culprit == items, "%d should have failed", culprit);
            }
            done = items;
            tally.add("results", items);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            excuse(e, false);
            check(!(e instanceof Planned) || culprit >= 0, "nothing was meant to fail");
        }
        int[] runs = checkRuns(ledger, items, 1);
        for (int i = 0; i < done; i++) {
            check(runs[i] == 1, "item %d has a result and has not run", i);
        }
    }

    private void mapAsync(Path ledger) throws IOException {
        int items = random.nextInt(1, 200);
        doing = "mapAsync of " + items;
        CompletableFuture<List<Integer>> future =
                track(mapper().mapAsync(Range.of(0, items), task(ledger.toString(), pause() / 5, -1)));
        rest(pause());
        boolean cancelled = random.nextInt(3) > 0 && future.cancel(random.nextBoolean());
        try {
            List<Integer> results = future.join();
            check(!cancelled && results.equals(Range.of(0, items)), "the results are %s", results);
            tally.add("results", items);
        } catch (CancellationException e) {
            check(cancelled || pool.isShutdown(), "cancelled by nobody");
            tally.count("maps cancelled");
        } catch (CompletionException e) {
            excuse(e, false);
        }
        checkRuns(ledger, items, 1);
    }

    private void readSome(Path ledger) throws IOException {
        int wanted = random.nextInt(0, 200);
        int ahead = random.nextInt(1, 100);
        int micros = pause() / 20;
        doing = "iterate, of which " + wanted + " are read, with ahead=" + ahead;
        String file = ledger.toString();
        int read = 0;
        try (Results<Long> results = pool.with(o -> o.ahead(ahead))
                .iterate(() -> LongStream.iterate(0, i -> i + 1).iterator(), i -> {
                    Ledger.note(file, Math.toIntExact(i));
                    rest(micros);
                    return i;
                })) {
            for (; read < wanted; read++) {
                long next = results.next();
                check(next == read, "%d came in place of %d", next, read);
                tally.count("results");
            }
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            excuse(e, false);
        }
        int[] runs = checkRuns(ledger, read + 10_000, 1);
        for (int i = 0; i < read; i++) {
            check(runs[i] == 1, "item %d was read and has not run", i);
        }
    }

    private void allOutcomes(Path ledger, Duration limit) throws IOException {
        int items = random.nextInt(0, limit == null ? 500 : 80);
        int slow = limit == null ? -1 : random.nextInt(160);
        int micros = pause() / 20;
        boolean ordered = random.nextBoolean();
        int retries = random.nextInt(3);
        doing = "outcomes of " + items + ", ordered=" + ordered + " retries=" + retries + " limit=" + limit;
        Mapper mapper = mapper().with(o -> (ordered ? o : o.unordered()).retries(retries));
        if (limit != null) {
            mapper = mapper.with(o -> o.timeout(limit));
        }
        int culprit = random.nextInt(1_000);
        Reckoning reckoning = new Reckoning(doing, items);
        long expected = 0;
        try (Stream<Outcome<Integer, Integer>> outcomes =
                mapper.outcomes(Range.of(0, items), task(ledger.toString(), micros, culprit, slow))) {
            for (Outcome<Integer, Integer> outcome : (Iterable<Outcome<Integer, Integer>>) outcomes::iterator) {
                int index = Math.toIntExact(outcome.index());
                check(!ordered || index == expected++, "item %d came out of order", index);
                check(outcome.item() == index, "item %d is said to be %s", index, outcome.item());
                check(outcome.attempts() <= retries + 1, "%s", outcome);
                switch (outcome) {
                    case Outcome.Success<Integer, Integer> success -> {
                        check(success.value() == index && index % 1_000 != culprit, "%s", success);
                        reckoning.result(index);
                        tally.count("results");
                    }
                    case Outcome.Failure<Integer, Integer> failure -> {
                        excuse(failure.error(), limit != null);
                        reckoning.failure(index);
                        check(
                                !(failure.error() instanceof Planned) || failure.attempts() == retries + 1,
                                "item %d failed after %d attempts",
                                index,
                                failure.attempts());
                    }
                }
            }
        }
        reckoning.check(ledger, retries + 1);
    }

    private void gather(Path ledger) throws IOException {
        int items = random.nextInt(0, 300);
        doing = "mapping of " + items;
        try {
            List<Integer> results = Range.of(0, items).stream()
                    .gather(pool.mapping(task(ledger.toString(), pause() / 20, -1)))
                    .toList();
            check(results.equals(Range.of(0, items)), "the results are %s", results);
            tally.add("results", items);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            excuse(e, false);
        }
        checkRuns(ledger, items, 1);
    }

    private void nested(Path ledger) throws IOException {
        int items = random.nextInt(1, 4);
        String engine = random.nextInt(3) == 0 ? "processes" : "threads";
        doing = "map of " + items + " that each use " + engine;
        String file = ledger.toString();
        try (Stream<Outcome<Integer, Integer>> outcomes = pool.outcomes(Range.of(0, items), i -> {
            Ledger.note(file, i);
            try (Pool inner = Pool.of(engine, c -> c.workers(1))) {
                return inner.map(Range.of(0, i + 1), j -> j).stream()
                        .mapToInt(j -> j)
                        .sum();
            }
        })) {
            int count = 0;
            for (Outcome<Integer, Integer> outcome : (Iterable<Outcome<Integer, Integer>>) outcomes::iterator) {
                count++;
                if (outcome instanceof Outcome.Success<Integer, Integer>(long index, var _, var _, Integer sum)) {
                    check(sum == index * (index + 1) / 2, "%s", outcome);
                    tally.count("results");
                } else if (outcome instanceof Outcome.Failure<Integer, Integer> failure) {
                    if (engine.equals("processes") && isOfAPool(failure.error())) {
                        tally.count("items lost with a pool within a task");
                    } else {
                        excuse(failure.error(), false);
                    }
                }
            }
            check(count == items, "there are %d outcomes", count);
        }
        checkRuns(ledger, items, 1);
    }

    private static boolean isOfAPool(Throwable error) {
        return error instanceof WorkerDiedException || error instanceof RejectedExecutionException;
    }
}
