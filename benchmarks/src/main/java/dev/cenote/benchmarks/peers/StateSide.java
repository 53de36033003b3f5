// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.Range;
import dev.cenote.SharedDoubles;
import dev.cenote.Worker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Our pools whose workers have a state. Each round has a pool of its own, and its start and end count.
///
/// @param name of the side
/// @param kind of the workers
/// @param engine of the pool
record StateSide(String name, Kind kind, String engine) implements Side {

    private static final int WORD = 20;
    private static final int MODEL = 100_000;

    @Override
    public String version() {
        return Peers.CENOTE;
    }

    @Override
    public Set<String> operations() {
        return Set.of("image", "words", "model");
    }

    @Override
    public Round round(Task task) {
        return switch (task.operation()) {
            case "image" -> image(task);
            case "words" -> words(task);
            default -> model(task);
        };
    }

    private Pool open(Task task, UnaryOperator<PoolConfig> change) {
        return Pool.of(engine, c -> change.apply(c.workers(task.work().plan().workers())));
    }

    private Round image(Task task) {
        int side = task.size();
        double[] image = new double[side * side];
        for (int i = 0; i < image.length; i++) {
            image[i] = (i / side * 31 + i % side * 17) % 255;
        }
        long begin = System.nanoTime();
        List<double[]> results;
        try (SharedDoubles shared = SharedDoubles.copyOf(image);
                Pool pool = open(task, c -> c)) {
            results = pool.with(o -> o.chunk(1)).map(Range.of(0, 20), seed -> convolve(shared.memory(), side, seed));
        }
        long nanos = System.nanoTime() - begin;
        double sum = results.stream()
                .mapToDouble(result -> Arrays.stream(result).sum())
                .sum();
        return new Round(new double[] {nanos}, sum);
    }

    /// Every fifth row and column of the full convolution with a filter of 4 x 4.
    static double[] convolve(MemorySegment image, int side, int seed) {
        int size = (side + 7) / 5;
        double[] out = new double[size * size];
        for (int a = 0; a < 4; a++) {
            for (int b = 0; b < 4; b++) {
                add(out, image, side, new Tap(a, b, (seed * 7 + a * 4 + b) % 11));
            }
        }
        return out;
    }

    private record Tap(int row, int column, int weight) {}

    private static void add(double[] out, MemorySegment image, int side, Tap tap) {
        int size = (side + 7) / 5;
        for (int i = tap.row > 0 ? 1 : 0; i < size && 5 * i - tap.row < side; i++) {
            int from = (5 * i - tap.row) * side - tap.column;
            for (int j = tap.column > 0 ? 1 : 0; j < size && 5 * j - tap.column < side; j++) {
                out[i * size + j] += tap.weight * image.getAtIndex(ValueLayout.JAVA_DOUBLE, from + 5 * j);
            }
        }
    }

    private Round words(Task task) {
        List<byte[]> texts = documents(task.size());
        long begin = System.nanoTime();
        long total;
        Set<Integer> union = new HashSet<>();
        Pool pool = open(
                task,
                c -> c.initializer(Counts::new)
                        .exit(() -> Worker.current().state(Counts.class).often()));
        try (pool) {
            total = pool.map(texts, text -> Worker.current().state(Counts.class).count(text)).stream()
                    .mapToLong(words -> words)
                    .sum();
        }
        for (@Nullable Object often : pool.exitResults()) {
            if (often instanceof Set<?> set) {
                set.forEach(prefix -> union.add((Integer) prefix));
            }
        }
        long nanos = System.nanoTime() - begin;
        return new Round(new double[] {nanos}, union.isEmpty() ? Double.NaN : total);
    }

    /// How often a worker has seen each prefix.
    static final class Counts {

        private final Map<Integer, Integer> counts = new HashMap<>();

        int count(byte[] text) {
            for (int at = 0; at < text.length; at += WORD) {
                int prefix = 0;
                for (int length = 1; length <= 3; length++) {
                    prefix = (prefix << 8) | (text[at + length - 1] & 0xFF);
                    counts.merge((length << 24) | prefix, 1, Integer::sum);
                }
            }
            return text.length / WORD;
        }

        Set<Integer> often() {
            Set<Integer> often = new HashSet<>();
            counts.forEach((prefix, times) -> {
                if (times > 3) {
                    often.add(prefix);
                }
            });
            return often;
        }
    }

    /// Alternately 1,500 and 500 words of 20 bytes, from a generator that every language has.
    static List<byte[]> documents(int number) {
        List<byte[]> all = new ArrayList<>();
        long state = 42;
        for (int i = 0; i < number; i++) {
            byte[] document = new byte[(i % 2 == 0 ? 1_500 : 500) * WORD];
            for (int at = 0; at < document.length; at += 4) {
                state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF;
                document[at] = (byte) (state >> 16);
                document[at + 1] = (byte) (state >> 8);
            }
            all.add(document);
        }
        return all;
    }

    private Round model(Task task) {
        long begin = System.nanoTime();
        long total = 0;
        try (Pool pool = open(task, c -> c.initializer(StateSide::load))) {
            for (int run = 0; run < task.size(); run++) {
                List<float[]> results = pool.with(o -> o.chunk(1))
                        .map(
                                Range.of(0, 10),
                                _ -> Worker.current().state(float[].class).clone());
                for (float[] result : results) {
                    total += result.length;
                }
            }
        }
        return new Round(new double[] {System.nanoTime() - begin}, total);
    }

    static float[] load() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(300);
        float[] model = new float[MODEL];
        Arrays.fill(model, 0.5f);
        return model;
    }

    @Override
    public void close() {}
}
