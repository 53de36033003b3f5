// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.WorkerDiedException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many short items, and a worker that is killed every 100 ms on average: each item has one outcome, and no kill costs
/// more than one.
///
/// `-Dstress.items=1000000` sets how many, `-Dstress.micros=N` how long each of them computes, `-Dstress.workers=N` how
/// many workers there are.
@Timeout(600)
class KilledWorkersTest {

    private static final int ITEMS = Integer.getInteger("stress.items", 200_000);
    private static final int MICROS = Integer.getInteger("stress.micros", 5);
    private static final int WORKERS = Integer.getInteger("stress.workers", 2);
    private static final long SEED = Long.getLong("stress.seed", System.nanoTime());
    private static final int MEAN_MILLIS = 100;

    @Test
    void killedWorkers_costAnItemEach() throws Exception {
        try (Pool pool = Pool.processes(c -> c.workers(WORKERS).name("killed"))) {
            run(pool); // cold
            Run undisturbed = run(pool);
            assertThat(undisturbed.lost()).isZero();
            int[] kills = new int[1];
            Thread killer = Thread.ofPlatform().daemon().start(() -> kill(kills));
            Run disturbed = run(pool);
            killer.interrupt();
            killer.join();

            System.out.printf(
                    "%,d items of %d microseconds, %d workers: %,.0f a second undisturbed; %,.0f a second (%.0f %%) with %d"
                            + " kills in %.1f s, which cost %d items; seed %d%n",
                    ITEMS,
                    MICROS,
                    WORKERS,
                    undisturbed.rate(),
                    disturbed.rate(),
                    100 * disturbed.rate() / undisturbed.rate(),
                    kills[0],
                    disturbed.seconds(),
                    disturbed.lost(),
                    SEED);
            assertThat(disturbed.lost()).as("items that were lost").isLessThanOrEqualTo(kills[0]);
        }
    }

    /// One run over all items.
    private record Run(double seconds, int lost) {

        double rate() {
            return ITEMS / seconds;
        }
    }

    private static Run run(Pool pool) {
        boolean[] seen = new boolean[ITEMS];
        int lost = 0;
        int micros = MICROS;
        long begun = System.nanoTime();
        try (Stream<Outcome<Integer, Integer>> outcomes = pool.outcomes(Range.of(0, ITEMS), n -> compute(n, micros))) {
            for (Outcome<Integer, Integer> outcome : (Iterable<Outcome<Integer, Integer>>) outcomes::iterator) {
                int index = Math.toIntExact(outcome.index());
                if (seen[index]) {
                    throw new AssertionError("item " + index + " has two outcomes");
                }
                seen[index] = true;
                if (outcome instanceof Outcome.Success<Integer, Integer> success) {
                    if (success.value() != index + 1) {
                        throw new AssertionError("item " + index + " has the result " + success.value());
                    }
                } else {
                    assertThat(((Outcome.Failure<Integer, Integer>) outcome).error())
                            .isInstanceOf(WorkerDiedException.class);
                    lost++;
                }
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        assertThat(seen).doesNotContain(false);
        return new Run(seconds, lost);
    }

    private static int compute(int n, int micros) {
        long end = System.nanoTime() + micros * 1_000L;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        return n + 1;
    }

    private static void kill(int[] kills) {
        SplittableRandom random = new SplittableRandom(SEED);
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep((long) (-Math.log(1 - random.nextDouble()) * MEAN_MILLIS));
                ProcessHandle[] workers = ProcessHandle.current().children().toArray(ProcessHandle[]::new);
                if (workers.length > 0) {
                    workers[random.nextInt(workers.length)].destroyForcibly();
                    kills[0]++;
                }
            }
        } catch (InterruptedException e) {
            // the end
        }
    }
}
