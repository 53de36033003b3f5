// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.lang.foreign.MemorySegment;

/// An array in memory that several processes have mapped, so that none of them has to copy it.
///
/// ```java
/// try (SharedDoubles grid = SharedDoubles.of(1_000_000); Pool pool = Pool.processes()) {
///     pool.forEach(Range.of(0, 1_000), row -> solve(grid, row)); // all rows in one memory
///     print(grid.toArray());
/// }
/// ```
///
/// It is made here or in a task, on its own or for any pool, and may be captured by a function, be or be part of an
/// item or a result: what travels is an address of some bytes, and the worker maps the memory in its place. On pools
/// whose workers are in this JVM it is the same object everywhere. A pool with a {@link Codec} of the user's gives
/// items and results to that; captured arrays travel all the same.
///
/// The elements are zero at first. They are in the order of bytes of this machine.
///
/// ## Memory consistency
///
/// `get`, `set`, and what copies many elements, are plain accesses, as of an array of Java: fast, and without an order
/// that others could rely on. Methods that are named volatile, and those that read and write at once, are volatile
/// accesses in the sense of {@link java.lang.invoke.VarHandle}, between processes as between threads. What was written
/// before a task was submitted is seen by the task, and what a task has written is seen by those who have its result.
/// Plain access to one element never sees parts of two values.
///
/// ## Life
///
/// The array is owned by the process that has made it; when a task returns it, by the process of the pool from then
/// on. When the owner closes it, or cannot reach it any more, its memory is given back, and others must not use it any
/// longer: they may get an {@link IllegalStateException}, or for a while still see the old elements. A task that was
/// submitted and has captured an array keeps it open. Other processes that close it only let go of it themselves.
///
/// The memory has no name in any folder, where the system allows that (on Linux); when a process ends, in whatever way,
/// it lets go of all its memory, and with the last one the memory is gone. Elsewhere it is a file in a private folder,
/// which is deleted with its process or, if that was killed, when the next pool is made.
///
/// ## Failure
///
/// All of the memory is reserved when it is made. If there is not enough, that throws an {@link
/// java.io.UncheckedIOException} which names the folder and its room. On Linux that is `/dev/shm`; containers often
/// have 64 MB there. The system property `cenote.memory` names another folder.
///
/// ## Resource use
///
/// Each array takes an open file and a mapping in each process that uses it, and at least a page of memory. For
/// thousands of small ones, use parts of one.
///
/// ## Thread safety
///
/// All methods may be called by any thread of any process.
///
/// @since 0.1
public sealed interface SharedArray extends AutoCloseable permits SharedBytes, SharedInts, SharedLongs, SharedDoubles {

    /// {@return how many elements it has}
    long length();

    /// Returns the memory itself, for what is not offered here. The segment can be used as long as anybody has it, also
    /// after a close of the array, but then it is no longer shared with those who do not have it yet. The memory is
    /// given back when both are gone.
    ///
    /// @return the memory, in the order of bytes of this machine
    /// @throws IllegalStateException if the array was closed
    MemorySegment memory();

    /// {@return whether it was closed in this process}
    boolean isClosed();

    /// Lets go of the memory, for all processes if this one owns it. Each use of it here afterwards throws an {@link
    /// IllegalStateException}. Does nothing the second time.
    @Override
    void close();
}
