// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Lets everything go wrong that can, for pools of two worker processes of ours and of Python, and prints a table of
/// what became of it.
///
/// ```
/// java -cp core/target/classes:cenote-testkit/target/classes dev.cenote.testkit.chaos.ChaosTable \
///     [--python COMMAND] [--only KILL,CHUNK] [docs/chaos.md]
/// ```
///
/// Each event happens to each pool in a program of its own, after a call that has started its workers. With a file, the
/// page is written there. It exits with 1 if a row of ours is not as it must be. Unix only, for its signals.
public final class ChaosTable {

    /// After how long a program counts as hanging.
    private static final long PATIENCE_SECONDS = 8;

    private static final String OURS = "Cenote";

    private final String python;
    private final Path folder;
    private final Path script;
    private boolean allHold = true;

    private ChaosTable(String python, Path folder) throws IOException {
        this.python = python;
        this.folder = folder;
        this.script = folder.resolve("chaos.py");
        try (InputStream in = ChaosTable.class.getResourceAsStream("chaos.py")) {
            Files.copy(Objects.requireNonNull(in, "chaos.py"), script, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /// Makes the table.
    ///
    /// @param args see the class
    /// @throws Exception if a program cannot be started, or the file not be written
    @SuppressWarnings("SystemOut") // its standard output is what a command is for
    public static void main(String[] args) throws Exception {
        String python = "python3";
        Set<Event> events = EnumSet.allOf(Event.class);
        Path file = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--python" -> python = args[++i];
                case "--only" -> {
                    events = EnumSet.noneOf(Event.class);
                    for (String event : args[++i].split(",", -1)) {
                        events.add(Event.valueOf(event));
                    }
                }
                default -> file = Path.of(args[i]);
            }
        }
        Path folder = Files.createTempDirectory("cenote-chaos");
        ChaosTable table = new ChaosTable(python, folder);
        try {
            String page = table.page(events);
            if (file == null) {
                System.out.print(page);
            } else {
                Files.writeString(file, page);
            }
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path path : files.toList().reversed()) {
                    Files.deleteIfExists(path);
                }
            }
        }
        System.exit(table.allHold ? 0 : 1);
    }

    private String page(Set<Event> events) throws Exception {
        Map<String, String> pools = pools();
        StringBuilder text = new StringBuilder("""
                # When things go wrong

                What becomes of ten items of 20 ms on two worker processes when item 3 misbehaves, here and in the pools of
                Python. The time is that from the call to the last outcome; the work alone takes 0.1 s. Each pool is used by the
                call of its own that loses least: an outcome, a future, or a place in an iterator for each item, where it has that.

                """);
        text.append("| event |");
        pools.values().forEach(title -> text.append(' ').append(title).append(" |"));
        text.append("\n| --- |").append(" --- |".repeat(pools.size())).append('\n');
        for (Event event : events) {
            text.append("| ").append(event.title()).append(" |");
            for (String pool : pools.keySet()) {
                text.append(' ').append(cell(pool, event)).append(" |");
            }
            text.append('\n');
        }
        text.append(String.format(
                """

                - *lost*: items without a result of their own, and the exception in their place.
                - *hangs*: nothing after %d s.
                - *then broken*: the pool could not be used for another call afterwards.
                - For Ctrl-C: how long until the program has ended, and how many lines of errors the user sees.
                - For the program that is killed: how many of its processes are there a second later.

                What must hold for Cenote: only the guilty item is lost, within a second, or within half a second of the limit; nothing
                is left behind. %s

                ## Run it

                Measured on %s with %s, %d CPUs, %s %s. The pools that are not part of Python are there if Python can import them.

                ```
                mvn -q -pl cenote-testkit -am -DskipTests package
                java -cp core/target/classes:cenote-testkit/target/classes dev.cenote.testkit.chaos.ChaosTable docs/chaos.md
                ```

                The misbehaviour itself is in `dev.cenote.testkit.Faults`, for tests of your own, and `FaultContract` of the conformance
                suite holds these rows, and more, in every build.
                """,
                PATIENCE_SECONDS,
                allHold ? "It does, in every row." : "**It does not in each row.**",
                LocalDate.now(ZoneOffset.UTC),
                "Java " + Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch")));
        return text.toString();
    }

    /// {@return the names of the pools, and their titles}
    private Map<String, String> pools() throws IOException, InterruptedException {
        Map<String, String> pools = new LinkedHashMap<>();
        pools.put(OURS, OURS);
        try {
            Process process = new ProcessBuilder(python, script.toString(), "versions")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                lines.lines().forEach(line -> {
                    String name = line.substring(0, line.indexOf(' '));
                    pools.put(name, "`" + name + "`, " + line.substring(line.indexOf(' ') + 1));
                });
            }
            int _ = process.waitFor();
        } catch (IOException e) {
            // no Python here
        }
        return pools;
    }

    private String cell(String pool, Event event) throws Exception {
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        Process process = new ProcessBuilder(command(pool, event))
                .redirectError(errors.toFile())
                .start();
        try {
            String line = line(process);
            if (line == null) {
                return judge(pool, false, "hangs");
            }
            return switch (event) {
                case INTERRUPT -> interrupt(pool, process, errors);
                case ORPHANS -> orphan(pool, process);
                default -> result(pool, event, line);
            };
        } finally {
            endAll(process);
        }
    }

    private List<String> command(String pool, Event event) {
        if (!pool.equals(OURS)) {
            return List.of(python, script.toString(), pool, event.name());
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                CenoteSide.class.getName(),
                event.name());
    }

    /// {@return the line that the program prints, or `null` if it hangs}
    private static @Nullable String line(Process process) throws InterruptedException, ExecutionException {
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        CompletableFuture<String> line = CompletableFuture.supplyAsync(
                () -> lines.lines()
                        .filter(text -> text.startsWith("RESULT ") || text.startsWith("READY"))
                        .findFirst()
                        .orElse("RESULT 0 0 0 no the program has ended"),
                task -> Thread.ofVirtual().start(task));
        try {
            return line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return null;
        }
    }

    private String result(String pool, Event event, String line) {
        String[] words = line.split(" ", 6);
        int right = Integer.parseInt(words[1]);
        int lost = Integer.parseInt(words[2]);
        double seconds = Double.parseDouble(words[3]);
        String error = words.length > 5 ? words[5] : "";
        if (right + lost == 0) {
            return error;
        }
        boolean again = words[4].equals("yes");
        boolean holds = right == event.mostRight() && seconds <= event.mostSeconds() && again;
        String what =
                event == Event.ENDLESS ? "" : lost == 0 ? "all right, " : right == 0 ? "all lost, " : lost + " lost, ";
        String text = String.format(Locale.ROOT, "%s%.2f s", what, seconds)
                + (error.isEmpty() ? "" : ", `" + error + "`")
                + (again ? "" : ", then broken");
        return judge(pool, holds, text);
    }

    private String interrupt(String pool, Process process, Path errors) throws IOException, InterruptedException {
        pause(); // its tasks begin
        long begin = System.nanoTime();
        List<ProcessHandle> all = family(process);
        signal("INT", all);
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (!ended) {
            return judge(pool, false, "hangs");
        }
        int lines = Files.readAllLines(errors, StandardCharsets.ISO_8859_1).size();
        int code = process.exitValue();
        String text = String.format(Locale.ROOT, "%.2f s, ", seconds)
                + (lines == 0 ? "silent" : lines + " lines")
                + ", exit code " + code;
        boolean holds = lines == 0 && seconds <= Event.INTERRUPT.mostSeconds() && code == 130;
        all.forEach(ProcessHandle::destroyForcibly);
        return judge(pool, holds, text);
    }

    private String orphan(String pool, Process process) throws IOException, InterruptedException {
        pause(); // its tasks begin
        List<ProcessHandle> all = family(process);
        signal("KILL", List.of(process.toHandle()));
        process.waitFor();
        pause();
        long left = all.stream().filter(ChaosTable::runs).count();
        all.forEach(ProcessHandle::destroyForcibly);
        return judge(pool, left == 0, left + " of " + (all.size() - 1) + " left");
    }

    private String judge(String pool, boolean holds, String text) {
        if (pool.equals(OURS) && !holds) {
            allHold = false;
            return "**" + text + "**";
        }
        return text.equals("hangs") ? "**hangs**" : text;
    }

    private static List<ProcessHandle> family(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        return all;
    }

    /// {@return whether a process is there, and not only its entry, which an orphan keeps until the system has looked}
    private static boolean runs(ProcessHandle process) {
        try {
            Path state = Path.of("/proc", Long.toString(process.pid()), "stat");
            return process.isAlive()
                    && !(Files.exists(state) && Files.readString(state).contains(") Z "));
        } catch (IOException e) {
            return false; // it has gone meanwhile
        }
    }

    /// Sends a signal to processes as a terminal does, to all of them at once.
    private static void signal(String name, List<ProcessHandle> processes) throws IOException, InterruptedException {
        String pids = String.join(
                " ",
                processes.stream().map(process -> Long.toString(process.pid())).toList());
        int _ = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pids)
                .inheritIO()
                .start()
                .waitFor();
    }

    private static void endAll(Process process) throws InterruptedException {
        family(process).forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
    }

    private static void pause() throws InterruptedException {
        TimeUnit.SECONDS.sleep(1); // subject: what has become of a process a second later
    }
}
