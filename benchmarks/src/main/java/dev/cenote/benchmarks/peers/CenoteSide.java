// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Mapper;
import dev.cenote.Pool;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// This library. Calls, items and arrays go through a warm pool of this JVM; starts and resting pools have a JVM of
/// their own.
///
/// The archive that a pool leaves for later ones is kept in a folder of the run, so that it is certain who has one.
final class CenoteSide implements Side {

    private static final long ARCHIVE_MILLIS = 20_000;

    private final Path cache;
    private final List<Integer> items = new ArrayList<>();
    private final byte[] small = new byte[64];
    private @Nullable Pool pool;
    private boolean tried;

    /// Creates the side; starts nothing.
    ///
    /// @param cache an empty folder for what pools leave behind
    CenoteSide(Path cache) {
        this.cache = cache;
        for (int i = 0; i < Work.SINGLE.size(); i++) {
            items.add(i);
        }
    }

    @Override
    public String name() {
        return "Cenote " + Objects.requireNonNullElse(Pool.class.getPackage().getImplementationVersion(), "")
                + " on Java " + System.getProperty("java.version");
    }

    private Pool pool() {
        if (pool == null) {
            pool = Pool.processes(2);
        }
        return pool;
    }

    @Override
    public Map<Metric, Double> round(Work work, int size) throws IOException {
        return switch (work) {
            case CALL -> calls(size);
            case SINGLE -> Map.of(Metric.SINGLE, items(pool().with(o -> o.chunk(1)), size));
            case CHUNKS -> Map.of(Metric.CHUNKS, items(pool(), size));
            case BYTES -> Map.of(Metric.BYTES, bytes(size));
            case LONGS -> Map.of(Metric.LONGS, longs(size));
            case START -> start(size);
            case REST -> rest(size);
        };
    }

    private Map<Metric, Double> calls(int count) {
        Pool warm = pool();
        byte[] sent = small;
        double[] nanos = new double[count];
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime();
            byte[] back = warm.call(() -> sent);
            nanos[i] = System.nanoTime() - begin;
            check(back.length == sent.length);
        }
        return Statistics.calls(nanos);
    }

    private double items(Mapper mapper, int count) {
        List<Integer> some = items.subList(0, count);
        long begin = System.nanoTime();
        List<Integer> back = mapper.map(some, x -> x);
        double millis = (System.nanoTime() - begin) / 1e6;
        check(back.size() == count);
        return millis;
    }

    private double bytes(int size) {
        byte[] sent = new byte[size];
        long begin = System.nanoTime();
        byte[] back = pool().map(List.of(sent), x -> x).getFirst();
        double millis = (System.nanoTime() - begin) / 1e6;
        check(back.length == sent.length);
        return millis;
    }

    private double longs(int size) {
        long[] sent = new long[size / Long.BYTES];
        long begin = System.nanoTime();
        long[] back = pool().map(List.of(sent), x -> x).getFirst();
        double millis = (System.nanoTime() - begin) / 1e6;
        check(back.length == sent.length);
        return millis;
    }

    private Map<Metric, Double> start(int count) throws IOException {
        double[] plain = starts(count, false);
        if (!makeArchive()) {
            return Map.of(Metric.START, plain[0], Metric.START_AGAIN, plain[1]);
        }
        double[] archive = starts(count, true);
        return Map.of(Metric.START, plain[0], Metric.START_ARCHIVE, archive[0], Metric.START_AGAIN, archive[1]);
    }

    private double[] starts(int count, boolean archive) throws IOException {
        String[] nanos = Resting.output(java(archive, FirstPool.class, Integer.toString(count)))
                .split(" ", -1);
        return new double[] {Double.parseDouble(nanos[0]) / 1e6, Double.parseDouble(nanos[1]) / 1e6};
    }

    private Map<Metric, Double> rest(int seconds) throws IOException {
        if (!Resting.canSee()) {
            return Map.of();
        }
        Map<Metric, Double> numbers = new EnumMap<>(Metric.class);
        try (Resting plain = Resting.start(java(false, RestingPool.class))) {
            Resting.pause(1_000);
            numbers.put(Metric.RSS, plain.megabytes("Rss"));
            numbers.put(Metric.PSS, plain.megabytes("Pss"));
            numbers.put(Metric.IDLE, plain.cpu(seconds));
        }
        if (!makeArchive()) {
            return numbers;
        }
        try (Resting archive = Resting.start(java(true, RestingPool.class))) {
            Resting.pause(1_000);
            numbers.put(Metric.RSS_ARCHIVE, archive.megabytes("Rss"));
            numbers.put(Metric.PSS_ARCHIVE, archive.megabytes("Pss"));
        }
        return numbers;
    }

    /// Lets a pool live until it has made the archive.
    ///
    /// @return whether there is one; there is none if the library is not in a jar of its own, or not the first of the
    ///     class path
    private boolean makeArchive() throws IOException {
        if (tried) {
            return hasArchive();
        }
        tried = true;
        long end = System.nanoTime() + ARCHIVE_MILLIS * 1_000_000;
        try (Resting _ = Resting.start(java(true, RestingPool.class))) {
            while (!hasArchive() && System.nanoTime() < end) {
                Resting.pause(50);
            }
        }
        return hasArchive();
    }

    private boolean hasArchive() throws IOException {
        Path folder = cache.resolve("cenote");
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jsa")) {
            return files.iterator().hasNext();
        }
    }

    private ProcessBuilder java(boolean archive, Class<?> main, String... arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (!archive) {
            line.add("-Dcenote.archive=off");
        }
        line.add("-cp");
        line.add(System.getProperty("java.class.path"));
        line.add(main.getName());
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        return builder;
    }

    private static void check(boolean right) {
        if (!right) {
            throw new IllegalStateException("a wrong result");
        }
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.close();
        }
    }
}
