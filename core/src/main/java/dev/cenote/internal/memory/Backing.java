// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.internal.launch.OwnFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The file behind shared memory, as this process has it open.
///
/// ## A file without a name
///
/// Where the system shows the open files of a process under `/proc`, the file loses its name right after it was made,
/// before anything is written to it. From then on it lives as long as a process has it open or mapped, and the system
/// takes the memory back with the last of them, in whatever way they end. Another process of this user opens it as
/// `/proc/PID/fd/N`, and then has it open itself, so it does not matter what becomes of the first one.
///
/// A process that is killed between these two steps, of some microseconds, leaves an empty file. It is deleted with
/// what else was left by that process: by its workers, as they end, or by the next process that makes shared memory or
/// starts workers. Nobody needs the name, so it may be deleted whosever it is.
///
/// ## A file with a name
///
/// Elsewhere, or where a process may not show its files, the file stays where it is: in a folder that is deleted with
/// its process or swept after its death, as those of pools are.
///
/// ## Interrupts
///
/// A channel is closed when a thread is interrupted while it uses it. What is kept here is used only while the file is
/// made; see [#uninterrupted].
///
/// For any thread.
final class Backing {

    /// Something to do with files.
    @FunctionalInterface
    interface Step<T> {

        /// Does all of it, and closes what it has opened if it fails.
        T run() throws IOException;
    }

    private static final Set<StandardOpenOption> READ_WRITE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private static final Set<StandardOpenOption> NEW_NAMELESS = Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final String USER = "unix:uid";
    private static final String DELETED = " (deleted)";

    /// What was found out, once; any thread finds the same.
    private static volatile @Nullable Boolean shown;

    /// Where to look first for a file that was opened: new ones mostly follow each other.
    private static final AtomicInteger NEXT = new AtomicInteger(3);

    /// How many to look at before all are listed.
    private static final int NEAR = 8;

    private final FileChannel channel;

    /// The path that the file has, or had before it lost its name.
    private final Path path;

    private final boolean nameless;

    /// Whether this process deletes the file, if it has a name.
    private final boolean mine;

    /// Its number in this process; 0 as long as nobody has asked. Any thread finds the same.
    private volatile int descriptor;

    private Backing(FileChannel channel, Path path, boolean nameless, boolean mine) {
        this.channel = channel;
        this.path = path;
        this.nameless = nameless;
        this.mine = mine;
    }

    /// {@return what a step returns, tried again whenever an interrupt has spoiled it; the interrupt is kept}
    static <T> T uninterrupted(Step<T> step) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try {
                    return step.run();
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Makes an empty file that only this user can open.
    ///
    /// @param folder where; no link leads there, as the system would tell another path
    /// @param name its name, which no other file has
    /// @param mayBeNameless whether it may lose its name
    static Backing create(Path folder, String name, boolean mayBeNameless) throws IOException {
        if (mayBeNameless && isShown(folder.resolve(name))) {
            Path nameless = folder.resolve(name);
            FileChannel channel = FileChannel.open(nameless, NEW_NAMELESS, forOwnerOnly());
            Files.deleteIfExists(nameless); // if that was not done with the opening
            return new Backing(channel, nameless, true, true);
        }
        Path path = OwnFolder.in(folder).resolve(name);
        return new Backing(FileChannel.open(path, NEW, forOwnerOnly()), path, false, true);
    }

    /// {@return whether other processes of this user can open what this one has open: one that has more rights than its
    /// user, or had, shows it to nobody}
    ///
    /// @param probe a file that can be made for it
    private static boolean isShown(Path probe) throws IOException {
        Boolean known = shown;
        if (known == null) {
            known = Files.isDirectory(DESCRIPTORS) && isOfUser(probe);
            shown = known;
        }
        return known;
    }

    private static boolean isOfUser(Path probe) throws IOException {
        Files.createFile(probe, forOwnerOnly());
        try {
            return Files.getAttribute(probe, USER).equals(Files.getAttribute(DESCRIPTORS, USER));
        } catch (NoSuchFileException e) {
            return isOfUser(probe); // swept by another process
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    private static FileAttribute<?>[] forOwnerOnly() {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }

    /// Opens the file that another process has told of.
    ///
    /// @param handle what it has told
    /// @param fileBytes how long the file must be: access behind its end would kill this process
    /// @throws IOException if it is not there, or is something else
    static Backing open(Handle handle, long fileBytes) throws IOException {
        boolean nameless = handle.pid() > 0;
        Path path =
                nameless ? Path.of("/proc", handle.pid() + "", "fd", handle.descriptor() + "") : Path.of(handle.path());
        if (!Files.isRegularFile(path)) { // to open another kind of file might wait
            throw gone(path, "closed, or its process has ended");
        }
        FileChannel channel = FileChannel.open(path, READ_WRITE);
        try {
            if (channel.size() != fileBytes) { // a file that is too short would be made longer
                throw gone(path, "closed: another file is there now");
            }
            return new Backing(channel, Path.of(handle.path()), nameless, false);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static NoSuchFileException gone(Path path, String why) {
        return new NoSuchFileException(path.toString(), null, why);
    }

    FileChannel channel() {
        return channel;
    }

    /// {@return the memory, mapped for reading and writing}
    static MemorySegment map(FileChannel channel, long bytes, Arena arena) throws IOException {
        return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
    }

    /// {@return the memory, mapped once more, for as long as anybody can reach it}
    MemorySegment mapAgain(long bytes) throws IOException {
        Path again = nameless ? DESCRIPTORS.resolve(descriptor() + "") : path;
        return uninterrupted(() -> {
            try (FileChannel other = FileChannel.open(again, READ_WRITE)) {
                return map(other, bytes, Arena.ofAuto());
            }
        });
    }

    /// {@return what to tell other processes, so that they find the file}
    Handle handle(Kind kind, long bytes, Handle.Token token) throws IOException {
        return nameless
                ? new Handle(kind, bytes, token, ProcessHandle.current().pid(), descriptor(), path.toString())
                : new Handle(kind, bytes, token, 0, 0, path.toString());
    }

    private int descriptor() throws IOException {
        int known = descriptor;
        if (known == 0) {
            known = findDescriptor(path + DELETED);
            descriptor = known;
        }
        return known;
    }

    private static int findDescriptor(String target) throws IOException {
        int next = NEXT.get();
        for (int number = next; number < next + NEAR; number++) {
            if (leadsTo(DESCRIPTORS.resolve(number + ""), target)) {
                NEXT.set(number + 1);
                return number;
            }
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path link : all) {
                if (leadsTo(link, target)) {
                    int number = Integer.parseInt(String.valueOf(link.getFileName()));
                    NEXT.set(number + 1);
                    return number;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        throw new IOException("this process does not find its own file " + target + " in " + DESCRIPTORS);
    }

    private static boolean leadsTo(Path link, String target) {
        try {
            return Files.readSymbolicLink(link).toString().equals(target);
        } catch (IOException e) {
            return false; // closed, or not there
        }
    }

    /// Closes the file, and deletes it if it has a name. Who has it mapped keeps that.
    void close() {
        try {
            channel.close();
            if (mine && !nameless) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // on Windows while it is mapped: deleted with its folder
        }
    }
}
