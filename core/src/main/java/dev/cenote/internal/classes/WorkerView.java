// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What one worker was told of loaders and classes. A worker that was restarted knows nothing: make a new one for
/// each process. Safe for use by several threads, but two that make preludes for one worker must also send them in
/// the order in which they were made.
public final class WorkerView {

    private final Map<Integer, Integer> loaders = new ConcurrentHashMap<>();
    private final Set<Key> classes = ConcurrentHashMap.newKeySet();

    private record Key(int loader, String name) {}

    /// Creates the view of a process that was told nothing yet.
    public WorkerView() {}

    /// {@return whether the worker must be told of a loader, with so many places; it counts as told from now on}
    boolean learns(int loader, int places) {
        Integer known = loaders.put(loader, places);
        return known == null || known < places;
    }

    /// {@return whether the worker must be sent a class; it counts as sent from now on}
    boolean learns(int loader, String name) {
        return classes.add(new Key(loader, name));
    }
}
