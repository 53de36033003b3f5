// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.Log;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A shared file and where it lies until the worker has mapped it, some tens of milliseconds later.
///
/// @param file the file
/// @param path its path
record SharedPlace(SharedFile file, Path path) {

    /// {@return a new shared file; null if there is no room for one}
    ///
    /// @param folder the folder of the worker
    /// @param memory where it goes if that is possible; may be the same
    static @Nullable SharedPlace make(Path folder, Path memory, int ringBytes, SharedFile.Reserve reserve) {
        if (!memory.equals(folder)) {
            SharedPlace place = create(memory.resolve(folder.getFileName() + ".r"), ringBytes, reserve);
            if (place != null) {
                return place;
            }
        }
        return create(folder.resolve("r"), ringBytes, reserve);
    }

    private static @Nullable SharedPlace create(Path path, int ringBytes, SharedFile.Reserve reserve) {
        try {
            return new SharedPlace(SharedFile.create(path, ringBytes, reserve), path);
        } catch (IOException | UnsupportedOperationException e) {
            Log.get().log(System.Logger.Level.DEBUG, () -> "no shared memory at " + path, e);
            return null;
        }
    }

    /// Deletes the file; who has mapped it keeps it.
    void delete() {
        Quiet.delete(path);
    }

    /// Deletes and unmaps the file.
    void giveUp() {
        delete();
        file.close();
    }
}
