// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The private folders of this process for what belongs to no pool, one for each place. They are deleted when this JVM
/// ends. If it is killed, its workers or the next process of this user delete them, as they do with those of pools.
///
/// For any thread.
public final class OwnFolder {

    /// What names end with of files that lose their names at once, and are of no use afterwards.
    public static final String SUFFIX = ".m";

    /// By where they are; guarded by the class.
    private static final Map<Path, PrivateFolder> FOLDERS = new HashMap<>();

    /// Guarded by the class.
    private static final List<Runnable> ENDS = new ArrayList<>();

    private OwnFolder() {}

    /// {@return the folder}
    ///
    /// @param base where it is made when it is needed first
    /// @throws IOException if it cannot be made
    public static synchronized Path in(Path base) throws IOException {
        PrivateFolder made = FOLDERS.get(base);
        if (made == null) {
            made = PrivateFolder.make(base);
            if (FOLDERS.isEmpty()) {
                Runtime.getRuntime().addShutdownHook(Threads.make("cenote-own-folder", OwnFolder::end, 0));
            }
            FOLDERS.put(base, made);
        }
        return made.path();
    }

    /// Runs something when this process ends, before the folders are deleted; some must have been made.
    ///
    /// @param action what; it must be quick
    public static synchronized void beforeDeletion(Runnable action) {
        ENDS.add(action);
    }

    private static void end() {
        List<Runnable> actions;
        List<PrivateFolder> made;
        synchronized (OwnFolder.class) {
            actions = List.copyOf(ENDS);
            made = List.copyOf(FOLDERS.values());
        }
        actions.forEach(Runnable::run);
        made.forEach(PrivateFolder::delete);
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
