// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The results of a lazy mapping call, one at a time; what {@link Mapper#iterate(Iterable, Func)} returns.
///
/// An item that failed throws from {@link #next()} at its place, and the call after it goes on with the next item.
/// Meant for one thread at a time; any thread may {@link #close()} it.
///
/// @param <R> the type of a result
/// @since 0.1
public interface Results<R extends @Nullable Object> extends Iterator<R>, AutoCloseable {

    /// Waits until there is a next result or failure, or the input has ended.
    ///
    /// @return whether there is one
    /// @throws RuntimeException the exception of the input's iterator, once, after everything before it
    @Override
    boolean hasNext();

    /// Waits for the next result and returns it.
    ///
    /// @return the result
    /// @throws NoSuchElementException when there is none left or the results were closed
    /// @throws RuntimeException what the function threw for this item, as {@link Mapper#map(Iterable, Func)} would
    @Override
    R next();

    /// Waits at most this long for the next result; on a serial pool, where it is the reader that runs the item,
    /// for as long as the item runs. Nothing is lost when it does not come in time: the next call can have it.
    ///
    /// @param limit how long to wait; zero or less only looks
    /// @return the result
    /// @throws TimeoutException when the limit has passed first
    /// @throws NoSuchElementException when there is none left or the results were closed
    R next(Duration limit) throws TimeoutException;

    /// Cancels what was not started, interrupts what is running, and takes nothing more from the input. Does nothing
    /// when everything was read.
    @Override
    void close();
}
