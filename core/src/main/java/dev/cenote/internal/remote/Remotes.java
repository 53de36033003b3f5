// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.remote;

import dev.cenote.Broadcast;
import dev.cenote.NotShippableException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The workers of one pool that live outside this JVM. For any thread.
public interface Remotes {

    /// Makes the place of a worker; starts nothing.
    ///
    /// @param name the name of the worker
    /// @param id its number
    /// @return the place
    Remote place(String name, int id);

    /// Encodes a task for any number of items and workers, on the thread of the caller, whose stack shows where it
    /// comes from if it cannot travel.
    ///
    /// @param name what messages call it
    /// @param function the function, job or command
    /// @return the task
    /// @throws NotShippableException if it cannot travel
    Shipment ship(String name, Object function);

    /// Encodes a value once for all workers.
    ///
    /// @param value the value
    /// @param <T> its type
    /// @return what tasks capture; closed with these workers at the latest
    /// @throws NotShippableException if it cannot travel
    /// @throws java.io.UncheckedIOException if there is no room for it
    <T extends @Nullable Object> Broadcast<T> broadcast(T value);

    /// {@return counts workers that were started in the place of another}
    LongAdder restarts();

    /// Ends what is left of them, and deletes what they shared. Does nothing the second time.
    void close();
}
