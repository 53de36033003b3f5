// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The command that starts a worker of a pool: what this process runs, with options that suit one of several.
///
/// # Options of ours
///
/// - **Heap.** Every JVM takes up to a quarter of the memory by itself, so four of them and their parent would promise
///   more than there is. The workers of a pool share half of it, and none takes more than a quarter.
/// - **CPUs.** Each JVM believes that it owns the machine and starts threads to match, as does code of the user that
///   asks for `availableProcessors`. Each worker is told its share, at least 2: with 1 its own threads starve.
/// - **Serial collector.** It has no threads of its own, and the others bring nothing to a small heap on a share of
///   the CPUs. A collector among the user's options replaces it. It keeps what memory it has taken, as a worker that
///   was given a large array is likely to be given another, and fresh memory takes longer than all the rest.
/// - **No `hsperfdata` file**: a killed worker would leave it behind, and collections wait for the disk it is on. `jps`
///   does not list workers therefore; `jcmd`, `jstack` and profilers work with the process id.
/// - **UTF-8 on standard output and error**, as these end in a pipe to us and not in a terminal.
/// - **No `ExitOnOutOfMemoryError`**: a task may catch the error of an array too large. The worker's main ends the
///   process when the error reaches it, after it has told which task it was. A user may add the option.
/// - **The JIT compiler begins later**, after 1,000 calls of a method and not after 200; loops are compiled as soon as
///   ever. A start runs many methods some hundred times and then never again: without this a third of its CPU time went
///   into compiling them, while another worker wanted that CPU. Nothing else is limited: tasks compute.
///
/// Options of the user come last, and the last one counts.
///
/// Immutable, for any thread.
public final class WorkerCommand {

    private static final List<String> LATE_COMPILATION = List.of(
            "-XX:Tier3InvocationThreshold=1000",
            "-XX:Tier3MinInvocationThreshold=500",
            "-XX:Tier3CompileThreshold=4000");

    private final Settings settings;
    private final Program program;
    private final List<String> extra;

    private WorkerCommand(Settings settings, Program program, List<String> extra) {
        this.settings = settings;
        this.program = program;
        this.extra = extra;
    }

    /// {@return the command for the workers of a pool}
    ///
    /// @param settings what the user said
    public static WorkerCommand of(Settings settings) {
        Program program = Program.current();
        return new WorkerCommand(settings, program, Archive.options(program, settings));
    }

    /// Loads what the first start of a process needs; starts nothing.
    ///
    /// @param settings what the user said
    public static void prepare(Settings settings) {
        of(settings);
        new ProcessBuilder().environment();
        ProcessHandle.current();
    }

    Program program() {
        return program;
    }

    Settings settings() {
        return settings;
    }

    /// {@return the options that all workers of a pool have in common, for an argument file}
    ///
    /// @param folder the pool's private folder
    /// @throws IOException if this library is where a worker cannot load it from
    List<String> options(Path folder) throws IOException {
        List<String> result = new ArrayList<>();
        List<String> users = settings.jvmArguments();
        int cpus = Runtime.getRuntime().availableProcessors();
        if (!hasCollector(users)) {
            result.add("-XX:+UseSerialGC");
            result.add("-XX:MaxHeapFreeRatio=100");
        }
        result.add("-XX:-UsePerfData");
        result.addAll(LATE_COMPILATION);
        String heap = settings.heap();
        if (heap != null) {
            result.add("-Xmx" + heap);
        } else if (settings.workers() > 2) {
            result.add(String.format(Locale.ROOT, "-XX:MaxRAMPercentage=%.3f", 50.0 / settings.workers()));
        }
        int share = Math.max(2, cpus / settings.workers());
        if (share < cpus) {
            result.add("-XX:ActiveProcessorCount=" + share);
        }
        result.add("-XX:ErrorFile=" + folder.toString().replace("%", "%%") + File.separator + "hs_err_pid%p.log");
        result.add("-Dstdout.encoding=UTF-8");
        result.add("-Dstderr.encoding=UTF-8");
        result.add("-Djava.awt.headless=true");
        result.addAll(extra);
        result.addAll(program.options(folder));
        result.addAll(users);
        return result;
    }

    /// {@return the whole command line}
    ///
    /// @param argFile the file that holds the common options
    /// @param temporary the worker's own folder for temporary files
    /// @param arguments what `main` gets
    List<String> line(Path argFile, Path temporary, List<String> arguments) {
        List<String> result = new ArrayList<>();
        result.add(java().toString());
        result.add("@" + argFile);
        if (!startsWithOneOf(settings.jvmArguments(), "-Djava.io.tmpdir=")) {
            result.add("-Djava.io.tmpdir=" + temporary);
        }
        result.addAll(program.main(settings.mainClass()));
        result.addAll(arguments);
        return result;
    }

    Path java() {
        Path given = settings.java();
        if (given != null) {
            return given;
        }
        Path bin = Path.of(System.getProperty("java.home"), "bin");
        return bin.resolve(File.separatorChar == '\\' ? "java.exe" : "java");
    }

    /// Makes the environment of a worker out of ours.
    ///
    /// The variables that hold options of the JVM are left out: what they say is among the options already, and a
    /// debugger said twice does not start. A user may set them again.
    void changeEnvironment(Map<String, String> environment) {
        for (String variable : JvmOptions.VARIABLES) {
            environment.remove(variable);
        }
        environment.remove("CLASSPATH");
        environment.putAll(settings.environment());
    }

    /// {@return in what the output of a worker is encoded if it is not UTF-8}
    Charset outputCharset() {
        Charset result = charset(System.getProperty("native.encoding"));
        for (String argument : settings.jvmArguments()) {
            if (argument.startsWith("-Dstdout.encoding=")) {
                result = charset(argument.substring("-Dstdout.encoding=".length()));
            }
        }
        return result;
    }

    private static Charset charset(@Nullable String name) {
        try {
            return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8;
        }
    }

    static Path crashFile(Path folder, long pid) {
        return folder.resolve("hs_err_pid" + pid + ".log");
    }

    /// {@return why a start failed, in words a user can act upon}
    ///
    /// @param e what the start threw
    IOException explain(IOException e) {
        Path java = java();
        if (!Files.isExecutable(java)) {
            return new IOException(
                    "a worker cannot be started: there is no java launcher at " + java + ". "
                            + (settings.java() != null
                                    ? "Name the launcher of a JDK."
                                    : "Images made by jpackage leave it out: build them with --jlink-options that do"
                                            + " not contain --strip-native-commands, or name another java."),
                    e);
        }
        Path directory = settings.workingDirectory();
        if (directory != null && !Files.isDirectory(directory)) {
            return new IOException("a worker cannot be started: its working directory is not there: " + directory, e);
        }
        return new IOException("a worker cannot be started: " + e.getMessage(), e);
    }

    private static boolean hasCollector(List<String> arguments) {
        for (String argument : arguments) {
            if (argument.startsWith("-XX:+Use") && argument.endsWith("GC")) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWithOneOf(List<String> arguments, String beginning) {
        for (String argument : arguments) {
            if (argument.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }
}
