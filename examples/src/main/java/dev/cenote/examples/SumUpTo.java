// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import dev.cenote.Pool;
import java.util.List;
import java.util.stream.LongStream;

/// Four sums that only compute, one after the other, on threads and on processes. At best they get faster by the number
/// of CPUs, and with four tasks never more than four times: the longest one sets the end. Processes gain nothing over
/// threads here, as Java threads run at the same time anyway; they cost their start.
///
/// ```
/// java -cp core/target/classes examples/src/main/java/dev/cenote/examples/SumUpTo.java [biggest]
/// ```
///
/// By default the biggest number is 4000000000.
public final class SumUpTo {

    private SumUpTo() {}

    public static void main(String... args) {
        long biggest = args.length > 0 ? Long.parseLong(args[0]) : 4_000_000_000L;
        List<Long> numbers = numbers(biggest);
        int cpus = Runtime.getRuntime().availableProcessors();
        System.out.printf("sums up to %s on %d CPUs%n", numbers, cpus);
        sums(Pool.serial(), numbers(biggest / 10)); // lets the JIT compile the loop before the clock runs

        double serial = row("serial", Pool.serial(), numbers);
        double threads = row("threads", Pool.threads(), numbers);
        double processes = row("processes", Pool.processes(), numbers);
        System.out.printf("speed-up: %.2f on threads, %.2f on processes%n", serial / threads, serial / processes);
    }

    /// Four big numbers, each somewhat smaller than the one before.
    static List<Long> numbers(long biggest) {
        return LongStream.of(10, 9, 8, 7)
                .mapToObj(tenths -> biggest / 10 * tenths)
                .toList();
    }

    /// The sum of 1 to `n` the long way, to have something to compute; `n * (n + 1) / 2` would be the short one.
    static long sumUpTo(long n) {
        long sum = 0;
        for (long i = 1; i <= n; i++) {
            sum += i;
        }
        return sum;
    }

    static List<Long> sums(Pool pool, List<Long> numbers) {
        try (pool) {
            return pool.map(numbers, SumUpTo::sumUpTo);
        }
    }

    private static double row(String engine, Pool pool, List<Long> numbers) {
        long start = System.nanoTime();
        List<Long> sums = sums(pool, numbers);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%-9s %7.3f s  %s%n", engine, seconds, sums);
        return seconds;
    }
}
