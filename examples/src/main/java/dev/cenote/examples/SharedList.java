// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Worker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Workers fill one list. Threads share memory, so they may all add to the same collection, provided that it is made
/// for that: a plain `ArrayList` would lose entries or break. Processes share none: each adds to a copy of its own, and
/// the list here stays empty. A list that the pool shares is filled by all of them, as each call of it is made here.
/// What a worker process has to say it can also return.
///
/// ```
/// java -cp core/target/classes examples/src/main/java/dev/cenote/examples/SharedList.java [entries]
/// ```
///
/// By default 12 entries.
public final class SharedList {

    private SharedList() {}

    /// What a worker leaves in the list.
    record Entry(int number, String worker) {}

    public static void main(String... args) {
        int entries = args.length > 0 ? Integer.parseInt(args[0]) : 12;
        try (Pool pool = Pool.threads(4)) {
            List<Entry> list = Collections.synchronizedList(new ArrayList<>());
            fill(pool, entries, list);
            show("synchronized list, 4 threads", list);

            ConcurrentLinkedQueue<Entry> queue = new ConcurrentLinkedQueue<>();
            fill(pool, entries, queue);
            show("concurrent queue, 4 threads", queue);

            // When each item has one result no shared list is needed, and the results are in order.
            show("no shared list: map returns it", pool.map(Range.of(0, entries), SharedList::entry));
        }
        try (Pool pool = Pool.processes(2)) {
            List<Entry> list = Collections.synchronizedList(new ArrayList<>());
            fill(pool, entries, list);
            show("synchronized list, 2 processes", list);

            List<Entry> shared = pool.share(List.class, new ArrayList<>());
            fill(pool, entries, shared);
            show("list shared by the pool, 2 processes", shared);

            show("map returns it, 2 processes", pool.map(Range.of(0, entries), SharedList::entry));
        }
    }

    /// Lets the workers of a pool add to a collection, which must be safe for use by several threads.
    static void fill(Pool pool, int entries, Collection<Entry> shared) {
        pool.forEach(Range.of(0, entries), number -> shared.add(entry(number)));
    }

    private static Entry entry(int number) throws InterruptedException {
        Thread.sleep(20); // stands for work: without it the first worker would be done before the others begin
        return new Entry(number, Worker.current().name());
    }

    private static void show(String title, Collection<Entry> entries) {
        long workers = entries.stream().map(Entry::worker).distinct().count();
        System.out.printf("%s: %d entries from %d workers%n", title, entries.size(), workers);
        for (Entry entry : entries) {
            System.out.printf("  %3d from %s%n", entry.number(), entry.worker());
        }
    }
}
