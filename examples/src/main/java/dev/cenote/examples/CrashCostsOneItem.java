// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.TaskTimeoutException;
import dev.cenote.WorkerDiedException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Six documents of which three are poison: one makes its parser call `System.exit`, one lets it take all memory, one
/// lets it run for ever. In threads each of them would be the end of the program, or of a thread. In worker processes
/// each costs what it is: one document.
///
/// ```
/// java -cp core/target/classes examples/src/main/java/dev/cenote/examples/CrashCostsOneItem.java [limitMillis]
/// ```
///
/// By default a document may take 3000 ms. This is printed:
///
/// ```
/// report    6 letters
/// exits     the worker ended by itself with exit code 7
/// memo      4 letters
/// eats      OutOfMemoryError: Java heap space
/// hangs     killed after 3000 ms
/// letter    6 letters
/// 3 documents parsed, 3 failed
/// ```
public final class CrashCostsOneItem {

    private CrashCostsOneItem() {}

    public static void main(String... args) {
        Duration limit = Duration.ofMillis(args.length > 0 ? Integer.parseInt(args[0]) : 3_000);
        List<String> documents = List.of("report", "exits", "memo", "eats", "hangs", "letter");
        try (Pool pool = Pool.processes(c -> c.workers(2).heap("64m"))) {
            parseAll(pool, documents, limit).forEach(CrashCostsOneItem::report);
            System.out.printf(
                    "%d documents parsed, %d failed%n",
                    pool.stats().done(), pool.stats().failed());
        }
    }

    /// What became of each document, in their order.
    static List<Outcome<String, Integer>> parseAll(Pool pool, List<String> documents, Duration limit) {
        try (Stream<Outcome<String, Integer>> outcomes =
                pool.with(o -> o.timeout(limit)).outcomes(documents, CrashCostsOneItem::parse)) {
            return outcomes.toList();
        }
    }

    /// A parser as one meets them.
    private static int parse(String document) {
        switch (document) {
            case "exits" -> System.exit(7);
            case "eats" -> eat();
            case "hangs" -> spin();
            default -> {}
        }
        return document.length();
    }

    private static void eat() {
        byte[][] all = new byte[1_000][];
        for (int i = 0; i < all.length; i++) {
            all[i] = new byte[1 << 20];
        }
    }

    private static void spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }

    private static void report(Outcome<String, Integer> outcome) {
        String text = switch (outcome) {
            case Outcome.Success<String, Integer> parsed -> parsed.value() + " letters";
            case Outcome.Failure<String, Integer> failure -> describe(failure.error());
        };
        System.out.printf("%-9s %s%n", outcome.item(), text);
    }

    /// The message of a `WorkerDiedException` tells more: which worker it was, and the last lines that it printed.
    private static String describe(Throwable error) {
        return switch (error) {
            case WorkerDiedException died -> "the worker ended by itself with exit code " + died.exitCode();
            case TaskTimeoutException late -> "killed after " + late.limit().toMillis() + " ms";
            default -> error.getClass().getSimpleName() + ": " + error.getMessage();
        };
    }
}
