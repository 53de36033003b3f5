// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Python's `multiprocessing.Pool`: by fork for what a warm pool does, by spawn and by fork for starts.
final class PythonSide implements Side {

    private final String python;
    private final Path script;
    private final String version;
    private @Nullable Process server;
    private @Nullable BufferedWriter requests;
    private @Nullable BufferedReader answers;

    private PythonSide(String python, Path script, String version) {
        this.python = python;
        this.script = script;
        this.version = version;
    }

    /// {@return the side; `null` if there is no Python here}
    ///
    /// @param python the command
    /// @param folder where the script may be put
    /// @throws IOException if the script cannot be written
    static @Nullable PythonSide find(String python, Path folder) throws IOException {
        Path script = folder.resolve("peer.py");
        try (InputStream in = PythonSide.class.getResourceAsStream("peer.py")) {
            Files.copy(Objects.requireNonNull(in, "peer.py"), script, StandardCopyOption.REPLACE_EXISTING);
        }
        try {
            String version = Resting.output(new ProcessBuilder(python, script.toString(), "version"));
            return version.startsWith("3.") ? new PythonSide(python, script, version) : null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public String name() {
        return "Python " + version;
    }

    @Override
    public Map<Metric, Double> round(Work work, int size) throws IOException {
        return switch (work) {
            case CALL -> Statistics.calls(serve(work, size));
            case SINGLE -> Map.of(Metric.SINGLE, serve(work, size)[0] / 1e6);
            case CHUNKS -> Map.of(Metric.CHUNKS, serve(work, size)[0] / 1e6);
            case BYTES -> Map.of(Metric.BYTES, serve(work, size)[0] / 1e6);
            case LONGS -> Map.of(Metric.LONGS, serve(work, size)[0] / 1e6);
            case START -> start();
            case REST -> rest(size);
        };
    }

    private double[] serve(Work work, int size) throws IOException {
        if (server == null) {
            server = command("serve")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            requests = server.outputWriter(StandardCharsets.UTF_8);
            answers = server.inputReader(StandardCharsets.UTF_8);
        }
        Objects.requireNonNull(requests).write(work + " " + size + "\n");
        requests.flush();
        String line = Objects.requireNonNull(answers).readLine();
        if (line == null) {
            throw new IOException("Python has ended");
        }
        List<Double> numbers = new ArrayList<>();
        for (String number : line.replaceAll("[\\[\\] ]", "").split(",", -1)) {
            numbers.add(Double.valueOf(number));
        }
        return numbers.stream().mapToDouble(number -> number).toArray();
    }

    private Map<Metric, Double> start() throws IOException {
        String[] spawn = Resting.output(command("start", "spawn")).split(" ", -1);
        String[] fork = Resting.output(command("start", "fork")).split(" ", -1);
        return Map.of(
                Metric.START, Double.parseDouble(spawn[0]) / 1e6,
                Metric.IMPORT, Double.parseDouble(spawn[1]) / 1e6,
                Metric.START_FORK, Double.parseDouble(fork[0]) / 1e6);
    }

    private Map<Metric, Double> rest(int seconds) throws IOException {
        if (!Resting.canSee()) {
            return Map.of();
        }
        try (Resting pool = Resting.start(command("rest", "spawn"))) {
            Resting.pause(1_000);
            return Map.of(
                    Metric.RSS, pool.megabytes("Rss"),
                    Metric.PSS, pool.megabytes("Pss"),
                    Metric.IDLE, pool.cpu(seconds));
        }
    }

    private ProcessBuilder command(String... arguments) {
        List<String> line = new ArrayList<>(List.of(python, script.toString()));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line);
    }

    @Override
    public void close() {
        Process process = server;
        if (process == null) {
            return;
        }
        try {
            Objects.requireNonNull(requests).close();
            if (process.waitFor(10, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // it has ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
