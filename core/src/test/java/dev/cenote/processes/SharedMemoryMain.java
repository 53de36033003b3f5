// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import dev.cenote.Broadcast;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedArray;
import dev.cenote.SharedCounter;
import dev.cenote.SharedDoubles;
import dev.cenote.SharedLongs;
import java.util.ArrayList;
import java.util.List;

/// A program that uses shared memory until it is killed. Prints the ids of all its processes in a line when it has
/// begun.
final class SharedMemoryMain {

    private SharedMemoryMain() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "alone" -> alone();
            case "making" -> making();
            default -> withPool();
        }
    }

    /// Has arrays and no pool, and so nobody who would look after what is left.
    private static void alone() throws InterruptedException {
        SharedLongs array = SharedLongs.of(1_000_000);
        SharedCounter counter = SharedCounter.of(1);
        System.out.println(ProcessHandle.current().pid());
        Thread.sleep(Long.MAX_VALUE); // subject: a program that waits for its death
        System.out.println(array + " " + counter);
    }

    private static void making() {
        List<SharedArray> some = new ArrayList<>();
        for (long n = 0; ; n++) {
            some.add(SharedLongs.of(n % 100_000));
            if (some.size() == 100) {
                System.out.println(ProcessHandle.current().pid());
                some.forEach(SharedArray::close);
                some.clear();
            }
        }
    }

    /// Has its workers make, map and return memory all the time.
    private static void withPool() {
        Pool pool = Pool.processes(2);
        SharedDoubles array = SharedDoubles.of(100_000);
        SharedCounter begun = SharedCounter.of(0);
        Broadcast<long[]> broadcast = pool.broadcast(new long[1_000_000]);
        List<SharedLongs> got = new ArrayList<>();
        boolean told = false;
        while (true) {
            pool.with(o -> o.chunk(1))
                    .outcomes(Range.of(0, 20), i -> {
                        begun.increment();
                        array.getAndAdd(i, (double) broadcast.value()[i] + 1);
                        SharedLongs own = SharedLongs.of(10_000);
                        own.set(0, ProcessHandle.current().pid());
                        return own;
                    })
                    .filter(Outcome::succeeded) // some workers are killed
                    .forEach(outcome -> got.add(outcome.get()));
            List<Long> pids = got.stream().map(each -> each.get(0)).distinct().toList();
            if (pids.size() == 2 && !told) {
                told = true;
                System.out.println(ProcessHandle.current().pid() + " " + pids.get(0) + " " + pids.get(1));
            }
            if (got.size() > 1_000) {
                got.forEach(SharedArray::close);
                got.clear();
            }
        }
    }
}
