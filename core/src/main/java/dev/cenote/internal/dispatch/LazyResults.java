// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Results;
import dev.cenote.internal.Nanos;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// The reading end of a lazy call, as an iterator and as a stream.
final class LazyResults<R extends @Nullable Object> implements Results<R>, Spliterator<R> {

    private final LazyCall call;

    /// The result that `hasNext` has found, as in the window; only the reader uses it.
    private @Nullable Object head;

    LazyResults(LazyCall call) {
        this.call = call;
    }

    Stream<R> stream() {
        return StreamSupport.stream(this, false).onClose(this::close);
    }

    @Override
    public boolean hasNext() {
        if (head == null) {
            try {
                head = call.take(-1);
            } catch (InterruptedException e) {
                throw call.interrupted();
            } catch (TimeoutException e) {
                throw new AssertionError("waited without a limit", e);
            }
        }
        if (call.isClosed()) {
            head = Window.END;
        }
        return head != Window.END;
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more results");
        }
        return result();
    }

    @Override
    public R next(Duration limit) throws TimeoutException {
        Objects.requireNonNull(limit, "limit");
        if (head == null) {
            try {
                head = call.take(Math.max(0, Nanos.of(limit)));
            } catch (InterruptedException e) {
                throw call.interrupted();
            }
        }
        return next();
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the function made it, and whether it may be null is in R
    private R result() {
        Object value = Window.unmask(Objects.requireNonNull(head));
        head = null;
        if (value instanceof Failed failed) {
            throw failed.toThrow();
        }
        return (R) value;
    }

    @Override
    public void close() {
        call.close();
    }

    @Override
    public boolean tryAdvance(Consumer<? super R> action) {
        if (!hasNext()) {
            return false;
        }
        action.accept(result());
        return true;
    }

    @Override
    public @Nullable Spliterator<R> trySplit() {
        return null; // reading is cheap, and the items run in parallel anyway
    }

    @Override
    public long estimateSize() {
        return Long.MAX_VALUE;
    }

    @Override
    public int characteristics() {
        return ORDERED;
    }

    @Override
    public void forEachRemaining(Consumer<? super R> action) {
        Results.super.forEachRemaining(action);
    }
}
