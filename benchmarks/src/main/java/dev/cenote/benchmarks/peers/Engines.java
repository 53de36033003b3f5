// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import com.pivovarit.collectors.ParallelCollectors;
import dev.cenote.Func;
import dev.cenote.Job;
import dev.cenote.Mapper;
import dev.cenote.Pool;
import dev.cenote.Progress;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import net.viktorc.pp4j.impl.JavaProcessPoolExecutor;
import net.viktorc.pp4j.impl.SimpleJavaProcessOptions;
import org.jspecify.annotations.Nullable;

/// The pools of the JVM: ours and others.
final class Engines {

    private Engines() {}

    private static <T, R> Function<T, R> unchecked(Func<T, R> function) {
        return item -> {
            try {
                return function.apply(item);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }

    /// Ours.
    static final class Cenote implements Engine {

        private final Pool pool;
        private final boolean shared;
        private final boolean progress;
        private volatile @Nullable Progress seen; // written by the pool, so that the listener does something

        private Cenote(Pool pool, boolean shared, boolean progress) {
            this.pool = pool;
            this.shared = shared;
            this.progress = progress;
        }

        static Cenote of(String engine, int workers) {
            return new Cenote(open(engine, workers), false, false);
        }

        static Cenote withProgress(String engine, int workers) {
            return new Cenote(open(engine, workers), false, true);
        }

        /// The shared pool, which nobody closes.
        static Cenote shared() {
            return new Cenote(Pool.shared(), true, false);
        }

        private static Pool open(String engine, int workers) {
            boolean limited = !engine.equals("virtual") && !engine.equals("serial");
            return Pool.of(engine, c -> limited ? c.workers(workers) : c);
        }

        @Override
        public <T, R> List<R> map(List<T> items, Func<T, R> function, int chunk) {
            Mapper mapper = pool;
            if (chunk > 0) {
                mapper = mapper.with(o -> o.chunk(chunk));
            }
            if (progress) {
                mapper = mapper.with(o -> o.progress(p -> seen = p));
            }
            List<R> results = mapper.map(items, function);
            if (progress) {
                Objects.requireNonNull(seen, "progress was not told");
            }
            return results;
        }

        @Override
        public <R> R call(Job<R> job) {
            return pool.call(job);
        }

        @Override
        public void close() {
            if (!shared) {
                pool.close();
            }
        }
    }

    /// A loop.
    static final class Loop implements Engine {

        @Override
        public <T, R> List<R> map(List<T> items, Func<T, R> function, int chunk) throws Exception {
            List<R> results = new ArrayList<>(items.size());
            for (T item : items) {
                results.add(function.apply(item));
            }
            return results;
        }

        @Override
        public void close() {}
    }

    /// Two threads, started for the call, that fill the halves of an array.
    static final class Handwritten implements Engine {

        @Override
        public <T, R> List<R> map(List<T> items, Func<T, R> function, int chunk) throws InterruptedException {
            @SuppressWarnings("unchecked") // it never leaves this method as an array
            R[] results = (R[]) new Object[items.size()];
            Function<T, R> plain = unchecked(function);
            int middle = items.size() / 2;
            Thread first = Thread.ofPlatform().start(() -> fill(items, results, plain, 0, middle));
            Thread second = Thread.ofPlatform().start(() -> fill(items, results, plain, middle, items.size()));
            first.join();
            second.join();
            return Arrays.asList(results);
        }

        private static <T, R> void fill(List<T> items, R[] results, Function<T, R> function, int from, int to) {
            for (int i = from; i < to; i++) {
                results[i] = function.apply(items.get(i));
            }
        }

        @Override
        public void close() {}
    }

    /// An executor of the JDK, which gets a job for each item.
    record Executor(ExecutorService executor) implements Engine {

        @Override
        public <T, R> List<R> map(List<T> items, Func<T, R> function, int chunk) throws Exception {
            List<Callable<R>> jobs = new ArrayList<>(items.size());
            for (T item : items) {
                jobs.add(() -> function.apply(item));
            }
            List<R> results = new ArrayList<>(items.size());
            for (Future<R> future : executor.invokeAll(jobs)) {
                results.add(future.get());
            }
            return results;
        }

        @Override
        public <R> R call(Job<R> job) throws Exception {
            return executor.submit((Callable<R>) job).get();
        }

        @Override
        public void close() {
            executor.close();
        }
    }

    /// A parallel stream in a pool of its own.
    record ParallelStream(ForkJoinPool pool) implements Engine {

        @Override
        public <T, R> List<R> map(List<T> items, Func<T, R> function, int chunk) throws Exception {
            return pool.submit(() ->
                            items.parallelStream().map(unchecked(function)).toList())
                    .get();
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /// A stream that maps in virtual threads, as many at a time as there are items.
    static final class MapConcurrent implements Engine {

        @Override
        public <T, R> List<R> map(List<T> items, Func<T, R> function, int chunk) {
            return items.stream()
                    .gather(Gatherers.mapConcurrent(Math.max(1, items.size()), unchecked(function)))
                    .toList();
        }

        @Override
        public void close() {}
    }

    /// The library parallel-collectors.
    ///
    /// @param executor runs the items
    /// @param workers how many at a time
    /// @param batching whether each worker gets one part of the items
    record Collecting(ExecutorService executor, int workers, boolean batching) implements Engine {

        @Override
        public <T, R> List<R> map(List<T> items, Func<T, R> function, int chunk) {
            Function<T, R> plain = unchecked(function);
            Collector<T, ?, CompletableFuture<List<R>>> collector = batching
                    ? ParallelCollectors.Batching.parallel(plain, Collectors.toList(), executor, workers)
                    : ParallelCollectors.parallel(plain, Collectors.toList(), executor, workers);
            return items.stream().collect(collector).join();
        }

        @Override
        public void close() {
            executor.close();
        }
    }

    /// The library PP4J: child JVMs that get a job for each item as text.
    static final class Pp4j implements Engine {

        private final JavaProcessPoolExecutor pool;

        Pp4j(int workers) throws InterruptedException {
            pool = new JavaProcessPoolExecutor(
                    new SimpleJavaProcessOptions(0), workers, workers, 0, (Runnable & Serializable) null, false);
        }

        @Override
        public <T, R> List<R> map(List<T> items, Func<T, R> function, int chunk) throws Exception {
            List<Future<R>> futures = new ArrayList<>(items.size());
            for (T item : items) {
                futures.add(pool.submit((Callable<R> & Serializable) () -> function.apply(item)));
            }
            List<R> results = new ArrayList<>(items.size());
            for (Future<R> future : futures) {
                results.add(future.get());
            }
            return results;
        }

        @Override
        public void close() {
            pool.shutdown();
            try {
                if (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
                    pool.shutdownNow();
                }
            } catch (InterruptedException e) {
                pool.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
    }
}
