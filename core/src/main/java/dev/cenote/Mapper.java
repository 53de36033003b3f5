// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Zip;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Gatherer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The verbs that apply one function to many items. A {@link Pool} is a mapper with default options;
/// {@link #with(UnaryOperator)} gives another view of the same workers.
///
/// ## Eager and lazy
///
/// `map`, `mapAsync`, `starmap` and `forEach` read the whole input first, in the calling thread. `imap`,
/// `imapUnordered`, `outcomes`, `iterate` and `mapping` are lazy: at most {@link Options#ahead(int)} items are
/// taken beyond those whose results were read, so inputs may be endless and results are there as soon as they are
/// ready. The input of a lazy call is read on a thread of its own, so a slow one holds up nobody else; only
/// `mapping`, and every verb of a serial pool, reads it in the calling thread.
///
/// ## Failure
///
/// The eager verbs stop at the first failure: items that were not started never are, running ones are interrupted
/// and waited for (for at most a second, if they ignore it), and the exception is thrown. When several items have
/// failed before the others could be stopped, the one that comes first in the input is thrown and the others are
/// suppressed in it; what an item throws after it was interrupted does not count. Lazy verbs throw a failure at
/// its place; a reader that goes on after it gets the items that follow. `outcomes` throws nothing for an item.
///
/// An unchecked exception of a task is thrown as itself; a checked one and every {@link VirtualMachineError} is
/// the cause of a {@link TaskException}. An exception of the input's iterator is thrown as itself: by eager verbs
/// at once, by lazy ones after the results of everything before it.
///
/// ## Cancellation
///
/// When a thread is interrupted while it waits in one of these verbs, the call is cancelled as after a failure,
/// the interrupt status is set again, and {@link java.util.concurrent.CancellationException} is thrown without
/// waiting for what was interrupted. On a serial pool the interrupt reaches the function, and the same follows
/// when it answers with an {@link InterruptedException}. Closing the stream or cancelling the future of a call
/// does the same to its items.
///
/// ## Memory consistency
///
/// What a thread did before it called a verb is visible to the function; what the function did for an item is
/// visible to whoever has its result. Items are passed by reference: a function may change an item in place.
///
/// ## Nested calls
///
/// A verb called from a task of the same pool runs items in the calling thread while it waits, so nested calls
/// cannot deadlock, however few workers there are.
///
/// Mappers are safe for use by any number of threads.
///
/// @since 0.1
public interface Mapper {

    /// Returns a mapper over the same workers with other options.
    ///
    /// @param change changes the options of this mapper
    /// @return the mapper
    Mapper with(UnaryOperator<Options> change);

    /// Applies a function to every item and returns the results in the order of the input.
    ///
    /// @param items the items; read to their end before anything runs, except that the array behind
    ///     `Arrays.asList` is read in place and must not change meanwhile
    /// @param fn the function
    /// @param <T> the type of an item
    /// @param <R> the type of a result
    /// @return the results; the list cannot be modified and may hold `null`
    <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn);

    /// Applies a function to the pairs of two inputs; stops at the end of the shorter one.
    ///
    /// @param first the first items
    /// @param second the second items
    /// @param fn the function
    /// @param <A> the type of a first item
    /// @param <B> the type of a second item
    /// @param <R> the type of a result
    /// @return the results; the list cannot be modified and may hold `null`
    default <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Iterable<? extends A> first, Iterable<? extends B> second, Func2<? super A, ? super B, ? extends R> fn) {
        return map(Zip.of(first, second), Zip.spread(fn));
    }

    /// Starts {@link #map(Iterable, Func)} and returns at once.
    ///
    /// The input is read before this method returns. Cancelling the future with `cancel(true)` interrupts what is
    /// running; `cancel(false)` lets it finish.
    ///
    /// @param items the items
    /// @param fn the function
    /// @param <T> the type of an item
    /// @param <R> the type of a result
    /// @return the future list of results; it ends with what `map` would throw
    <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn);

    /// Starts {@link #map(Iterable, Iterable, Func2)} and returns at once.
    ///
    /// @param first the first items
    /// @param second the second items
    /// @param fn the function
    /// @param <A> the type of a first item
    /// @param <B> the type of a second item
    /// @param <R> the type of a result
    /// @return the future list of results
    default <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
            CompletableFuture<List<R>> mapAsync(
                    Iterable<? extends A> first,
                    Iterable<? extends B> second,
                    Func2<? super A, ? super B, ? extends R> fn) {
        return mapAsync(Zip.of(first, second), Zip.spread(fn));
    }

    /// Applies a function of two arguments to pairs; `starmap(map.entrySet(), fn)` works on a map.
    ///
    /// @param pairs the pairs of arguments
    /// @param fn the function
    /// @param <A> the type of a first argument
    /// @param <B> the type of a second argument
    /// @param <R> the type of a result
    /// @return the results; the list cannot be modified and may hold `null`
    default <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starmap(
            Iterable<? extends Map.Entry<? extends A, ? extends B>> pairs,
            Func2<? super A, ? super B, ? extends R> fn) {
        return map(pairs, Zip.spread(fn));
    }

    /// Starts {@link #starmap(Iterable, Func2)} and returns at once.
    ///
    /// @param pairs the pairs of arguments
    /// @param fn the function
    /// @param <A> the type of a first argument
    /// @param <B> the type of a second argument
    /// @param <R> the type of a result
    /// @return the future list of results
    default <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
            CompletableFuture<List<R>> starmapAsync(
                    Iterable<? extends Map.Entry<? extends A, ? extends B>> pairs,
                    Func2<? super A, ? super B, ? extends R> fn) {
        return mapAsync(pairs, Zip.spread(fn));
    }

    /// Runs an action for every item and returns when all have ended.
    ///
    /// @param items the items; read as by {@link #map(Iterable, Func)}
    /// @param action the action
    /// @param <T> the type of an item
    <T extends @Nullable Object> void forEach(Iterable<? extends T> items, Action<? super T> action);

    /// Applies a function to the items of a possibly endless input, and gives the results in its order as they are
    /// read.
    ///
    /// Close the stream (or read it to its end) to stop taking items; `try (Stream<R> results = pool.imap(...))`
    /// does. An abandoned stream takes no more than its look-ahead and holds no thread. The stream is sequential.
    ///
    /// @param items the items
    /// @param fn the function
    /// @param <T> the type of an item
    /// @param <R> the type of a result
    /// @return the results
    <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn);

    /// Applies a function to the pairs of two inputs, lazily; see {@link #imap(Iterable, Func)}.
    ///
    /// @param first the first items
    /// @param second the second items
    /// @param fn the function
    /// @param <A> the type of a first item
    /// @param <B> the type of a second item
    /// @param <R> the type of a result
    /// @return the results
    default <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            Iterable<? extends A> first, Iterable<? extends B> second, Func2<? super A, ? super B, ? extends R> fn) {
        return imap(Zip.of(first, second), Zip.spread(fn));
    }

    /// Like {@link #imap(Iterable, Func)}, with the results as they finish.
    ///
    /// @param items the items
    /// @param fn the function
    /// @param <T> the type of an item
    /// @param <R> the type of a result
    /// @return the results
    default <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return with(Options::unordered).imap(items, fn);
    }

    /// Like {@link #imap(Iterable, Iterable, Func2)}, with the results as they finish.
    ///
    /// @param first the first items
    /// @param second the second items
    /// @param fn the function
    /// @param <A> the type of a first item
    /// @param <B> the type of a second item
    /// @param <R> the type of a result
    /// @return the results
    default <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
            Stream<R> imapUnordered(
                    Iterable<? extends A> first,
                    Iterable<? extends B> second,
                    Func2<? super A, ? super B, ? extends R> fn) {
        return with(Options::unordered).imap(first, second, fn);
    }

    /// Like {@link #imap(Iterable, Func)}, as an iterator: it can wait with a limit, goes on after a failure, and is
    /// closed when it is no longer wanted.
    ///
    /// @param items the items
    /// @param fn the function
    /// @param <T> the type of an item
    /// @param <R> the type of a result
    /// @return the results
    <T extends @Nullable Object, R extends @Nullable Object> Results<R> iterate(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn);

    /// Like {@link #imap(Iterable, Func)}, with one {@link Outcome} for each item: a failed item is a value, not an
    /// exception.
    ///
    /// @param items the items
    /// @param fn the function
    /// @param <T> the type of an item
    /// @param <R> the type of a result
    /// @return the outcomes
    <T extends @Nullable Object, R extends @Nullable Object> Stream<Outcome<T, R>> outcomes(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn);

    /// Returns a gatherer that applies a function on this pool, for code that lives in streams:
    /// `urls.stream().gather(pool.mapping(this::fetch))`.
    ///
    /// It looks ahead like {@link #imap(Iterable, Func)}, but the stream's own thread reads the input.
    ///
    /// @param fn the function
    /// @param <T> the type of an item
    /// @param <R> the type of a result
    /// @return the gatherer
    <T extends @Nullable Object, R extends @Nullable Object> Gatherer<T, ?, R> mapping(Func<? super T, ? extends R> fn);
}
