// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Lets processes wait for each other, so that each of some jobs runs in a worker of its own.
public final class Meeting {

    private Meeting() {}

    /// {@return the processes of so many workers of a pool}
    ///
    /// @param pool the pool
    /// @param workers how many workers it has
    /// @param folder a folder for temporary files
    public static Set<Long> of(Pool pool, int workers, Path folder) throws IOException {
        String place = Files.createTempDirectory(folder, "meeting").toString();
        List<CompletableFuture<Long>> pids = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            pids.add(pool.submit(() -> attend(place, workers)));
        }
        Set<Long> result = new TreeSet<>();
        pids.forEach(pid -> result.add(pid.join()));
        return result;
    }

    private static long attend(String place, int workers) throws IOException {
        long pid = ProcessHandle.current().pid();
        Files.createFile(Path.of(place, Long.toString(pid)));
        while (attendants(place) < workers) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return pid;
    }

    private static long attendants(String place) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(place))) {
            return files.count();
        }
    }
}
