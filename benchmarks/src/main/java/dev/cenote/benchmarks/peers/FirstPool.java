// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Pool;
import java.util.ArrayList;
import java.util.List;

/// The main of a JVM that makes its first pool. It loads nothing else before.
final class FirstPool {

    private FirstPool() {}

    /// Measures, and prints nanoseconds: of the first pool, and of the second.
    ///
    /// @param args how many items
    @SuppressWarnings("SystemOut") // read by the process that started this one
    public static void main(String[] args) {
        List<Integer> items = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            items.add(i);
        }
        long first = nanos(items);
        long second = nanos(items);
        System.out.println(first + " " + second);
    }

    private static long nanos(List<Integer> items) {
        long begin = System.nanoTime();
        List<Integer> squares;
        try (Pool pool = Pool.processes(2)) {
            squares = pool.map(items, x -> x * x);
        }
        long nanos = System.nanoTime() - begin;
        int last = items.size() - 1;
        if (squares.get(last) != last * last) {
            throw new IllegalStateException("wrong: " + squares);
        }
        return nanos;
    }
}
