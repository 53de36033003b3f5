// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Mapper;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Results;
import dev.cenote.TaskTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// One thread that uses a pool at random and checks every answer. A pool that was shut down may refuse or cancel
/// anything, but must say so.
final class Client {

    /// What a task throws that is meant to fail.
    static final class Planned extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Planned(int item) {
            super("item " + item + " fails", null, false, false);
        }
    }

    private final Pool pool;
    private final SplittableRandom random;

    /// Whether nobody shuts the pool down, so that nothing may be refused.
    private final boolean undisturbed;

    private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();

    Client(Pool pool, SplittableRandom random, boolean undisturbed) {
        this.pool = pool;
        this.random = random;
        this.undisturbed = undisturbed;
    }

    /// Uses the pool until it is shut down or this many times.
    void run(int times) {
        for (int i = 0; i < times; i++) {
            try {
                useOnce();
            } catch (RejectedExecutionException | CancellationException e) {
                if (undisturbed) {
                    throw e;
                }
                assertThat(pool.isShutdown()).as("shut down, because: %s", e).isTrue();
                return;
            }
        }
    }

    /// {@return every future this client was given}
    Queue<CompletableFuture<?>> futures() {
        return futures;
    }

    private void useOnce() {
        switch (random.nextInt(9)) {
            case 0 -> submitMany();
            case 1 -> cancelJobs();
            case 2 -> map(false);
            case 3 -> map(true);
            case 4 -> mapAsyncAndCancel();
            case 5 -> readSome();
            case 6 -> readAllOutcomes();
            case 7 -> timeOut();
            default -> nested();
        }
    }

    private void submitMany() {
        List<CompletableFuture<Integer>> jobs = new ArrayList<>();
        for (int i = random.nextInt(1, 20); i > 0; i--) {
            jobs.add(submit(i, pause()));
        }
        for (CompletableFuture<Integer> job : jobs) {
            assertThat(join(job)).isPositive();
        }
    }

    private void cancelJobs() {
        List<CompletableFuture<Integer>> jobs = new ArrayList<>();
        for (int i = random.nextInt(1, 20); i > 0; i--) {
            jobs.add(submit(i, pause() * 10));
        }
        for (CompletableFuture<Integer> job : jobs) {
            if (random.nextBoolean()) {
                boolean cancelled = job.cancel(random.nextInt(4) > 0);
                assertThat(job).isDone();
                assertThat(job.isCancelled()).isEqualTo(cancelled);
            }
        }
        for (CompletableFuture<Integer> job : jobs) {
            if (!job.isCancelled()) {
                join(job);
            }
        }
    }

    private CompletableFuture<Integer> submit(int value, int micros) {
        return track(pool.submit(() -> {
            rest(micros);
            return value;
        }));
    }

    private <R> CompletableFuture<R> track(CompletableFuture<R> future) {
        futures.add(future);
        return future;
    }

    private static <R> R join(CompletableFuture<R> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof CancellationException cancelled) {
                throw cancelled;
            }
            throw e;
        }
    }

    private void map(boolean fails) {
        int items = random.nextInt(0, 400);
        int culprit = fails ? random.nextInt(items + 1) : -1;
        int micros = pause() / 10;
        AtomicIntegerArray runs = new AtomicIntegerArray(items);
        Mapper mapper = random.nextBoolean() ? pool : pool.with(o -> o.chunk(7));
        try {
            List<Integer> results = mapper.map(Range.of(0, items), i -> {
                runs.incrementAndGet(i);
                rest(micros);
                if (i == culprit) {
                    throw new Planned(i);
                }
                return i;
            });
            assertThat(results).isEqualTo(Range.of(0, items));
            assertThat(culprit < 0 || culprit == items).isTrue();
            assertEachRan(runs, 1);
        } catch (Planned e) {
            assertThat(culprit).isNotNegative();
        }
        assertThat(max(runs)).isLessThanOrEqualTo(1);
    }

    private static void assertEachRan(AtomicIntegerArray runs, int times) {
        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).as("runs of item %d", i).isEqualTo(times);
        }
    }

    private static int max(AtomicIntegerArray runs) {
        int max = 0;
        for (int i = 0; i < runs.length(); i++) {
            max = Math.max(max, runs.get(i));
        }
        return max;
    }

    private void mapAsyncAndCancel() {
        int micros = pause();
        CompletableFuture<List<Integer>> future = track(pool.mapAsync(Range.of(0, random.nextInt(1, 100)), i -> {
            rest(micros);
            return i;
        }));
        rest(pause());
        if (future.cancel(random.nextBoolean())) {
            assertThat(future).isCancelled();
        } else {
            join(future);
        }
    }

    private void readSome() {
        int wanted = random.nextInt(0, 60);
        int ahead = random.nextInt(1, 40);
        int micros = pause() / 10;
        try (Results<Long> results = pool.with(o -> o.ahead(ahead))
                .iterate(() -> LongStream.iterate(0, i -> i + 1).iterator(), i -> {
                    rest(micros);
                    return i;
                })) {
            for (long i = 0; i < wanted; i++) {
                assertThat(results.next()).isEqualTo(i);
            }
        }
    }

    private void readAllOutcomes() {
        int items = random.nextInt(0, 300);
        int micros = pause() / 10;
        boolean ordered = random.nextBoolean();
        int retries = random.nextInt(2);
        Mapper mapper = pool.with(o -> (ordered ? o : o.unordered()).retries(retries));
        AtomicIntegerArray seen = new AtomicIntegerArray(items);
        try (Stream<Outcome<Integer, Integer>> outcomes = mapper.outcomes(Range.of(0, items), i -> {
            rest(micros);
            if (i % 7 == 3) {
                throw new Planned(i);
            }
            return i;
        })) {
            outcomes.forEach(outcome -> {
                seen.incrementAndGet((int) outcome.index());
                switch (outcome) {
                    case Outcome.Success<Integer, Integer> success ->
                        assertThat(success.value()).isEqualTo(success.item());
                    case Outcome.Failure<Integer, Integer> failure -> {
                        assertThat(failure.error()).isInstanceOf(Planned.class);
                        assertThat(failure.attempts()).isEqualTo(retries + 1);
                    }
                }
            });
        }
        assertEachRan(seen, 1);
    }

    private void timeOut() {
        int items = random.nextInt(1, 12);
        int slow = random.nextInt(items);
        AtomicIntegerArray seen = new AtomicIntegerArray(items);
        Mapper mapper = pool.with(o -> o.timeout(Duration.ofMillis(3)).chunk(3));
        try (Stream<Outcome<Integer, Integer>> outcomes = mapper.outcomes(Range.of(0, items), i -> {
            rest(i == slow ? 60_000_000 : 0);
            return i;
        })) {
            outcomes.forEach(outcome -> {
                seen.incrementAndGet((int) outcome.index());
                if (outcome.index() == slow) {
                    assertThat(outcome.succeeded()).isFalse();
                }
                if (outcome
                        instanceof Outcome.Failure<Integer, Integer> failure) { // others may be late on a busy machine
                    assertThat(failure.error()).isInstanceOf(TaskTimeoutException.class);
                }
            });
        }
        assertEachRan(seen, 1);
    }

    private void nested() {
        int items = random.nextInt(1, 6);
        List<Integer> sums = pool.map(
                Range.of(0, items),
                i -> pool.map(Range.of(0, i + 1), j -> j).stream()
                                .mapToInt(j -> j)
                                .sum()
                        + join(pool.submit(() -> 0)));
        for (int i = 0; i < items; i++) {
            assertThat(sums.get(i)).isEqualTo(i * (i + 1) / 2);
        }
    }

    private int pause() {
        return random.nextInt(3) == 0 ? random.nextInt(1_000) : 0;
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
}
