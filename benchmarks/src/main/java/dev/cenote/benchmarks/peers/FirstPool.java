// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Pool;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.viktorc.pp4j.impl.JavaProcessPoolExecutor;
import net.viktorc.pp4j.impl.SimpleJavaProcessOptions;

/// The main of a JVM that makes its first pool. It loads nothing else before.
final class FirstPool {

    private FirstPool() {}

    /// Measures, and prints nanoseconds, of the first pool and of the second, and the sum of the squares.
    ///
    /// @param args whose pool, how many workers, and how many items
    /// @throws Exception if a pool fails
    @SuppressWarnings("SystemOut") // read by the process that started this one
    public static void main(String[] args) throws Exception {
        boolean ours = args[0].equals("cenote");
        int workers = Integer.parseInt(args[1]);
        List<Integer> items = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            items.add(i);
        }
        long begin = System.nanoTime();
        List<Integer> first = ours ? cenote(workers, items) : pp4j(workers, items);
        long middle = System.nanoTime();
        List<Integer> second = ours ? cenote(workers, items) : pp4j(workers, items);
        long end = System.nanoTime();
        if (!first.equals(second)) {
            throw new IllegalStateException("two pools do not agree: " + first + " and " + second);
        }
        long sum = second.stream().mapToLong(square -> square).sum();
        System.out.println((middle - begin) + " " + (end - middle) + " " + sum);
    }

    private static List<Integer> cenote(int workers, List<Integer> items) {
        try (Pool pool = Pool.processes(workers)) {
            return pool.map(items, x -> x * x);
        }
    }

    private static List<Integer> pp4j(int workers, List<Integer> items) throws Exception {
        JavaProcessPoolExecutor pool = new JavaProcessPoolExecutor(
                new SimpleJavaProcessOptions(0), workers, workers, 0, (Runnable & Serializable) null, false);
        List<Future<Integer>> futures = new ArrayList<>();
        for (int x : items) {
            futures.add(pool.submit((Callable<Integer> & Serializable) () -> x * x));
        }
        List<Integer> squares = new ArrayList<>();
        for (Future<Integer> future : futures) {
            squares.add(future.get());
        }
        pool.shutdown();
        pool.awaitTermination(1, TimeUnit.MINUTES);
        return squares;
    }
}
