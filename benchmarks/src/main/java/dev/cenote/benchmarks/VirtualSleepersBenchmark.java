// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.benchmarks.Bar.Amount;
import dev.cenote.benchmarks.Bar.Seconds;
import dev.cenote.benchmarks.Bar.Series;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Can a hundred thousand tasks wait at the same time?
///
/// Each sleeps for a tenth of a second. The heap is limited to the bar, so a run that needs more fails; the peak is
/// reported beside the time and counts garbage that was not collected yet.
///
/// ```
/// java -jar benchmarks/target/benchmarks.jar VirtualSleepersBenchmark
/// ```
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms600m", "-Xmx600m"})
public class VirtualSleepersBenchmark {

    static final Question QUESTION = new Question(
            VirtualSleepersBenchmark.class,
            "Can a hundred thousand tasks wait at the same time? (100 ms each)",
            "threadPerTask",
            List.of(
                    new Seconds("100,000 sleepers of 100 ms take less than 1.5 s", Series.of("cenote"), 1.5),
                    new Amount("they need less than 600 MB of heap", Series.of("cenote"), "peakHeapMegabytes", 600)));

    /// How many tasks.
    @Param("100000")
    public int items;

    /// How long each sleeps.
    @Param("100")
    public int sleepMillis;

    private final Pool pool = Pool.virtual();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /// The peak use of the heap in one shot.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Heap {

        private double megabytes;

        /// Begins to measure.
        @Setup(Level.Iteration)
        public void begin() {
            System.gc();
            pools().forEach(MemoryPoolMXBean::resetPeakUsage);
        }

        /// Ends the measurement.
        @TearDown(Level.Iteration)
        public void end() {
            long bytes = 0;
            for (MemoryPoolMXBean pool : pools()) {
                bytes += pool.getPeakUsage().getUsed();
            }
            megabytes = bytes / 1e6;
        }

        /// {@return the sum of the peaks of the heap's parts, which is at least the peak of the heap}
        public double peakHeapMegabytes() {
            return megabytes;
        }

        private static List<MemoryPoolMXBean> pools() {
            return ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP)
                    .toList();
        }
    }

    /// Ends the threads.
    @TearDown
    public void close() {
        pool.close();
        executor.close();
    }

    private Integer sleep(Integer task) throws InterruptedException {
        Thread.sleep(sleepMillis);
        return task;
    }

    /// {@return the results}
    ///
    /// @param heap measures the heap
    @Benchmark
    public List<Integer> cenote(Heap heap) {
        return pool.map(Range.of(0, items), this::sleep);
    }

    /// {@return the results}
    ///
    /// @param heap measures the heap
    /// @throws InterruptedException never
    @Benchmark
    public List<Future<Integer>> threadPerTask(Heap heap) throws InterruptedException {
        List<Callable<Integer>> tasks = new ArrayList<>(items);
        for (int i = 0; i < items; i++) {
            Integer task = i;
            tasks.add(() -> sleep(task));
        }
        return executor.invokeAll(tasks);
    }
}
