// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Action;
import dev.cenote.Func;
import dev.cenote.Mapper;
import dev.cenote.Options;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Results;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Gatherer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The mapping verbs over one pool with one set of options.
///
/// @param pool the pool, which must not be collected while a call runs
/// @param dispatcher its dispatcher
/// @param options how calls run
record PoolMapper(Pool pool, Dispatcher dispatcher, Options options) implements Mapper {

    private static final Class<?> ARRAY_LIST = Arrays.asList().getClass();
    private static final Class<?> LIST_OF_SOME = List.of(1, 2, 3).getClass();
    private static final Class<?> LIST_OF_TWO = List.of(1).getClass();
    private static final Class<?> NUMBERS = Range.of(0, 1).getClass();

    @Override
    public Mapper with(UnaryOperator<Options> change) {
        Objects.requireNonNull(change, "change");
        return new PoolMapper(pool, dispatcher, Objects.requireNonNull(change.apply(options), "changed options"));
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return eager(items, order(fn, false), EagerCall.Kind.RESULTS);
    }

    @Override
    public <T extends @Nullable Object> void forEach(Iterable<? extends T> items, Action<? super T> action) {
        Objects.requireNonNull(action, "action");
        Func<T, @Nullable Object> fn = item -> {
            action.accept(item);
            return null;
        };
        eager(items, order(fn, false), EagerCall.Kind.EFFECTS);
    }

    @SuppressWarnings("unchecked") // the results are of the function's type
    private <R extends @Nullable Object> List<R> eager(Iterable<?> items, Call.Order order, EagerCall.Kind kind) {
        return (List<R>) new EagerCall(dispatcher, order, snapshot(items, true), kind)
                .start()
                .await();
    }

    @Override
    @SuppressWarnings("unchecked") // the results are of the function's type
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        Call.Order order = order(fn, false);
        CompletableFuture<?> future = new EagerCall(dispatcher, order, snapshot(items, false), EagerCall.Kind.FUTURE)
                .start()
                .future();
        return (CompletableFuture<List<R>>) future;
    }

    /// Reads an input to its end. Ranges, `List.of` and arrays as lists are used as they are while the caller
    /// waits: their elements can be read by several threads at once, and copying a large array costs as much as a
    /// trivial function.
    private static List<?> snapshot(Iterable<?> items, boolean callerWaits) {
        Objects.requireNonNull(items, "items");
        if (items instanceof List<?> list && callerWaits && isPlain(list)) {
            return list;
        }
        if (items instanceof Collection<?> collection) {
            return Arrays.asList(collection.toArray());
        }
        List<@Nullable Object> copy = new ArrayList<>();
        for (Object item : items) {
            copy.add(item);
        }
        return copy;
    }

    private static boolean isPlain(List<?> list) {
        Class<?> type = list.getClass();
        return type == ARRAY_LIST || type == NUMBERS || type == LIST_OF_SOME || type == LIST_OF_TWO;
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return this.<R>lazy(items, order(fn, false)).stream();
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> Results<R> iterate(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return lazy(items, order(fn, false));
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Outcome<T, R>> outcomes(
            Iterable<? extends T> items, Func<? super T, ? extends R> fn) {
        return this.<Outcome<T, R>>lazy(items, order(fn, true)).stream();
    }

    private <R extends @Nullable Object> LazyResults<R> lazy(Iterable<?> items, Call.Order order) {
        Objects.requireNonNull(items, "items");
        OptionalLong total =
                items instanceof Collection<?> known ? OptionalLong.of(known.size()) : OptionalLong.empty();
        return new LazyResults<>(new LazyCall(
                        dispatcher, order, pool, Objects.requireNonNull(items.iterator(), "items.iterator()"), total)
                .start());
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> Gatherer<T, ?, R> mapping(
            Func<? super T, ? extends R> fn) {
        Call.Order order = order(fn, false);
        return Gatherer.<T, Pushed<R>, R>ofSequential(
                () -> new Pushed<>(new LazyCall(dispatcher, order, pool, null, OptionalLong.empty()).start()),
                Gatherer.Integrator.of(Pushed::integrate),
                Pushed::finish);
    }

    @SuppressWarnings("unchecked") // a function that takes and makes more than it is asked for
    private Call.Order order(Func<?, ?> fn, boolean asOutcomes) {
        Objects.requireNonNull(fn, "fn");
        return new Call.Order(options, (Func<@Nullable Object, @Nullable Object>) fn, asOutcomes);
    }

    /// The state of a gatherer: a call whose items are pushed and read by the thread of the stream.
    private record Pushed<R extends @Nullable Object>(LazyCall call, LazyResults<R> results) {

        Pushed(LazyCall call) {
            this(call, new LazyResults<>(call));
        }

        boolean integrate(@Nullable Object item, Gatherer.Downstream<? super R> downstream) {
            while (!call.hasRoom()) {
                if (!pass(downstream)) {
                    return false;
                }
            }
            call.push(item);
            while (call.ready()) {
                if (!pass(downstream)) {
                    return false;
                }
            }
            return true;
        }

        void finish(Gatherer.Downstream<? super R> downstream) {
            call.endInput();
            while (results.hasNext()) {
                if (!pass(downstream)) {
                    return;
                }
            }
        }

        /// Passes one result on; ends the call when the stream wants no more or fails.
        private boolean pass(Gatherer.Downstream<? super R> downstream) {
            boolean wanted = false;
            try {
                wanted = downstream.push(results.next());
            } finally {
                if (!wanted) {
                    results.close();
                }
            }
            return wanted;
        }
    }
}
