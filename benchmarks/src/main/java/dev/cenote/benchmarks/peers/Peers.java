// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import com.pivovarit.collectors.ParallelCollectors;
import dev.cenote.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;

/// Everybody who takes part, and who cannot and why.
final class Peers {

    static final String JAVA = "Java " + System.getProperty("java.version");
    static final String CENOTE =
            "Cenote " + Objects.requireNonNullElse(Pool.class.getPackage().getImplementationVersion(), "of this tree")
                    + ", " + JAVA;

    private static final Set<String> ITEMS = Set.of("same", "square", "sum", "factorial", "sleep", "fetch");
    private static final Set<String> THREADS = with(ITEMS, "call", "busy");
    private static final Set<String> PROCESSES = with(THREADS, "chunks", "bytes", "longs", "pending");

    private static final List<String> PYTHON_PROCESSES =
            List.of("python-fork", "python-spawn", "python-forkserver", "python-executor", "joblib", "pebble");
    private static final List<String> PYTHON_THREADS = List.of("python-threads", "python-executor-threads");
    private static final List<String> NODE = List.of("piscina", "tinypool", "workerpool", "workerpool-processes");

    private final List<Side> sides = new ArrayList<>();
    private final Map<String, String> absent = new LinkedHashMap<>();
    private final Predicate<String> wanted;

    private Peers(Predicate<String> wanted) {
        this.wanted = wanted;
    }

    /// Looks for everybody.
    ///
    /// @param wanted the names of the peers that are asked for; ours always take part
    /// @param home the root of the source tree
    /// @param python the command for Python; empty to look for one that has joblib
    /// @param folder where files may be put
    /// @return who is there
    /// @throws IOException if no file can be put there
    static Peers find(Predicate<String> wanted, Path home, String python, Path folder) throws IOException {
        Peers peers = new Peers(name -> name.startsWith("cenote") || wanted.test(name));
        peers.addOurs(folder);
        peers.addJvm();
        Path programs = home.resolve("benchmarks/peers");
        peers.addPython(python, programs, folder);
        peers.addNode(programs, home.resolve("benchmarks/target/peers"), folder);
        peers.addCommands(home, folder);
        return peers;
    }

    List<Side> sides() {
        return sides;
    }

    /// {@return who cannot take part, and why}
    Map<String, String> absent() {
        return absent;
    }

    private static Set<String> with(Set<String> some, String... more) {
        Set<String> all = new java.util.HashSet<>(some);
        all.addAll(List.of(more));
        return Set.copyOf(all);
    }

    private void add(Side side) {
        if (wanted.test(side.name())) {
            sides.add(side);
        }
    }

    private void jvm(String name, Kind kind, Set<String> operations, JvmSide.Opening opening) {
        add(new JvmSide(name, kind, name.startsWith("cenote") ? CENOTE : JAVA, operations, opening));
    }

    private void addOurs(Path folder) throws IOException {
        jvm("cenote-serial", Kind.SERIAL, ITEMS, n -> Engines.Cenote.of("serial", n));
        jvm(
                "cenote-threads",
                Kind.THREADS,
                with(THREADS, "chunks", "trivial", "pending"),
                n -> Engines.Cenote.of("threads", n));
        jvm("cenote-virtual", Kind.VIRTUAL, with(ITEMS, "chunks"), n -> Engines.Cenote.of("virtual", n));
        jvm("cenote-processes", Kind.PROCESSES, with(PROCESSES, "shared"), n -> Engines.Cenote.of("processes", n));
        for (Kind kind : List.of(Kind.THREADS, Kind.PROCESSES)) {
            String engine = kind.toString();
            Set<String> progress = Set.of("progress");
            jvm("cenote-" + engine, kind, progress, n -> Engines.Cenote.withProgress(engine, n));
            jvm("cenote-" + engine + "-plain", kind, progress, n -> Engines.Cenote.of(engine, n));
            add(new StateSide("cenote-" + engine, kind, engine));
        }
        jvm("cenote-shared", Kind.PROCESSES, Set.of("square"), _ -> Engines.Cenote.shared());
        add(FreshJvm.withArchive(Files.createDirectories(folder.resolve("cache"))));
        add(FreshJvm.withoutArchive());
    }

    private void addJvm() {
        jvm("loop", Kind.SERIAL, ITEMS, _ -> new Engines.Loop());
        jvm("two-threads", Kind.THREADS, Set.of("trivial"), _ -> new Engines.Handwritten());
        jvm("fixed-pool", Kind.THREADS, THREADS, n -> new Engines.Executor(Executors.newFixedThreadPool(n)));
        jvm(
                "parallel-stream",
                Kind.THREADS,
                with(ITEMS, "chunks", "trivial"),
                n -> new Engines.ParallelStream(new ForkJoinPool(n)));
        jvm(
                "virtual-threads",
                Kind.VIRTUAL,
                ITEMS,
                _ -> new Engines.Executor(Executors.newVirtualThreadPerTaskExecutor()));
        jvm("map-concurrent", Kind.VIRTUAL, ITEMS, _ -> new Engines.MapConcurrent());
        String collectors = "parallel-collectors "
                + version("com.pivovarit", "parallel-collectors", ParallelCollectors.class) + ", " + JAVA;
        add(new JvmSide(
                "parallel-collectors",
                Kind.THREADS,
                collectors,
                ITEMS,
                n -> new Engines.Collecting(Executors.newFixedThreadPool(n), n, false)));
        add(new JvmSide(
                "parallel-collectors-batching",
                Kind.THREADS,
                collectors,
                with(ITEMS, "chunks", "trivial"),
                n -> new Engines.Collecting(Executors.newFixedThreadPool(n), n, true)));
        String pp4j = "PP4J " + version("net.viktorc", "pp4j", net.viktorc.pp4j.impl.JavaProcessPoolExecutor.class)
                + ", " + JAVA;
        add(new JvmSide("pp4j", Kind.PROCESSES, pp4j, THREADS, Engines.Pp4j::new));
        add(FreshJvm.pp4j(pp4j));
        add(new Memcpy());
    }

    /// A jar says its version in a file that Maven has put there.
    private static String version(String group, String artifact, Class<?> type) {
        Properties properties = new Properties();
        try (var in = type.getResourceAsStream("/META-INF/maven/" + group + "/" + artifact + "/pom.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            // then it is not known
        }
        return properties.getProperty("version", "of an unknown version");
    }

    private void addPython(String command, Path programs, Path folder) {
        List<String> all = new ArrayList<>(PYTHON_PROCESSES);
        all.addAll(PYTHON_THREADS);
        all.add("python-loop");
        if (all.stream().noneMatch(wanted)) {
            return;
        }
        String python = command.isEmpty() ? findPython() : command;
        String program = programs.resolve("pools.py").toString();
        for (String name : all) {
            Kind kind = PYTHON_PROCESSES.contains(name)
                    ? Kind.PROCESSES
                    : PYTHON_THREADS.contains(name) ? Kind.THREADS : Kind.SERIAL;
            addProcess(name, kind, new ProcessBuilder(python, program, name), folder);
        }
    }

    /// {@return the first Python that has joblib, which is perhaps that of the system and not the first of the path}
    private static String findPython() {
        for (String candidate : List.of("python3", "/usr/bin/python3")) {
            try {
                CommandSide.firstLine(candidate, "-c", "import joblib, pebble");
                return candidate;
            } catch (IOException e) {
                // another may have it
            }
        }
        return "python3";
    }

    private void addNode(Path programs, Path packages, Path folder) {
        for (String name : NODE) {
            if (wanted.test(name) && !Files.isDirectory(packages.resolve("node_modules"))) {
                absent.put(name, "not installed; benchmarks/peers/install does it");
                continue;
            }
            ProcessBuilder builder =
                    new ProcessBuilder("node", programs.resolve("pools.mjs").toString(), name);
            builder.environment().put("PEERS", packages.toAbsolutePath().toString());
            addProcess(name, Kind.PROCESSES, builder, folder);
        }
    }

    private void addProcess(String name, Kind kind, ProcessBuilder builder, Path folder) {
        if (!wanted.test(name)) {
            return;
        }
        try {
            sides.add(PeerProcess.find(name, kind, builder, folder.resolve(name + ".log")));
        } catch (IOException e) {
            absent.put(name, reason(e));
        }
    }

    private void addCommands(Path home, Path folder) {
        Path cenote = home.resolve("cenote");
        if (Files.isExecutable(cenote)) {
            add(new CommandSide(
                    "cenote-command", CENOTE, List.of(cenote.toString(), "map", "line -> line"), false, folder));
        } else {
            absent.put("cenote-command", "there is no command at the root of the tree");
        }
        command("parallel", List.of("parallel", "-k", "-j2", "echo", "{}"), true, folder);
        command("parallel-pipe", List.of("parallel", "-k", "-j2", "--pipe", "cat"), false, folder);
        command("xargs", List.of("xargs", "-P", "2", "-n", "1", "echo"), true, folder);
        command("xargs-batches", List.of("xargs", "-P", "2", "-n", "100", "printf", "%s\\n"), false, folder);
    }

    private void command(String name, List<String> line, boolean processEach, Path folder) {
        if (!wanted.test(name)) {
            return;
        }
        try {
            String version = CommandSide.firstLine(line.getFirst(), "--version");
            sides.add(new CommandSide(name, version, line, processEach, folder));
        } catch (IOException e) {
            absent.put(name, reason(e));
        }
    }

    private static String reason(IOException e) {
        String message = Objects.requireNonNullElse(e.getMessage(), "no reason given");
        return message.contains("No such file") ? "the program is not on the path" : message;
    }
}
