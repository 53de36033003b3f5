// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The folders of processes that were killed.
///
/// The workers of such a process are the last to know about them, so they look before they end. A folder is deleted
/// only by whoever gets its lock, which the dead process has held; so a worker that errs about the death deletes
/// nothing.
final class Leftovers {

    /// The lock and the sockets of a process that ends are given back one after the other, and of several processes
    /// that were killed together each ends in its own time.
    private static final long TRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long PAUSE_MILLIS = 10;

    private Leftovers() {}

    /// Deletes all folders of the process that owns a folder, if that process is gone, and with them those of others.
    ///
    /// @param folder the folder
    /// @param pids the others, as far as they are gone
    static void delete(Path folder, Collection<Long> pids) {
        UserPrincipal me = me(folder);
        if (me == null) {
            return;
        }
        Set<Path> places = new LinkedHashSet<>(PrivateFolder.bases());
        Path place = folder.getParent();
        if (place != null) {
            places.add(place);
        }
        Set<String> beginnings = new LinkedHashSet<>();
        beginnings.add(PrivateFolder.prefix(folder));
        for (long pid : pids) {
            beginnings.add(PrivateFolder.prefix(pid));
        }
        long end = System.nanoTime() + TRY_NANOS;
        while (!tryDelete(places, me, beginnings) && System.nanoTime() - end < 0) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return; // what is left, the next pool of this user deletes
            }
        }
    }

    private static boolean tryDelete(Set<Path> places, UserPrincipal me, Set<String> beginnings) {
        boolean done = true;
        for (Path place : places) {
            done &= PrivateFolder.sweep(place, me, beginnings);
        }
        return done;
    }

    /// {@return this user}
    ///
    /// @param folder a folder of this user, if another worker has not yet deleted it
    private static @Nullable UserPrincipal me(Path folder) {
        for (Path path : List.of(folder, Path.of("/proc/self"))) {
            try {
                return Files.getOwner(path);
            } catch (IOException | SecurityException | UnsupportedOperationException e) {
                // the next, then
            }
        }
        return null;
    }
}
