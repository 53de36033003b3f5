// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.util.concurrent.locks.LockSupport;

/// Bounds how much is under way between the reader of the input and the writer of the results, by items and by
/// bytes.
///
/// A pool bounds the items that it holds but cannot know how large they or their results are: ten thousand numbers
/// are nothing, ten thousand pages of a megabyte are more than the heap. So the reader begins with a small window,
/// which doubles while the items that come back prove small, and shrinks to what fits into the budget when they
/// are large.
///
/// One thread takes, one gives back.
final class Window {

    private static final int SAMPLE = 64;
    private static final int FIRST_LIMIT = 256;
    private static final int OVERHEAD_BYTES = 64;
    private static final long POLL_NANOS = 1_000_000;

    private final int least;
    private final int most;
    private final long budgetBytes;

    /// How many items were taken; only the reader uses it.
    private long taken;

    /// How many items came back; the writer writes it, the reader reads it.
    private volatile long returned;

    /// How many items may be under way; the writer writes it, the reader reads it.
    private volatile int limit;

    /// Whether nobody will take or give back any more; written by any thread.
    private volatile boolean closed;

    /// The bytes that came back since the limit was last set; only the writer uses it.
    private long sampledBytes;

    /// @param least how many items may always be under way, so that every worker has something to do
    /// @param most how many items may be under way when they are small
    /// @param budgetBytes how many bytes may be under way
    Window(int least, int most, long budgetBytes) {
        this.least = Math.min(least, most);
        this.most = most;
        this.budgetBytes = budgetBytes;
        this.limit = Math.clamp(FIRST_LIMIT, this.least, most);
    }

    /// Waits until another item may be under way.
    ///
    /// @return whether the caller should go on; not when the window was closed or the caller interrupted
    boolean take() {
        while (room() <= 0) {
            if (closed || Thread.currentThread().isInterrupted()) {
                return false;
            }
            // polling, because the reader is far ahead of the writer here and a millisecond late does no harm
            LockSupport.parkNanos(this, POLL_NANOS);
        }
        taken++;
        return !closed;
    }

    /// {@return how many items can be taken without waiting; for the thread that takes}
    long room() {
        return limit - (taken - returned);
    }

    /// Gives an item back.
    ///
    /// @param bytes how large it was together with its result
    void giveBack(long bytes) {
        sampledBytes += bytes + OVERHEAD_BYTES;
        long count = returned + 1;
        returned = count; // only this thread writes
        if (count % SAMPLE == 0) {
            long fitting = budgetBytes / Math.max(1, sampledBytes / SAMPLE);
            limit = Math.clamp(Math.min(fitting, 2L * limit), least, most);
            sampledBytes = 0;
        }
    }

    void close() {
        closed = true;
    }
}
