// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.benchmarks.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A peer in another language: a small program that reads a request in each line of its standard input, does the work,
/// and answers with what its own clock has measured. So its own start does not count.
final class PeerProcess implements Side {

    private final String name;
    private final Kind kind;
    private final ProcessBuilder builder;
    private final Path log;
    private String version = "";
    private Set<String> operations = Set.of();
    private volatile @Nullable Process process; // also read by whoever ends a round that takes too long
    private @Nullable BufferedWriter requests;
    private @Nullable BufferedReader answers;

    private PeerProcess(String name, Kind kind, ProcessBuilder builder, Path log) {
        this.name = name;
        this.kind = kind;
        this.builder = builder;
        this.log = log;
    }

    /// Starts the program to see whether it can be.
    ///
    /// @param name what to call it
    /// @param kind what its workers are
    /// @param builder starts it
    /// @param log a file for what it prints on standard error
    /// @return the side
    /// @throws IOException if it cannot be started, with the reason
    static PeerProcess find(String name, Kind kind, ProcessBuilder builder, Path log) throws IOException {
        PeerProcess peer = new PeerProcess(
                name,
                kind,
                builder.redirectError(ProcessBuilder.Redirect.appendTo(Files.createDirectories(log.getParent())
                        .resolve(log.getFileName())
                        .toFile())),
                log);
        peer.start();
        peer.close();
        return peer;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Set<String> operations() {
        return operations;
    }

    private Process start() throws IOException {
        Process known = process;
        if (known != null && known.isAlive()) {
            return known;
        }
        Process started = builder.start();
        process = started;
        requests = started.outputWriter(StandardCharsets.UTF_8);
        answers = started.inputReader(StandardCharsets.UTF_8);
        Map<?, ?> hello = read();
        version = String.valueOf(hello.get("version"));
        operations = ((List<?>) Objects.requireNonNull(hello.get("operations")))
                .stream().map(String::valueOf).collect(Collectors.toUnmodifiableSet());
        return started;
    }

    private Map<?, ?> read() throws IOException {
        String line = Objects.requireNonNull(answers).readLine();
        if (line == null) {
            close();
            throw new IOException("it has ended: " + lastWords());
        }
        Map<?, ?> answer = (Map<?, ?>) Objects.requireNonNull(Json.parse(line));
        if (answer.get("error") instanceof String error) {
            throw new IOException(error);
        }
        return answer;
    }

    private String lastWords() throws IOException {
        if (!Files.isReadable(log)) {
            return "no reason given";
        }
        List<String> lines =
                Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
        return lines.stream()
                .filter(line -> line.matches("[A-Za-z.]*Error\\b.*"))
                .reduce((_, last) -> last)
                .orElse(lines.isEmpty() ? "no reason given" : lines.getLast());
    }

    @Override
    public Round round(Task task) throws IOException, InterruptedException {
        if (task.operation().equals("start")) {
            close(); // it must have had no pool
        }
        Process running = start();
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("operation", task.operation());
        request.put("workers", task.work().plan().workers());
        request.put("chunk", task.work().plan().chunk());
        request.put("port", task.port());
        request.put("items", task.work().hasPlainItems() ? task.size() : task.items());
        List<Long> pids = new ArrayList<>(List.of(running.pid()));
        running.descendants().forEach(child -> pids.add(child.pid()));
        boolean busy = task.operation().equals("busy");
        long cpu = busy ? Footprint.cpuNanos(pids) : -1;
        BufferedWriter writer = Objects.requireNonNull(requests);
        writer.write(Json.write(request) + "\n");
        writer.flush();
        Map<?, ?> answer = read();
        if (task.operation().equals("rest")) {
            List<Long> all =
                    numbers(answer, "pids").stream().map(Double::longValue).toList();
            return Footprint.rest(all, task.size());
        }
        List<Double> nanos = new ArrayList<>(numbers(answer, "nanos"));
        if (busy) {
            nanos.add(Footprint.since(cpu, pids));
        }
        return new Round(nanos.stream().mapToDouble(number -> number).toArray(), (Double)
                Objects.requireNonNull(answer.get("check")));
    }

    private static List<Double> numbers(Map<?, ?> answer, String name) {
        return ((List<?>) Objects.requireNonNull(answer.get(name)))
                .stream().map(number -> (Double) Objects.requireNonNull(number)).toList();
    }

    @Override
    public void close() {
        Process known = process;
        process = null;
        if (known == null) {
            return;
        }
        List<ProcessHandle> workers = known.descendants().toList();
        try {
            known.getOutputStream().close();
            known.waitFor(5, TimeUnit.SECONDS);
        } catch (IOException e) {
            // it has ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        known.destroyForcibly();
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
