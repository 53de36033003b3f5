// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One private folder of this process, for files that belong to no pool. It is deleted when this JVM ends, and swept
/// after its death as those of pools are.
///
/// For any thread.
public final class OwnFolder {

    /// What names end with of files that lose their names at once, and are of no use afterwards.
    public static final String SUFFIX = ".m";

    /// Guarded by the class.
    private static @Nullable PrivateFolder folder;

    private OwnFolder() {}

    /// {@return the folder}
    ///
    /// @param base where it is made when it is needed first
    /// @throws IOException if it cannot be made
    public static synchronized Path in(Path base) throws IOException {
        PrivateFolder made = folder;
        if (made == null) {
            made = PrivateFolder.make(base);
            folder = made;
            Runtime.getRuntime().addShutdownHook(Threads.make("cenote-own-folder", made::delete, 0));
        }
        return made.path();
    }

    /// {@return how the names of all files of this process begin}
    public static String prefix() {
        return PrivateFolder.ownPrefix();
    }

    /// Deletes what dead processes of this user have left.
    ///
    /// @param base where to look
    public static void sweep(Path base) {
        PrivateFolder.sweepFiles(base);
    }

    /// {@return where private folders are made}
    public static Path base() {
        return PrivateFolder.base();
    }

    /// {@return the folder of this machine whose files are in memory; it may not exist}
    public static Path inMemory() {
        return Launcher.SHARED_MEMORY;
    }
}
