// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import dev.cenote.internal.launch.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the first moments of a worker load, and what of it an archive holds.
class RehearsalTest {

    @TempDir
    private Path folder;

    @Test
    void worker_thatNobodyRecords_doesNotStartTheFlightRecorder() throws IOException {
        Path loaded = folder.resolve("loaded");

        try (Pool pool = Pool.processes(c -> c.workers(1).jvmArgs("-Xlog:class+load:file=" + loaded))) {
            assertThat(pool.map(List.of(1, 2), RehearsalTest::inPoolOfThreads)).containsExactly(2, 3);
        }

        assertThat(Files.readString(loaded))
                .contains(TaskLoop.class.getName(), "dev.cenote.internal.dispatch.Runner")
                .doesNotContain("jdk.jfr.internal.MetadataRepository");
    }

    private static Integer inPoolOfThreads(Integer item) {
        try (Pool pool = Pool.threads(1)) {
            return pool.map(List.of(item), x -> x + 1).getFirst();
        }
    }

    @Test
    void archive_ofARehearsal_holdsWhatAWorkerLoads() throws Exception {
        Path jar = jar();
        Path archive = folder.resolve("worker.jsa");

        run(jar, "-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable");
        assertThat(archive).isRegularFile();

        String loaded = run(jar, "-XX:SharedArchiveFile=" + archive, "-Xlog:class+load");
        assertThat(loaded)
                .contains(TaskLoop.class.getName() + " source: shared objects file (top)")
                .contains(WorkerMain.class.getName() + " source: shared objects file (top)");
    }

    private String run(Path jar, String... options) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(Stream.of(
                                List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString()),
                                List.of(options),
                                List.of(
                                        "-XX:+UseSerialGC",
                                        "-D" + Settings.TRAINING_PROPERTY + "=true",
                                        "-cp",
                                        jar.toString(),
                                        Settings.WORKER_MAIN))
                        .flatMap(List::stream)
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        int code = process.waitFor();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(code).as(text).isZero();
        return text;
    }

    /// An archive is made of jars only.
    private Path jar() throws Exception {
        Path jar = folder.resolve("library.jar");
        Path classes = Path.of(WorkerMain.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, entries);
            }
        }
        return jar;
    }
}
