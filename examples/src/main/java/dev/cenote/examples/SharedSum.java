// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import dev.cenote.Broadcast;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedDoubles;
import java.util.List;

/// Four tasks add up the parts of one array, on every engine. The array is in shared memory, so worker processes get
/// its address and no copy of it. Each number is weighted, with weights that each worker gets once, by a broadcast.
///
/// ```
/// java -cp core/target/classes examples/src/main/java/dev/cenote/examples/SharedSum.java [numbers]
/// ```
///
/// By default 40000000 numbers, which are 320 MB.
public final class SharedSum {

    private static final int TASKS = 4;

    private SharedSum() {}

    public static void main(String... args) {
        long numbers = args.length > 0 ? Long.parseLong(args[0]) : 40_000_000;
        double[] weights = {0.5, 1, 2};
        for (String engine : List.of("serial", "threads", "virtual", "processes")) {
            try (Pool pool = Pool.of(engine);
                    SharedDoubles array = SharedDoubles.of(numbers)) {
                fill(pool, array);
                long start = System.nanoTime();
                double sum = sum(pool, array, weights);
                System.out.printf("%-9s %.1f in %.3f s%n", engine, sum, (System.nanoTime() - start) / 1e9);
            }
        }
    }

    /// Lets each task write its part, in place.
    static void fill(Pool pool, SharedDoubles array) {
        pool.with(o -> o.chunk(1)).forEach(Range.of(0, TASKS), part -> {
            for (long i = begin(array, part); i < begin(array, part + 1); i++) {
                array.set(i, (double) (i % 10));
            }
        });
    }

    /// Adds up the numbers, each times its weight; the weights come round again and again.
    static double sum(Pool pool, SharedDoubles array, double[] weights) {
        try (Broadcast<double[]> broadcast = pool.broadcast(weights)) {
            List<Double> parts = pool.with(o -> o.chunk(1)).map(Range.of(0, TASKS), part -> {
                double[] own = broadcast.value();
                double sum = 0;
                for (long i = begin(array, part); i < begin(array, part + 1); i++) {
                    sum += array.get(i) * own[(int) (i % own.length)];
                }
                return sum;
            });
            return parts.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    private static long begin(SharedDoubles array, int part) {
        return array.length() / TASKS * part + Math.min(part, array.length() % TASKS);
    }
}
