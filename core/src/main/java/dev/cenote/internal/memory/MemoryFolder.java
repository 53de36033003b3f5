// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.internal.launch.OwnFolder;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Where the files of shared memory are made: in `/dev/shm`, which is memory, if this machine has it; else in the
/// folder for temporary files; or where the system property `cenote.memory` says.
final class MemoryFolder {

    /// Names another folder.
    static final String PROPERTY = "cenote.memory";

    private static final AtomicBoolean SWEPT = new AtomicBoolean();

    private MemoryFolder() {}

    /// {@return the folder, without links}
    ///
    /// @throws IOException if there is none
    static Path path() throws IOException {
        String named = System.getProperty(PROPERTY);
        Path folder = (named == null ? byDefault() : Path.of(named)).toRealPath();
        if (SWEPT.compareAndSet(false, true)) {
            OwnFolder.sweep(folder);
        }
        return folder;
    }

    private static Path byDefault() {
        Path inMemory = OwnFolder.inMemory();
        return Files.isDirectory(inMemory) && Files.isWritable(inMemory) ? inMemory : OwnFolder.base();
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
