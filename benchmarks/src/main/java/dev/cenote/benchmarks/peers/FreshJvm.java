// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Pools of JVMs that do nothing else: see [FirstPool] and [RestingPool].
///
/// The archive that our pool leaves for later ones is kept in a folder of the run, so that it is certain who has one.
final class FreshJvm implements Side {

    private static final long ARCHIVE_SECONDS = 20;

    private final String name;
    private final String version;
    private final boolean ours;
    private final @Nullable Path cache;
    private boolean tried;

    private FreshJvm(String name, String version, boolean ours, @Nullable Path cache) {
        this.name = name;
        this.version = version;
        this.ours = ours;
        this.cache = cache;
    }

    /// {@return our side that starts with an archive, as on a machine where a pool has been before}
    ///
    /// @param cache an empty folder for it
    static FreshJvm withArchive(Path cache) {
        return new FreshJvm("cenote-processes", Peers.CENOTE, true, cache);
    }

    static FreshJvm withoutArchive() {
        return new FreshJvm("cenote-no-archive", Peers.CENOTE, true, null);
    }

    static FreshJvm pp4j(String version) {
        return new FreshJvm("pp4j", version, false, null);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Kind kind() {
        return Kind.PROCESSES;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Set<String> operations() {
        return Set.of("start", "rest");
    }

    @Override
    public Round round(Task task) throws IOException, InterruptedException {
        if (cache != null && !tried) {
            tried = true;
            makeArchive(cache);
        }
        return task.operation().equals("rest") ? rest(task) : start(task);
    }

    private Round start(Task task) throws IOException, InterruptedException {
        Process process = java(FirstPool.class, task);
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            String[] words = line(reader).split(" ", -1);
            double[] nanos = {Double.parseDouble(words[0]), Double.parseDouble(words[1])};
            return new Round(nanos, Double.parseDouble(words[2]));
        } finally {
            end(process);
        }
    }

    private Round rest(Task task) throws IOException, InterruptedException {
        Process process = java(RestingPool.class, task);
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            List<Long> pids = Arrays.stream(line(reader).split(" ", -1))
                    .map(Long::valueOf)
                    .toList();
            return Footprint.rest(pids, task.size());
        } finally {
            end(process);
        }
    }

    private String line(BufferedReader reader) throws IOException {
        String line = reader.readLine();
        if (line == null) {
            throw new IOException("a JVM with a pool of " + name + " has ended without a word");
        }
        return line;
    }

    /// Lets a pool live until it has made the archive. There is none if the library is not in a jar of its own, or that
    /// is not the first of the class path.
    private void makeArchive(Path folder) throws IOException, InterruptedException {
        Process process = java(RestingPool.class, Task.of(Work.REST, 1, 0));
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ARCHIVE_SECONDS);
            while (!hasArchive(folder) && process.isAlive() && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } finally {
            end(process);
        }
    }

    private static boolean hasArchive(Path cache) throws IOException {
        Path folder = cache.resolve("cenote");
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jsa")) {
            return files.iterator().hasNext();
        }
    }

    private Process java(Class<?> main, Task task) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (ours && cache == null) {
            line.add("-Dcenote.archive=off");
        }
        line.add("-cp");
        line.add(System.getProperty("java.class.path"));
        line.add(main.getName());
        line.add(ours ? "cenote" : "pp4j");
        line.add(Integer.toString(task.work().plan().workers()));
        line.add(Integer.toString(task.size()));
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD);
        if (cache != null) {
            builder.environment().put("XDG_CACHE_HOME", cache.toString());
        }
        return builder.start();
    }

    private static void end(Process process) throws InterruptedException {
        List<ProcessHandle> workers = process.descendants().toList();
        try {
            process.getOutputStream().close();
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (IOException e) {
            // it has ended
        } finally {
            process.destroyForcibly();
            workers.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    public void close() {}
}
