// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.internal.launch.OwnFolder;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Where the files of shared memory are made: in `/dev/shm`, which is memory, if this machine has it; else in the
/// folder for temporary files; or where the system property `dev.cenote.memory` says.
final class MemoryFolder {

    /// Names another folder.
    static final String PROPERTY = "dev.cenote.memory";

    /// What the names of our files end with.
    static final String SUFFIX = ".m";

    /// A name that lives longer than some microseconds is that of a process that was killed.
    private static final Duration OLD = Duration.ofMinutes(10);

    private static final AtomicBoolean SWEPT = new AtomicBoolean();

    private MemoryFolder() {}

    /// {@return the folder, without links}
    ///
    /// @throws IOException if there is none
    static Path path() throws IOException {
        String named = System.getProperty(PROPERTY);
        Path folder = (named == null ? byDefault() : Path.of(named)).toRealPath();
        if (SWEPT.compareAndSet(false, true)) {
            sweep(folder);
        }
        return folder;
    }

    private static Path byDefault() {
        Path inMemory = OwnFolder.inMemory();
        return Files.isDirectory(inMemory) && Files.isWritable(inMemory) ? inMemory : OwnFolder.base();
    }

    /// Deletes what processes have left that were killed before the file had lost its name; it is empty.
    static void sweep(Path folder) {
        Instant before = Instant.now().minus(OLD);
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "cenote-*" + SUFFIX)) {
            for (Path file : found) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && Files.size(file) == 0
                        && Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                                .toInstant()
                                .isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException | SecurityException e) {
            // of another user, or gone meanwhile
        }
    }

    /// {@return how many bytes more the folder can take; a guess where the system does not tell}
    static long free(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException | SecurityException e) {
            return Long.MAX_VALUE;
        }
    }

    /// {@return the failure that says why memory cannot be had and what to do}
    ///
    /// @param what which memory
    /// @param bytes how many bytes it takes
    /// @param folder where it was to be
    /// @param cause what the system says, if it was asked
    static IOException noRoom(String what, long bytes, Path folder, @Nullable IOException cause) {
        return new IOException(
                what + " takes " + bytes + " bytes of " + folder + ", which has " + room(folder)
                        + "; close what is not needed, give it more room (a container: --shm-size), or name a"
                        + " folder that has it with -D" + PROPERTY + "=FOLDER",
                cause);
    }

    private static String room(Path folder) {
        try {
            FileStore store = Files.getFileStore(folder);
            return store.getUsableSpace() + " free of " + store.getTotalSpace();
        } catch (IOException | SecurityException e) {
            return "not enough";
        }
    }
}
