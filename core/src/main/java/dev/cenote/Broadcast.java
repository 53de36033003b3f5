// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.dispatch.LocalBroadcast;
import dev.cenote.internal.memory.SharedBroadcast;
import org.jspecify.annotations.Nullable;

/// A value that each worker of a pool gets once, however many tasks use it; made by {@link Pool#broadcast(Object)}.
///
/// ```java
/// try (Broadcast<double[]> weights = pool.broadcast(read(file))) {
///     List<Double> scores = pool.map(documents, document -> score(document, weights.value()));
/// }
/// ```
///
/// A lambda that captures an array sends it with each call to each worker. One that captures the broadcast of the
/// array sends an address of some bytes.
///
/// ## What workers get
///
/// On pools whose workers are in this JVM, {@link #value()} is the object itself, everywhere.
///
/// On worker processes the value is encoded once, by the call of `broadcast`, into memory that all processes share;
/// what is done to it afterwards is not seen. A worker decodes it when one of its tasks first asks for it, and keeps
/// it for all tasks that follow; so tasks of one worker share one object, and should not change it. Large arrays of
/// primitives are copied once into the shared memory and once out of it, to the heap of each worker. A {@link
/// java.lang.foreign.MemorySegment} is not copied out: workers get a view of the shared memory itself, which they can
/// read only. A worker that takes the place of another decodes the value again.
///
/// ## Life
///
/// Until it is closed, or its pool has terminated, or this process cannot reach it any more, in which case it is closed
/// by and by. A task keeps it open that was submitted and has captured it. Workers let go of the value when they are
/// next told to forget a task.
///
/// Only tasks of its own pool may use it; another pool refuses it with a {@link NotShippableException}.
///
/// ## Thread safety
///
/// All methods may be called by any thread.
///
/// @param <T> the type of the value
/// @since 0.1
public sealed interface Broadcast<T extends @Nullable Object> extends AutoCloseable
        permits LocalBroadcast, SharedBroadcast {

    /// Returns the value; in a worker process a copy, which the first call makes and all others return.
    ///
    /// @return the value
    /// @throws IllegalStateException if the broadcast was closed, or its pool has terminated
    /// @throws NotShippableException if the value cannot be rebuilt in this worker
    T value();

    /// Gives the memory back; does nothing the second time. Tasks that have not asked for the value yet fail.
    @Override
    void close();
}
