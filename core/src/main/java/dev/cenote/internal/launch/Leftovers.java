// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.nio.file.Files;
import java.nio.file.Path;

/// The folders of one process that was killed.
///
/// Its workers are the last to know about them, so they look before they end. A folder is deleted only by whoever gets
/// its lock, which the dead process has held; so a worker that errs about the death deletes nothing.
public final class Leftovers {

    /// The lock and the sockets of a process that ends are given back one after the other.
    private static final int TRIES = 4;

    private static final long PAUSE_MILLIS = 10;

    private Leftovers() {}

    /// Deletes all folders of the process that owns a folder, if that process is gone.
    ///
    /// @param folder the folder
    public static void delete(Path folder) {
        Path base = folder.getParent();
        for (int i = 0; i < TRIES && base != null && Files.exists(folder); i++) {
            try {
                Thread.sleep(i * PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return; // by a task; what is left, the next pool of this user deletes
            }
            String beginning = PrivateFolder.prefix(folder);
            sweepMemory(folder, beginning);
            PrivateFolder.sweep(base, folder, beginning);
        }
    }

    /// Deletes the folders whose names begin so, where this process has its own.
    ///
    /// @param mine a folder of this process
    /// @param beginning the beginning of names
    static void delete(Path mine, String beginning) {
        sweepMemory(mine, beginning);
        PrivateFolder.sweep(PrivateFolder.base(), mine, beginning);
    }

    private static void sweepMemory(Path mine, String beginning) {
        if (Files.isDirectory(Launcher.SHARED_MEMORY)) {
            PrivateFolder.sweep(Launcher.SHARED_MEMORY, mine, beginning);
        }
    }
}
