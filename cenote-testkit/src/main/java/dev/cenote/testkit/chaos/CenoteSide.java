// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.chaos;

import dev.cenote.Func;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.testkit.Faults;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Lets an event happen to a pool of two processes in the program that this is, and prints what became of it, as
/// `chaos.py` does.
public final class CenoteSide {

    private static final int GUILTY = 3;

    private CenoteSide() {}

    /// Lets it happen.
    ///
    /// @param args the name of the event
    /// @throws Exception if anything is not as it should be
    @SuppressWarnings("SystemOut") // read by the table
    public static void main(String[] args) throws Exception {
        Event event = Event.valueOf(args[0]);
        Pool pool = Pool.processes(2);
        pool.with(o -> o.chunk(1)).forEach(Range.of(0, 4), CenoteSide::usual);
        if (event == Event.INTERRUPT || event == Event.ORPHANS) {
            System.out.println("READY");
            pool.forEach(Range.of(0, 10), _ -> TimeUnit.SECONDS.sleep(30)); // subject: tasks that take long
            return;
        }
        System.out.println(happen(pool, event));
        int _ = System.in.read(); // nobody looks how this program ends
        Runtime.getRuntime().halt(0);
    }

    private static String happen(Pool pool, Event event) {
        long begin = System.nanoTime();
        if (event == Event.ENDLESS) {
            int first = pool.imap(() -> Stream.iterate(0, n -> n + 1).iterator(), CenoteSide::usual)
                    .iterator()
                    .next();
            return report(first == 0 ? 1 : 0, 0, System.nanoTime() - begin, true, "");
        }
        List<Outcome<Integer, Object>> outcomes = pool.with(o -> {
                    var limited = event == Event.LIMIT ? o.timeout(Duration.ofSeconds(1)) : o;
                    return limited.chunk(event == Event.CHUNK ? 100 : 1);
                })
                .outcomes(Range.of(0, event.items()), task(event))
                .toList();
        long nanos = System.nanoTime() - begin;
        int right = 0;
        String error = "";
        for (Outcome<Integer, Object> outcome : outcomes) {
            if (outcome instanceof Outcome.Failure<?, ?> failure) {
                error = failure.error().getClass().getSimpleName();
            } else if (outcome.get().equals(outcome.item() * outcome.item())) {
                right++;
            }
        }
        boolean again = pool.map(Range.of(0, 10), CenoteSide::usual)
                .equals(Stream.iterate(0, n -> n + 1).limit(10).map(n -> n * n).toList());
        return report(right, outcomes.size() - right, nanos, again, error);
    }

    private static String report(int right, int lost, long nanos, boolean again, String error) {
        return String.format(
                Locale.ROOT, "RESULT %d %d %.3f %s %s", right, lost, nanos / 1e9, again ? "yes" : "no", error);
    }

    private static Func<Integer, Object> task(Event event) {
        return switch (event) {
            case LAMBDA -> n -> n * n;
            case CHUNK -> n -> n == 50 ? Faults.killSelf() : n * n;
            default -> n -> n == GUILTY ? guilty(event, n) : usual(n);
        };
    }

    /// {@return the square, after 20 ms}
    private static int usual(int n) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(20); // subject: what a task of this table does
        return n * n;
    }

    private static Object guilty(Event event, int n) throws Exception {
        return switch (event) {
            case KILL -> Faults.killSelf();
            case HALT -> Faults.halt(0);
            case EXIT -> Faults.exit(0);
            case EXCEPTION -> throw new Faults.TwoPartException("of two parts", 17);
            case RESULT -> Stream.of(1, 2, 3);
            case LIMIT -> {
                TimeUnit.SECONDS.sleep(30); // subject: a task that takes longer than it may
                yield n * n;
            }
            case NESTED -> {
                try (Pool inner = Pool.processes(1)) {
                    yield inner.map(List.of(n), CenoteSide::usual).getFirst();
                }
            }
            default -> throw new IOException("not an event for an item: " + event);
        };
    }
}
