// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A private folder that this process has for as long as it lives, whatever pools it has. If the process is killed,
/// its workers or the next process of this user delete the folder, as they do with those of pools.
///
/// For any thread.
public final class JvmFolder {

    /// Guarded by the class.
    private static @Nullable PrivateFolder folder;

    /// Guarded by the class.
    private static final List<Runnable> ENDS = new ArrayList<>();

    private JvmFolder() {}

    /// {@return the folder, made by the first call}
    ///
    /// @throws IOException if it cannot be made
    public static synchronized Path path() throws IOException {
        PrivateFolder made = folder;
        if (made == null) {
            made = PrivateFolder.make(PrivateFolder.base());
            Runtime.getRuntime().addShutdownHook(Threads.make("cenote-share-end", JvmFolder::end, 0));
            folder = made;
        }
        return made.path();
    }

    /// Runs something when this process ends, before the folder is deleted.
    ///
    /// @param action what; it must be quick
    public static synchronized void beforeDeletion(Runnable action) {
        ENDS.add(action);
    }

    private static void end() {
        List<Runnable> actions;
        PrivateFolder made;
        synchronized (JvmFolder.class) {
            actions = List.copyOf(ENDS);
            made = folder;
        }
        actions.forEach(Runnable::run);
        if (made != null) {
            made.delete();
        }
    }
}
