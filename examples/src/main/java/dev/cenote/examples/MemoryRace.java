// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedBytes;
import dev.cenote.SharedCounter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Two tasks append to one text and one of the appends is lost, on threads and on processes, as the text is in shared
/// memory; and the repair, on every engine: each append takes its place in one step.
///
/// ```
/// java -cp core/target/classes examples/src/main/java/dev/cenote/examples/MemoryRace.java [appends]
/// ```
///
/// By default 1000 appends for each repair.
public final class MemoryRace {

    private MemoryRace() {}

    public static void main(String... args) {
        int appends = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
        for (String engine : List.of("threads", "virtual", "processes")) {
            try (Pool pool = Pool.of(engine, c -> c.workers(2))) {
                System.out.printf("%-9s race:   2 appends, text \"%s\": one is lost%n", engine, race(pool));
                String text = repaired(pool, appends);
                System.out.printf("%-9s places: %d appends, %d letters%n", engine, appends, text.length());
            }
        }
    }

    /// A text of limited length, and how much of it is in use.
    private record Text(SharedBytes letters, SharedCounter length) implements AutoCloseable {

        static Text of(int limit) {
            return new Text(SharedBytes.of(limit), SharedCounter.of(0));
        }

        /// Reads the length, writes a letter there, and writes the new length: three steps, between which others read
        /// the same length.
        void append(char letter, SharedCounter bothHaveRead) throws Exception {
            long at = length.get();
            meet(bothHaveRead); // in real programs this moment is rare; here it comes every time
            letters.set(at, (byte) letter);
            length.set(at + 1);
        }

        /// Takes a place that nobody else gets, in one step.
        void append(char letter) {
            letters.set(length.increment() - 1, (byte) letter);
        }

        String text() {
            byte[] used = new byte[(int) length.get()];
            letters.get(0, used, 0, used.length);
            return new String(used, StandardCharsets.ISO_8859_1);
        }

        @Override
        public void close() {
            letters.close();
            length.close();
        }
    }

    private static void meet(SharedCounter arrived) throws TimeoutException, InterruptedException {
        arrived.increment();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (arrived.get() < 2) {
            if (System.nanoTime() - end > 0) {
                throw new TimeoutException("the other task has not come");
            }
            Thread.sleep(1);
        }
    }

    /// Appends "a" and "b" at the same time and returns what is left of them.
    static String race(Pool pool) {
        try (Text text = Text.of(2);
                SharedCounter bothHaveRead = SharedCounter.of(0)) {
            CompletableFuture<?> a = pool.submit(() -> text.append('a', bothHaveRead));
            CompletableFuture<?> b = pool.submit(() -> text.append('b', bothHaveRead));
            CompletableFuture.allOf(a, b).join();
            return text.text();
        }
    }

    /// Appends many letters at the same time.
    static String repaired(Pool pool, int appends) {
        try (Text text = Text.of(appends)) {
            pool.forEach(Range.of(0, appends), n -> text.append('a'));
            return text.text();
        }
    }
}
