// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A shared file and where it lies until the worker has mapped it, some tens of milliseconds later.
///
/// @param file the file
/// @param path its path
/// @param folder the folder that was made for it, null if it lies in that of the caller
record SharedPlace(SharedFile file, Path path, @Nullable Path folder) {

    /// Where Linux has files in memory. In it, each shared file gets a folder of its own.
    static final String MEMORY_FOLDER = "/dev/shm";

    private static final String PREFIX = "cenote-";
    private static final String FILE = "r";
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AtomicBoolean SWEPT = new AtomicBoolean();

    /// {@return a new shared file, in memory if possible; null if there is no room for one}
    ///
    /// @param folder where it goes if that is not possible
    static @Nullable SharedPlace make(Path folder, int ringBytes, SharedFile.Reserve reserve) {
        Path memory = Path.of(MEMORY_FOLDER);
        Path own = Files.isWritable(memory) ? privateFolder(memory) : null;
        if (own != null) {
            if (SWEPT.compareAndSet(false, true)) {
                sweep(memory, own, Instant.now().minus(FORGOTTEN));
            }
            SharedFile file = create(own.resolve(FILE), ringBytes, reserve);
            if (file != null) {
                return new SharedPlace(file, own.resolve(FILE), own);
            }
            Quiet.delete(own);
        }
        Path path = folder.resolve(FILE);
        SharedFile file = create(path, ringBytes, reserve);
        return file == null ? null : new SharedPlace(file, path, null);
    }

    private static @Nullable SharedFile create(Path path, int ringBytes, SharedFile.Reserve reserve) {
        try {
            return SharedFile.create(path, ringBytes, reserve);
        } catch (IOException | UnsupportedOperationException e) {
            System.getLogger(SharedPlace.class.getName())
                    .log(System.Logger.Level.DEBUG, () -> "no shared memory at " + path, e);
            return null;
        }
    }

    /// {@return a new folder that only this user can enter, null if that is not possible}
    static @Nullable Path privateFolder(Path parent) {
        byte[] name = new byte[8];
        RANDOM.nextBytes(name);
        Path folder = parent.resolve(PREFIX + HexFormat.of().formatHex(name));
        try {
            return Files.createDirectory(folder, SharedFile.forOwnerOnly("rwx------"));
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /// Deletes what other JVMs left behind because they were killed while they started a worker: it would take memory
    /// until the machine restarts.
    ///
    /// The folder is writable for all, so only folders of this user are looked into, and no links are followed:
    /// nobody else can put something in their place. A file that is still wanted after all means a socket for that worker.
    ///
    /// @param own a folder of this user
    /// @param before what was changed later than this is left alone
    static void sweep(Path memory, Path own, Instant before) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(memory, PREFIX + "*")) {
            for (Path folder : folders) {
                if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(own))
                        && Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS)
                                .toInstant()
                                .isBefore(before)) {
                    Quiet.delete(folder.resolve(FILE));
                    Quiet.delete(folder);
                }
            }
        } catch (IOException | RuntimeException e) {
            // the next JVM will try again
        }
    }

    /// Deletes the file and its folder; who has mapped it keeps it.
    void delete() {
        Quiet.delete(path);
        Quiet.delete(folder);
    }

    /// Deletes and unmaps the file.
    void giveUp() {
        delete();
        file.close();
    }
}
