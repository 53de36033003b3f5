// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import dev.cenote.internal.launch.Death.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Finds out why a worker ended.
///
/// An exit code alone misleads: 1 is a wrong option as well as an exception in main, 3 is an `OutOfMemoryError` or
/// `System.exit(3)`, 134 a crash or an abort, 137 a kill by us, by somebody, or by the kernel for memory, and a code
/// above 128 may be a program's own. So it is read together with what else is known: whether we killed it, the crash
/// report, the last lines, and the kernel's count of kills for memory before and after.
final class Autopsy {

    /// Crash reports to keep for one process; a loop of crashes must not fill the disk.
    private static final int KEPT = 10;

    private static final int HEAD_BYTES = 64 << 10;
    private static final int HEAD_LINES = 40;

    private static final AtomicInteger COUNT = new AtomicInteger();

    private Autopsy() {}

    /// Describes a death.
    ///
    /// @param worker the worker's name
    /// @param pid its process id
    /// @param code its exit code
    /// @param uptime how long it was there
    /// @param killed why we killed it; `null` if we did not
    /// @param before the kernel's kills for memory when it was started
    /// @param tail its last lines
    /// @param crashFile where its crash report would be
    static Death of(
            String worker,
            long pid,
            int code,
            Duration uptime,
            @Nullable String killed,
            KernelKills before,
            List<String> tail,
            Path crashFile) {
        Path written = crashReport(crashFile, tail);
        String crash = written == null ? null : head(written);
        Path kept = written == null ? null : keep(written, crashFile, pid);
        Finding finding = find(code, killed, before, tail, crash);
        String text = "worker " + worker + " (pid " + pid + ") " + finding.text
                + (kept == null ? "" : "; the crash report is " + kept);
        return new Death(worker, pid, code, finding.reason, text, uptime, tail, crash, kept);
    }

    private record Finding(Reason reason, String text) {}

    private static Finding find(
            int code, @Nullable String killed, KernelKills before, List<String> tail, @Nullable String crash) {
        String own = ExitCode.explain(code);
        if (own != null) {
            return new Finding(code == ExitCode.OUT_OF_MEMORY ? Reason.OUT_OF_MEMORY : Reason.WORKER, own);
        }
        if (crash != null) {
            if (crash.contains("OutOfMemory encountered")) {
                return new Finding(
                        Reason.OUT_OF_MEMORY, "ran out of memory (OutOfMemoryError, -XX:+CrashOnOutOfMemoryError)");
            }
            return crash.contains("insufficient memory")
                    ? new Finding(Reason.OUT_OF_MEMORY, "got no more memory from the operating system")
                    : new Finding(Reason.CRASH, "crashed" + cause(crash));
        }
        if (killed != null && isKill(code)) {
            return new Finding(Reason.KILLED, "was killed: " + killed);
        }
        if (contains(tail, "Terminating due to java.lang.OutOfMemoryError")) {
            return new Finding(
                    Reason.OUT_OF_MEMORY, "ran out of memory (OutOfMemoryError, -XX:+ExitOnOutOfMemoryError)");
        }
        if (contains(tail, "insufficient memory for the Java Runtime Environment")) {
            return new Finding(Reason.OUT_OF_MEMORY, "got no more memory from the operating system");
        }
        String notStarted = startFailure(code, tail);
        if (notStarted != null) {
            return new Finding(Reason.NOT_STARTED, "did not start: " + notStarted);
        }
        if (code == 128 + 9) {
            String kernel = before.since();
            if (kernel != null) {
                return new Finding(
                        Reason.KERNEL_OUT_OF_MEMORY,
                        "was killed by the kernel because memory ran out (" + kernel + ")");
            }
        }
        String signal = signal(code);
        if (signal != null) {
            return new Finding(Reason.SIGNAL, signal);
        }
        return new Finding(
                Reason.EXIT,
                "ended by itself with exit code " + code
                        + (code == 1 && contains(tail, "Exception in thread \"main\"")
                                ? " (its main threw an exception)"
                                : " (something in it called System.exit or Runtime.halt)"));
    }

    private static boolean isKill(int code) {
        return code == 128 + 9 || code == 128 + 15 || (code == 1 && isWindows());
    }

    private static boolean isWindows() {
        return System.getProperty("os.name", "").startsWith("Windows");
    }

    private static boolean contains(List<String> lines, String text) {
        for (String line : lines) {
            if (line.contains(text)) {
                return true;
            }
        }
        return false;
    }

    /// What the launcher or the JVM says when it does not come up.
    private static @Nullable String startFailure(int code, List<String> tail) {
        if (code != 1 && code != 2) {
            return null;
        }
        List<String> said = new ArrayList<>();
        boolean failed = false;
        for (String line : tail) {
            if (line.startsWith("Error: Could not create the Java Virtual Machine")
                    || line.startsWith("Error: A fatal exception has occurred")) {
                failed = true;
            } else if (line.startsWith("Error occurred during initialization of")
                    || line.startsWith("Error: ")
                    || line.startsWith("Unrecognized ")
                    || line.startsWith("Invalid ")
                    || line.startsWith("ERROR: ")) {
                failed = true;
                said.add(line);
            } else if (!said.isEmpty() && said.size() < 4) {
                said.add(line);
            }
        }
        if (!failed) {
            return null;
        }
        return said.isEmpty() ? "its Java virtual machine could not be created" : String.join("; ", said);
    }

    private static @Nullable String signal(int code) {
        if (isWindows()) {
            return switch (code) {
                case 0xC0000005 -> "was ended by an access violation in native code (0xC0000005)";
                case 0xC000013A -> "was interrupted from the terminal (Ctrl+C)";
                case 0xC00000FD -> "was ended by a stack overflow in native code (0xC00000FD)";
                case 0xC0000409 -> "was ended by a failed check in native code (0xC0000409)";
                default -> code < 0 ? String.format("was ended by the system (0x%08X)", code) : null;
            };
        }
        return switch (code - 128) {
            case 1 -> "was ended by signal 1 (SIGHUP): its terminal was closed";
            case 2 -> "was ended by signal 2 (SIGINT): Ctrl+C reaches every process of a terminal";
            case 3 -> "was ended by signal 3 (SIGQUIT)";
            case 4 -> "was ended by signal 4 (SIGILL)";
            case 6 -> "was ended by signal 6 (SIGABRT): native code gave up";
            case 7 -> "was ended by signal 7 (SIGBUS)";
            case 8 -> "was ended by signal 8 (SIGFPE)";
            case 9 ->
                "was killed from outside by signal 9 (SIGKILL): by a user, by a supervisor such as systemd or"
                        + " Kubernetes, or by the kernel for memory";
            case 11 -> "was ended by signal 11 (SIGSEGV): native code crashed";
            case 13 -> "was ended by signal 13 (SIGPIPE)";
            case 15 -> "was ended from outside by signal 15 (SIGTERM)";
            case 24 -> "was ended by signal 24 (SIGXCPU): its limit of CPU time was reached";
            case 25 -> "was ended by signal 25 (SIGXFSZ): a file reached its limit of size";
            case 31 -> "was ended by signal 31 (SIGSYS): a call that its sandbox forbids";
            default -> null;
        };
    }

    // crash reports

    private static @Nullable Path crashReport(Path expected, List<String> tail) {
        if (Files.isRegularFile(expected)) {
            return expected;
        }
        // another -XX:ErrorFile among the user's options, or the folder was full: the JVM says where it wrote
        boolean next = false;
        for (String line : tail) {
            if (next) {
                try {
                    Path path = Path.of(line.replace("#", "").strip());
                    return path.isAbsolute() && Files.isRegularFile(path) ? path : null;
                } catch (IllegalArgumentException e) {
                    return null;
                }
            }
            next = line.contains("An error report file with more information is saved as");
        }
        return null;
    }

    private static @Nullable String head(Path report) {
        List<String> result = new ArrayList<>();
        try (InputStream in = Files.newInputStream(report)) {
            boolean stack = false;
            for (String line : new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                String text = line.startsWith("#") ? line.substring(1).strip() : line.strip();
                if (line.startsWith("If you would like to submit") || text.startsWith("If you would like to submit")) {
                    continue;
                }
                stack |= line.startsWith("Current thread");
                if (!text.isEmpty() && (line.startsWith("#") || stack) && !text.startsWith("http")) {
                    result.add(text);
                }
                if (result.size() == HEAD_LINES
                        || (stack && text.isEmpty() && result.getLast().contains("frame"))) {
                    break;
                }
            }
        } catch (IOException e) {
            return null;
        }
        return result.isEmpty() ? null : String.join("\n", result);
    }

    private static String cause(String crash) {
        String signal = "";
        String frame = "";
        boolean next = false;
        for (String line : crash.lines().toList()) {
            if (next) {
                frame = " in " + line;
                break;
            }
            next = line.startsWith("Problematic frame");
            if (signal.isEmpty()
                    && (line.startsWith("SIG") || line.startsWith("EXCEPTION_") || line.contains("Error "))) {
                signal = ": " + line;
            }
        }
        return signal + frame;
    }

    /// Moves a crash report out of the folder that will be deleted, to where the JVM itself would put one that cannot
    /// be written to the working directory. It tells the command line, hence is for the owner only.
    private static @Nullable Path keep(Path report, Path expected, long pid) {
        if (!report.equals(expected)) {
            return report;
        }
        if (COUNT.incrementAndGet() > KEPT) {
            return null;
        }
        Path target = Path.of(System.getProperty("java.io.tmpdir"), "hs_err_pid" + pid + ".log");
        try {
            Files.setPosixFilePermissions(report, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException | UnsupportedOperationException e) {
            // Windows: private already
        }
        try {
            return Files.move(report, target);
        } catch (IOException e) {
            return null; // one of that name is there, perhaps of another user
        }
    }
}
