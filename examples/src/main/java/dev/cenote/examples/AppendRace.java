// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedBarrier;
import dev.cenote.SharedLock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/// Two tasks append to one text and one of the appends is lost; then three ways to repair that. On processes there is
/// no race, since nothing is shared. What is shared on purpose has the same race everywhere, and the same repair: a
/// lock that is shared too.
///
/// ```
/// java -cp core/target/classes examples/src/main/java/dev/cenote/examples/AppendRace.java [appends]
/// ```
///
/// By default 1000 appends for each repair.
public final class AppendRace {

    private AppendRace() {}

    public static void main(String... args) {
        int appends = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
        try (Pool pool = Pool.threads(2)) {
            System.out.printf("race:    2 appends, text \"%s\": one is lost%n", race(pool));
            report("lock:   ", appends, withLock(pool, appends));
            report("atomic: ", appends, withAtomic(pool, appends));
            report("results:", appends, withResults(pool, appends));
        }
        try (Pool pool = Pool.processes(2)) {
            System.out.printf(
                    "copies:  2 appends on processes, text \"%s\": each was made to a copy%n", onCopies(pool));
            report("results:", appends, withResults(pool, appends));
        }
        for (String engine : List.of("threads", "virtual", "processes")) {
            try (Pool pool = Pool.of(engine, c -> c.workers(2))) {
                System.out.printf("shared on %s: 2 appends, text \"%s\": one is lost%n", engine, sharedRace(pool));
                report("shared lock:", appends, withSharedLock(pool, appends));
            }
        }
    }

    /// A text with an append that reads, changes and writes in three steps. `volatile` lets each thread see the
    /// newest text; it does not make one step out of three.
    private static final class RacyText {

        private final CyclicBarrier bothHaveRead = new CyclicBarrier(2);
        private volatile String text = "";

        void append(String more) throws Exception {
            String before = text;
            // In real programs this moment is rare and comes in production; here it comes every time.
            bothHaveRead.await(10, TimeUnit.SECONDS);
            text = before + more;
        }
    }

    /// Appends "a" and "b" at the same time and returns what is left of them.
    static String race(Pool pool) {
        RacyText racy = new RacyText();
        CompletableFuture<?> a = pool.submit(() -> racy.append("a"));
        CompletableFuture<?> b = pool.submit(() -> racy.append("b"));
        CompletableFuture.allOf(a, b).join();
        return racy.text;
    }

    /// First repair: a lock, so that nobody else reads or writes between the three steps.
    private static final class LockedText {

        private final ReentrantLock lock = new ReentrantLock();
        private String text = ""; // read and written under the lock only

        void append(String more) {
            lock.lock();
            try {
                text = text + more;
            } finally {
                lock.unlock();
            }
        }

        String text() {
            lock.lock();
            try {
                return text;
            } finally {
                lock.unlock();
            }
        }
    }

    static String withLock(Pool pool, int appends) {
        LockedText locked = new LockedText();
        pool.forEach(Range.of(0, appends), n -> locked.append("a"));
        return locked.text();
    }

    /// Second repair: an atomic reference, which computes the new text again when the old one has changed
    /// meanwhile.
    static String withAtomic(Pool pool, int appends) {
        AtomicReference<String> text = new AtomicReference<>("");
        pool.forEach(Range.of(0, appends), n -> text.updateAndGet(before -> before + "a"));
        return text.get();
    }

    /// Third repair, and the best where it fits: share nothing. The tasks return their pieces and one thread
    /// joins them, in the order of the input.
    static String withResults(Pool pool, int appends) {
        List<String> pieces = pool.map(Range.of(0, appends), n -> "a");
        return String.join("", pieces);
    }

    /// Appends "a" and "b" in worker processes and returns what is left of them here: nothing, as each worker gets a
    /// copy of the text and appends to that. The racy text above could not even be sent, for its barrier belongs to
    /// this process; the exception says so.
    static String onCopies(Pool pool) {
        StringBuilder text = new StringBuilder();
        CompletableFuture<?> a = pool.submit(() -> text.append("a"));
        CompletableFuture<?> b = pool.submit(() -> text.append("b"));
        CompletableFuture.allOf(a, b).join();
        return text.toString();
    }

    /// The race on every engine: the text is in a map that the pool shares, and of a call to read it and a call to
    /// write it each is safe, but not what happens between them.
    static String sharedRace(Pool pool) {
        Map<String, String> shared = pool.share(Map.class, new HashMap<>(Map.of("text", "")));
        SharedBarrier bothHaveRead = new SharedBarrier(2);
        CompletableFuture<?> a = pool.submit(() -> append(shared, "a", bothHaveRead));
        CompletableFuture<?> b = pool.submit(() -> append(shared, "b", bothHaveRead));
        CompletableFuture.allOf(a, b).join();
        return shared.getOrDefault("text", "");
    }

    private static void append(Map<String, String> shared, String more, SharedBarrier bothHaveRead) throws Exception {
        String before = shared.get("text");
        bothHaveRead.await(Duration.ofSeconds(10));
        shared.put("text", before + more);
    }

    /// Its repair on every engine. (`shared.merge("text", "a", String::concat)` would do without a lock of ours.)
    static String withSharedLock(Pool pool, int appends) {
        Map<String, String> shared = pool.share(Map.class, new HashMap<>(Map.of("text", "")));
        SharedLock lock = new SharedLock();
        pool.forEach(Range.of(0, appends), n -> {
            try (var _ = lock.hold()) {
                shared.put("text", shared.get("text") + "a");
            }
        });
        return shared.getOrDefault("text", "");
    }

    private static void report(String repair, int appends, String text) {
        System.out.printf(
                "%s %d appends, %d letters: %d lost%n", repair, appends, text.length(), appends - text.length());
    }
}
