// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// A file that holds what a worker loads, ready-made (class data sharing). With it a worker comes up 15 % sooner.
///
/// A JVM takes such a file when the class path *begins* with the one that it was made with. Ours begins with the jar of
/// this library, so the file is made with that jar alone, and one serves all programs with the same jar and JDK: it
/// takes a quarter of a second to make and 2 MB. The first pool of a process that lives for a moment makes it, in a
/// process of its own; no pool waits for it. It is written under another name and then moved, and a JVM that cannot use
/// it (gone, too short, of another jar) goes on without. But a JVM believes what is in it, and crashes if that is
/// damaged, as after a power cut: so its name ends with the checksum of its content, which is compared once in each
/// process of a pool, and a file that has changed is deleted. Of two processes that make it at the same time each keeps
/// its own; either serves.
///
/// The process that makes it runs the main class with the system property [Settings#TRAINING_PROPERTY] and no
/// arguments; that should load what a worker loads, and return. If it ends in any other way nothing is kept, and it is
/// tried again on another day.
///
/// Nothing of this happens if the library is not a jar of its own, if options of the user may not suit the file, or if
/// the property `cenote.archive` is `off`.
final class Archive {

    private static final String SWITCH = "cenote.archive";
    private static final String PREFIX = "worker-";
    private static final String ENDING = ".jsa";
    private static final long TRAINING_SECONDS = 60;
    private static final Duration UNUSED = Duration.ofDays(30);
    private static final Duration AGAIN = Duration.ofDays(1);

    private static @Nullable Process training; // guarded by the class

    /// The last file whose content was looked at and is what its name says; guarded by the class.
    private static @Nullable File whole;

    private Archive() {}

    /// {@return the options that make a worker use the file, if it is there}
    ///
    /// @param program what workers run
    /// @param settings what the user said
    static List<String> options(Program program, Settings settings) {
        String start = nameFor(program, settings);
        File file = start == null ? null : find(start);
        if (file == null || !isOurs(file.toPath()) || !isWhole(file)) {
            return List.of();
        }
        // silent, since a file that does not suit is no news to a user
        return List.of("-XX:SharedArchiveFile=" + file, "-Xshare:auto", "-Xlog:cds*=off");
    }

    /// {@return how the name of the file begins; `null` if there can be none}
    private static @Nullable String nameFor(Program program, Settings settings) {
        Path library = program.library();
        if (library == null || "off".equals(System.getProperty(SWITCH)) || !suits(settings) || folder() == null) {
            return null;
        }
        try {
            CRC32 sum = new CRC32(); // the JVM checks jar and JDK again: a collision costs time, not correctness
            for (String part : List.of(
                    library.toString(),
                    Files.getLastModifiedTime(library).toString(),
                    System.getProperty("java.home", ""),
                    System.getProperty("java.vm.version", ""),
                    settings.mainClass())) {
                sum.update(part.getBytes(StandardCharsets.UTF_8));
                sum.update(0);
            }
            return PREFIX + Long.toHexString(sum.getValue()) + "-";
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable File find(String start) {
        Path folder = folder();
        if (folder == null) {
            return null;
        }
        File[] files = folder.toFile().listFiles();
        for (File file : files == null ? new File[0] : files) {
            if (file.getName().startsWith(start) && file.getName().endsWith(ENDING)) {
                return file;
            }
        }
        return null;
    }

    /// {@return whether the content is what the name says; if not, the file is deleted}
    private static synchronized boolean isWhole(File file) {
        if (file.equals(whole)) {
            return true;
        }
        try {
            if (file.getName().endsWith("-" + sumOf(file.toPath()) + ENDING)) {
                whole = file;
                return true;
            }
            Files.deleteIfExists(file.toPath());
        } catch (IOException e) {
            // somebody else has deleted it, or it cannot be read: of no use in either case
        }
        return false;
    }

    private static String sumOf(Path file) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(Files.readAllBytes(file));
        return Long.toHexString(sum.getValue());
    }

    /// The file is made with the default layout of objects. A collector, a large heap or a flag may ask for another,
    /// and then the JVM would do without any file of this kind, also without its own.
    private static boolean suits(Settings settings) {
        for (String argument : settings.jvmArguments()) {
            if (argument.startsWith("-X")) {
                return false;
            }
        }
        return settings.heapBytes() < 32L << 30 && settings.java() == null;
    }

    private static @Nullable Path folder() {
        String home = System.getProperty("user.home", "");
        String os = System.getProperty("os.name", "");
        String base;
        if (os.startsWith("Windows")) {
            base = System.getenv("LOCALAPPDATA");
        } else if (os.startsWith("Mac")) {
            base = home + "/Library/Caches";
        } else {
            String named = System.getenv("XDG_CACHE_HOME");
            base = named == null || named.isEmpty() ? home + "/.cache" : named;
        }
        return base == null || home.isEmpty() || !new File(base).isAbsolute() ? null : Path.of(base, "cenote");
    }

    private static boolean isOurs(Path file) {
        Path folder = file.getParent();
        Path home = Path.of(System.getProperty("user.home", ""));
        try {
            return folder != null
                    && PrivateFolder.isPrivate(folder, Files.getOwner(file))
                    && Files.isWritable(folder)
                    && (folder.startsWith(home) || Files.getOwner(home).equals(Files.getOwner(file)));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /// Makes the file if it is not there. Takes a while.
    static void make(WorkerCommand command) {
        String start = nameFor(command.program(), command.settings());
        Path library = command.program().library();
        Path folder = folder();
        if (start == null || library == null || folder == null || find(start) != null) {
            return;
        }
        Path fresh = folder.resolve(start + ProcessHandle.current().pid() + ".new");
        Path failed = folder.resolve(start + ".failed");
        try {
            makeFolder(folder);
            if (isYounger(failed, AGAIN)) {
                return;
            }
            tidy(folder);
            if (train(command, library, fresh)) {
                Files.move(fresh, folder.resolve(start + sumOf(fresh) + ENDING), StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.deleteIfExists(failed);
                Files.createFile(failed);
            }
        } catch (IOException e) {
            // no room, or no right to write there: workers start without
        } finally {
            PrivateFolder.delete(fresh);
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Path base = folder.getParent();
            if (base != null) {
                Files.createDirectories(base);
            }
            PrivateFolder.makePrivate(folder);
        }
    }

    private static boolean train(WorkerCommand command, Path library, Path fresh) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(command.java().toString());
        line.addAll(List.of(
                "-XX:ArchiveClassesAtExit=" + fresh,
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xlog:disable",
                "-D" + Settings.TRAINING_PROPERTY + "=true",
                "-cp",
                library.toString(),
                command.settings().mainClass()));
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
        command.changeEnvironment(builder.environment());
        Process process = builder.start();
        synchronized (Archive.class) {
            training = process;
        }
        try {
            process.getOutputStream().close();
            return process.waitFor(TRAINING_SECONDS, TimeUnit.SECONDS)
                    && process.exitValue() == 0
                    && Files.isRegularFile(fresh);
        } catch (InterruptedException e) {
            return false;
        } finally {
            stop();
        }
    }

    /// Ends the making of a file.
    static synchronized void stop() {
        if (training != null) {
            training.destroyForcibly();
            training = null;
        }
    }

    /// Deletes what nobody uses: files of other versions, and what a process that was killed has left.
    private static void tidy(Path folder) throws IOException {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path other : others) {
                boolean whole = other.toString().endsWith(ENDING);
                if (!isYounger(other, whole ? UNUSED : AGAIN)) {
                    Files.deleteIfExists(other);
                }
            }
        }
    }

    private static boolean isYounger(Path file, Duration age) throws IOException {
        return Files.exists(file)
                && Files.getLastModifiedTime(file)
                                .compareTo(FileTime.from(Instant.now().minus(age)))
                        > 0;
    }
}
