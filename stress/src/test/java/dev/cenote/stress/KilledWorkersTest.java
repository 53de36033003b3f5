// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.WorkerDiedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Many short items, and a worker that is killed every 100 ms on average: each item has one outcome, and no kill costs
/// more than one.
///
/// Killed are workers that have begun to work; `-Dstress.starting=true` kills those that start too, which at this pace
/// few survive. `-Dstress.items=1000000` sets how many items, `-Dstress.micros=N` how long each of them computes,
/// `-Dstress.workers=N` how many workers there are, `-Dstress.mean=N` how many milliseconds pass between two kills, and
/// `-Dstress.ahead=N` how far results may lie apart that wait for each other.
///
/// It tells how much CPU time the workers took that were killed: where that is a large part of all there was, starts
/// are what the throughput was lost to.
@Timeout(600)
class KilledWorkersTest {

    private static final int ITEMS = Integer.getInteger("stress.items", 20_000);
    private static final int MICROS = Integer.getInteger("stress.micros", 20);
    private static final int WORKERS = Integer.getInteger("stress.workers", 2);
    private static final long SEED = Long.getLong("stress.seed", System.nanoTime());
    private static final boolean STARTING = Boolean.getBoolean("stress.starting");
    private static final int MEAN_MILLIS = Integer.getInteger("stress.mean", 100);
    private static final int AHEAD = Integer.getInteger("stress.ahead", 64);
    private static final Path OWN_TIMES = Path.of("/proc/self/stat");
    private static final double TICKS_A_SECOND = 100;

    /// Whether this worker has said that it works. In workers only.
    private static boolean said;

    @TempDir
    private Path folder;

    @Test
    @EnabledIfSystemProperty(named = "stress.items", matches = "\\d+", disabledReason = "takes minutes")
    void killedWorkers_costAnItemEach() throws Exception {
        Path pids = Files.createFile(folder.resolve("pids"));
        try (Pool pool = Pool.processes(c -> c.workers(WORKERS).name("killed"))) {
            run(pool, pids); // cold
            Run undisturbed = run(pool, pids);
            assertThat(undisturbed.lost()).isZero();
            int[] kills = new int[1];
            double before = secondsOfTheDead();
            Thread killer = Thread.ofPlatform().daemon().start(() -> kill(pids, kills));
            Run disturbed = run(pool, pids);
            killer.interrupt();
            killer.join();

            System.out.printf(
                    "%,d items of %d microseconds, %d workers: %,.0f a second undisturbed; %,.0f a second (%.0f %%) with %d"
                            + " kills in %.1f s, which cost %d items and %.1f s of the time of %d CPUs; seed %d%n",
                    ITEMS,
                    MICROS,
                    WORKERS,
                    undisturbed.rate(),
                    disturbed.rate(),
                    100 * disturbed.rate() / undisturbed.rate(),
                    kills[0],
                    disturbed.seconds(),
                    disturbed.lost(),
                    secondsOfTheDead() - before,
                    Runtime.getRuntime().availableProcessors(),
                    SEED);
            assertThat(disturbed.lost()).as("items that were lost").isLessThanOrEqualTo(kills[0]);
        }
    }

    /// {@return the CPU time of all processes of this one that have ended; 0 where that is not known}
    private static double secondsOfTheDead() throws IOException {
        if (!Files.exists(OWN_TIMES)) {
            return 0;
        }
        String line = Files.readString(OWN_TIMES);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_A_SECOND;
    }

    /// One run over all items.
    private record Run(double seconds, int lost) {

        double rate() {
            return ITEMS / seconds;
        }
    }

    private static Run run(Pool pool, Path pids) {
        boolean[] seen = new boolean[ITEMS];
        int lost = 0;
        int micros = MICROS;
        String file = pids.toString();
        long begun = System.nanoTime();
        try (Stream<Outcome<Integer, Integer>> outcomes =
                pool.with(o -> o.ahead(AHEAD)).outcomes(Range.of(0, ITEMS), n -> compute(n, micros, file))) {
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

    private static int compute(int n, int micros, String pids) throws IOException {
        if (!said) {
            said = true;
            Ledger.note(pids, Math.toIntExact(ProcessHandle.current().pid()));
        }
        long end = System.nanoTime() + micros * 1_000L;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        return n + 1;
    }

    private static void kill(Path pids, int[] kills) {
        SplittableRandom random = new SplittableRandom(SEED);
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep((long) (-Math.log(1 - random.nextDouble()) * MEAN_MILLIS));
                List<ProcessHandle> workers = workers(pids);
                if (!workers.isEmpty()) {
                    workers.get(random.nextInt(workers.size())).destroyForcibly();
                    kills[0]++;
                }
            }
        } catch (InterruptedException e) {
            // the end
        }
    }

    private static List<ProcessHandle> workers(Path pids) {
        try {
            Set<Long> working = new HashSet<>();
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(pids));
            while (all.hasRemaining()) {
                working.add((long) all.getInt());
            }
            return ProcessHandle.current()
                    .children()
                    .filter(process -> STARTING || working.contains(process.pid()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
