// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.memory.MappedCounter;

/// A number that the tasks of all workers count with, in threads and processes: what {@link
/// java.util.concurrent.atomic.AtomicLong} is within one JVM.
///
/// ```java
/// try (SharedCounter words = SharedCounter.of(0); Pool pool = Pool.processes()) {
///     pool.forEach(files, file -> words.add(count(file)));
///     print(words.get());
/// }
/// ```
///
/// It lives and travels as a {@link SharedArray} does, and takes as much: for many counters use {@link
/// SharedLongs#getAndAdd}. All accesses are atomic and volatile. Beyond the range of a `long` it wraps around.
///
/// ## Thread safety
///
/// All methods may be called by any thread of any process. After a {@link #close()} in this process they throw an
/// {@link IllegalStateException}.
///
/// @since 0.1
public sealed interface SharedCounter extends AutoCloseable permits MappedCounter {

    /// Makes a counter.
    ///
    /// @param value its value
    /// @return the counter
    /// @throws java.io.UncheckedIOException if there is no shared memory to be had
    static SharedCounter of(long value) {
        return MappedCounter.of(value);
    }

    /// {@return the value}
    long get();

    /// Sets the value.
    ///
    /// @param value the value
    void set(long value);

    /// Adds one.
    ///
    /// @return the new value
    long increment();

    /// Takes one away.
    ///
    /// @return the new value
    long decrement();

    /// Adds a number.
    ///
    /// @param delta the number, which may be negative
    /// @return the new value
    long add(long delta);

    /// Sets the value if it is the one that is expected.
    ///
    /// @param expected the value that is expected
    /// @param value the new value
    /// @return whether it was
    boolean compareAndSet(long expected, long value);

    /// {@return whether it was closed in this process}
    boolean isClosed();

    /// Lets go of the memory, for all processes if this one owns it; see {@link SharedArray}. Does nothing the second
    /// time.
    @Override
    void close();
}
