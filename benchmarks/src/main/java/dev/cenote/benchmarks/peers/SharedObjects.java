// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedLock;
import dev.cenote.SharedQueue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/// Items through a queue between two worker processes, and pairs of lock and unlock, per second, three times; then the
/// same of Python's `multiprocessing`, if there is a `python3`.
///
/// ```
/// mvn -q -pl core,benchmarks compile
/// java -cp core/target/classes:benchmarks/target/classes dev.cenote.benchmarks.peers.SharedObjects
/// ```
public final class SharedObjects {

    private static final int ITEMS = 1_000_000;
    private static final int PAIRS = 20_000;
    private static final int ROUNDS = 3;

    private SharedObjects() {}

    /// Prints the rates.
    ///
    /// @param args none
    /// @throws Exception if a task fails, or Python does
    public static void main(String... args) throws Exception {
        try (Pool pool = Pool.processes(2)) {
            List<Integer> _ = pool.map(Range.of(0, 2), i -> i); // starts the workers
            for (int i = 0; i < ROUNDS; i++) {
                System.out.printf("queue:           %,12.0f items/s%n", queueRate(pool));
                System.out.printf("lock, 1 worker:  %,12.0f pairs/s%n", lockRate(pool, 1));
                System.out.printf("lock, 2 workers: %,12.0f pairs/s%n", lockRate(pool, 2));
            }
        }
        runPython();
    }

    private static double queueRate(Pool pool) {
        SharedQueue<Integer> queue = new SharedQueue<>();
        long begin = System.nanoTime();
        CompletableFuture<?> put = pool.submit(() -> {
            for (int i = 0; i < ITEMS; i++) {
                queue.put(i);
            }
            queue.close();
        });
        CompletableFuture<?> take = pool.submit(() -> {
            long sum = 0;
            for (int item : queue) {
                sum += item;
            }
            if (sum != ITEMS * (ITEMS - 1L) / 2) {
                throw new IllegalStateException("the sum is " + sum);
            }
        });
        CompletableFuture.allOf(put, take).join();
        return perSecond(ITEMS, begin);
    }

    private static double lockRate(Pool pool, int workers) {
        SharedLock lock = new SharedLock();
        long begin = System.nanoTime();
        List<? extends CompletableFuture<?>> tasks = IntStream.range(0, workers)
                .mapToObj(worker -> pool.submit(() -> {
                    for (int i = 0; i < PAIRS; i++) {
                        try (var _ = lock.hold()) {
                            // nothing
                        }
                    }
                }))
                .toList();
        tasks.forEach(CompletableFuture::join);
        return perSecond((long) workers * PAIRS, begin);
    }

    private static double perSecond(long count, long begin) {
        return count * 1e9 / (System.nanoTime() - begin);
    }

    private static void runPython() throws IOException, InterruptedException {
        Path script = Files.createTempFile("shared", ".py");
        try (InputStream in = Objects.requireNonNull(SharedObjects.class.getResourceAsStream("shared.py"), "script")) {
            Files.write(script, in.readAllBytes());
            System.out.println("Python:");
            System.out.flush();
            int _ = new ProcessBuilder("python3", script.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        } finally {
            Files.delete(script);
        }
    }
}
