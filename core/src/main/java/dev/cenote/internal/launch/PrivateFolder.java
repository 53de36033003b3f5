// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A folder that only this user may enter, which is gone when its owner is.
///
/// # Who owns a folder that was found
///
/// A JVM that is killed leaves its folders behind, so the next one sweeps. It must not take the folder of one that
/// lives. A process id does not tell: ids are used again, and two containers that share a folder for temporary files
/// have the same ones. A lock does, as the operating system releases it with the process. Each folder therefore holds a
/// file `lock` that its owner keeps locked, and only who gets the lock may delete the folder. Three windows are closed:
///
/// - Between the making of a folder and its lock, it looks like a leftover: a folder without a lock file is swept only
///   when it is old, and an owner whose lock was taken by a sweeper makes another folder.
/// - A process loses its lock when it closes *any* channel of that file, so the folders of the own process are known by
///   name (process id and the time of the first use, the same for each copy of this library in it) and never opened.
/// - Other users may write to the folder for temporary files. What a sweeper enters must belong to this user and be
///   closed to others, or its contents could be exchanged for links while they are deleted.
///
/// For any thread.
final class PrivateFolder {

    private static final String PREFIX = "cenote-";
    private static final String NAME = PREFIX + "\\d+-[0-9a-z]+-\\d+";
    private static final String LOCK = "lock";
    private static final String BEGAN = "dev.cenote.began";
    private static final Duration OLD = Duration.ofMinutes(10);

    /// The address of a Unix domain socket has room for 104 bytes on some systems, of which a name takes a part.
    private static final int LONGEST_BASE = 64;

    private static final Path OTHER_BASE = Path.of("/tmp");

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path path;
    private final FileChannel channel;

    private PrivateFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// {@return where folders are made: the folder for temporary files, or `/tmp` if that is too long for sockets}
    static Path base() {
        Path base = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        if (base.toString().length() > LONGEST_BASE && Files.isDirectory(OTHER_BASE) && Files.isWritable(OTHER_BASE)) {
            return OTHER_BASE;
        }
        return base;
    }

    /// {@return where folders may be, also those of a process whose folder for temporary files is another}
    static Set<Path> bases() {
        Set<Path> bases = new LinkedHashSet<>();
        bases.add(base());
        for (Path other : List.of(OTHER_BASE, Launcher.SHARED_MEMORY)) {
            if (Files.isDirectory(other)) {
                bases.add(other);
            }
        }
        return bases;
    }

    /// {@return a new folder}
    ///
    /// @param base where
    static PrivateFolder make(Path base) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted(); // which would close the file and so lose the lock
                PrivateFolder made = tryMake(base);
                if (made != null) {
                    return made;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static @Nullable PrivateFolder tryMake(Path base) throws IOException {
        Path path = base.resolve(ownPrefix() + COUNT.getAndIncrement());
        try {
            makePrivate(path);
        } catch (FileAlreadyExistsException e) {
            return null; // of another copy of this library in this JVM, or of somebody who guesses names
        }
        FileChannel channel =
                FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        boolean locked = lock(channel, true) != null;
        if (locked && channel.isOpen()) {
            return new PrivateFolder(path, channel);
        }
        channel.close();
        if (locked) {
            delete(path); // this thread was interrupted just then
        } // otherwise a sweeper was faster and will delete it
        return null;
    }

    /// Makes a folder that only this user may enter, with that permission from the beginning.
    static void makePrivate(Path path) throws IOException {
        FileAttribute<?>[] attributes = isPosix()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0]; // on Windows the folder for temporary files is the user's own
        Files.createDirectory(path, attributes);
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    /// {@return how the names of all files of this process begin}
    static String ownPrefix() {
        String began = Long.toString(System.currentTimeMillis(), 36);
        Object before = System.getProperties().putIfAbsent(BEGAN, began); // shared by all copies of this class
        return prefix(ProcessHandle.current().pid()) + (before == null ? began : before) + "-";
    }

    Path path() {
        return path;
    }

    /// Deletes the folder with all that is in it, as far as possible; what cannot be deleted now, the next sweep will.
    void delete() {
        try {
            channel.close();
        } catch (IOException e) {
            // the lock is gone all the same
        }
        delete(path);
    }

    /// Deletes a tree, as far as possible. Does not follow links.
    static void delete(Path tree) {
        try {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    return deleted(file);
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return deleted(file);
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                    return deleted(folder);
                }

                private FileVisitResult deleted(Path path) {
                    try {
                        Files.deleteIfExists(path);
                    } catch (IOException e) {
                        // open on Windows, or made unreadable by a task
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // the same
        }
    }

    /// Deletes what dead processes of this user have left.
    ///
    /// @param base where to look
    /// @param mine a folder of this process
    static void sweep(Path base, Path mine) {
        try {
            sweep(base, Files.getOwner(mine), Set.of(PREFIX));
        } catch (IOException | SecurityException | UnsupportedOperationException e) {
            // users cannot be told apart here
        }
    }

    /// {@return how the names of all folders of a process begin}
    ///
    /// @param pid its id
    static String prefix(long pid) {
        return PREFIX + pid + "-";
    }

    /// {@return how the names of all folders of the process begin that owns a folder}
    ///
    /// @param folder the folder
    static String prefix(Path folder) {
        String name = folder.getFileName().toString();
        return name.substring(0, name.lastIndexOf('-') + 1);
    }

    /// Deletes what dead processes of this user have left, of those whose folders begin with one of some prefixes.
    ///
    /// @param base where to look
    /// @param me this user
    /// @param beginnings the prefixes
    /// @return whether nothing was found that had to be left where it is, though it may be of a dead process
    static boolean sweep(Path base, UserPrincipal me, Set<String> beginnings) {
        boolean done = true;
        try (DirectoryStream<Path> found = Files.newDirectoryStream(base, PREFIX + "*")) {
            for (Path folder : found) {
                String name = folder.getFileName().toString();
                if (name.endsWith(OwnFolder.SUFFIX) && beginsWithOne(name, beginnings)) {
                    sweepFile(folder);
                } else if (beginsWithOne(name, beginnings) && name.matches(NAME) && !name.startsWith(ownPrefix())) {
                    done &= sweepOne(folder, me);
                }
            }
        } catch (IOException | DirectoryIteratorException | SecurityException e) {
            // a folder that may not be listed is swept by nobody
        }
        return done;
    }

    /// Deletes the files that have lost all but their names.
    ///
    /// @param base where to look
    static void sweepFiles(Path base) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(base, PREFIX + "*" + OwnFolder.SUFFIX)) {
            for (Path file : found) {
                sweepFile(file);
            }
        } catch (IOException | DirectoryIteratorException | SecurityException e) {
            // of another user, or a folder that may not be listed
        }
    }

    /// Deletes what a process has left that was killed before it had deleted it itself, as it was just about to.
    private static void sweepFile(Path file) {
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // of another user
        }
    }

    private static boolean beginsWithOne(String name, Set<String> beginnings) {
        for (String beginning : beginnings) {
            if (name.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    private static boolean sweepOne(Path folder, UserPrincipal me) {
        try {
            if (!isPrivate(folder, me)) {
                return true;
            }
            sweepOne(folder);
        } catch (IOException | SecurityException e) {
            // not ours, or gone meanwhile
        }
        return !Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
    }

    /// {@return whether a folder belongs to a user and is closed to others}
    static boolean isPrivate(Path folder, UserPrincipal me) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(me)
                && (!isPosix()
                        || PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))
                                .endsWith("------"));
    }

    private static void sweepOne(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Instant changed =
                    Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
            if (changed.isBefore(Instant.now().minus(OLD))) {
                delete(folder);
            }
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (lock(channel, false) != null) {
                delete(folder);
            }
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            delete(folder); // on Windows a folder can be deleted only when what was in it is closed
        }
    }

    /// Takes the lock if nobody has it.
    ///
    /// @param own whether to go on without one where the file system has no locks
    private static @Nullable Object lock(FileChannel channel, boolean own) {
        try {
            FileLock lock = channel.tryLock();
            return lock;
        } catch (OverlappingFileLockException e) {
            return null;
        } catch (IOException e) {
            return own ? channel : null;
        }
    }
}
