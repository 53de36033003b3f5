// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a worker has to do with shared memory. Small, as each worker loads it when it starts; most need no more.
///
/// For any thread.
public final class WorkerSide {

    /// Reads a value.
    public interface Decoder {

        /// Reads a value, which may run code of the user.
        ///
        /// @param content the encoded value
        /// @return the value
        @Nullable
        Object decode(MemorySegment content);
    }

    /// Written once, when the worker starts.
    private static volatile @Nullable Decoder decoder;

    /// Written once, when this process has its first shared memory.
    private static volatile boolean inUse;

    private WorkerSide() {}

    /// Says that this process is a worker.
    ///
    /// @param ofWorker reads values
    public static void use(Decoder ofWorker) {
        decoder = ofWorker;
    }

    /// Is told that this process has shared memory.
    static void begin() {
        inUse = true;
    }

    /// Lets go of what its owner has closed.
    public static void sweep() {
        if (inUse) {
            Shared.sweep();
        }
    }

    /// Waits until what this process has sent has arrived, some seconds at most: as long as this process is there.
    public static void awaitArrivals() {
        if (inUse) {
            Shared.awaitArrivals();
        }
    }

    static @Nullable Object decode(MemorySegment content) {
        Decoder known = decoder;
        if (known == null) {
            throw new IllegalStateException("a broadcast can be read in the workers of its pool only");
        }
        return known.decode(content);
    }
}
