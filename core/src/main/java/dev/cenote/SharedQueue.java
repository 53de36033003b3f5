// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.share.Port;
import dev.cenote.internal.share.QueueResource;
import dev.cenote.internal.share.SharedItems;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// A queue into which threads of several processes put items, and from which they take them: in this process, and in
/// any other that gets the queue with a task.
///
/// ```java
/// SharedQueue<Path> found = new SharedQueue<>();
/// pool.submit(() -> { walk(root, found::put); found.close(); });
/// for (Path path : found) {
///     System.out.println(path);
/// }
/// ```
///
/// It lives in the process that has made it, where items are the objects that were put. Other processes get copies;
/// what can travel as an item of `map` can be put.
///
/// ## Order and visibility
///
/// Items of one thread come out in the order in which it has put them. What a process has put is in the queue before
/// its task is done and before it calls any other shared object; until then it may gather in the process for the blink
/// of an eye, as with many small items that is some hundred times faster, and be lost if the process is killed. `offer`
/// is exact, also in this: it returns when the item is there.
///
/// A process that takes items fetches some ahead, which it gives back when others want them. So an item goes to one
/// taker only, and one that a killed process has fetched but not taken goes to another.
///
/// Of the capacity of a queue, if it has one, each other process may have an eighth on the way to it, and has fetched
/// at most an eighth ahead; so a queue for less than 16 items is exact.
///
/// ## Death
///
/// A process that ends while one of its threads waits is forgotten; items that it had taken and for which it has not
/// called {@link #taskDone()} count as done. When the process ends in which the queue lives, every call throws {@link
/// SharedObjectGoneException}, also in threads that wait.
///
/// ## Closing
///
/// After {@link #close()} nothing more can be put; what is in the queue can still be taken, and then takers see the
/// end. What other processes put at the very moment of the close may be refused when it is on its way already; then the
/// task that has put it fails.
///
/// All methods may be called by any thread.
///
/// @param <T> the type of the items, which are never `null`
/// @since 0.1
public final class SharedQueue<T> implements Iterable<T>, Serializable, AutoCloseable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient SharedItems items;
    private final transient int capacity;

    /// Creates a queue that takes as many items as there is memory for.
    public SharedQueue() {
        this(Port.to(new QueueResource(Integer.MAX_VALUE)), Integer.MAX_VALUE);
    }

    /// Creates a queue that holds at most so many items.
    ///
    /// @param capacity how many, 1 or more
    /// @throws IllegalArgumentException if the number is less than 1
    public SharedQueue(int capacity) {
        this(Port.to(new QueueResource(atLeastOne(capacity))), capacity);
    }

    SharedQueue(Port port, int capacity) {
        this.items = new SharedItems(port, capacity);
        this.capacity = capacity;
    }

    private static int atLeastOne(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a queue holds 1 item or more: " + capacity);
        }
        return capacity;
    }

    SharedItems items() {
        return items;
    }

    /// Puts an item, and waits for room as long as it takes.
    ///
    /// @param item the item
    /// @throws InterruptedException if the thread is interrupted before
    /// @throws IllegalStateException if the queue is closed, also while this waits
    /// @throws NotShippableException if the queue lives in another process and the item cannot travel
    public void put(T item) throws InterruptedException {
        boolean _ = items.put(Objects.requireNonNull(item, "item"), Nanos.FOREVER);
    }

    /// Puts an item if there is room.
    ///
    /// @param item the item
    /// @return whether it was put
    /// @throws IllegalStateException if the queue is closed
    public boolean offer(T item) {
        try {
            return items.put(Objects.requireNonNull(item, "item"), 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // only possible while the items of this process wait to be sent
            return false;
        }
    }

    /// Puts an item if there is room within a time.
    ///
    /// @param item the item
    /// @param limit how long to wait; not at all if it is 0 or less
    /// @return whether it was put
    /// @throws InterruptedException if the thread is interrupted before
    /// @throws IllegalStateException if the queue is closed, also while this waits
    public boolean offer(T item, Duration limit) throws InterruptedException {
        return items.put(Objects.requireNonNull(item, "item"), Nanos.of(limit));
    }

    /// Takes an item, and waits for one as long as it takes.
    ///
    /// @return the item
    /// @throws InterruptedException if the thread is interrupted before
    /// @throws IllegalStateException if the queue is closed and empty, or gets so while this waits
    public T take() throws InterruptedException {
        T item = next();
        if (item == null) {
            throw new IllegalStateException("the shared queue is closed, and all its items were taken");
        }
        return item;
    }

    /// Takes an item if there is one.
    ///
    /// @return the item; `null` if the queue is empty
    public @Nullable T poll() {
        try {
            return item(items.take(0));
        } catch (InterruptedException e) {
            throw new AssertionError("waited although it was not to", e);
        }
    }

    /// Takes an item if there is one within a time.
    ///
    /// @param limit how long to wait; not at all if it is 0 or less
    /// @return the item; `null` if the time is up, or the queue is closed and empty
    /// @throws InterruptedException if the thread is interrupted before
    public @Nullable T poll(Duration limit) throws InterruptedException {
        return item(items.take(Nanos.of(limit)));
    }

    @Nullable
    T next() throws InterruptedException {
        return item(items.take(Nanos.FOREVER));
    }

    @SuppressWarnings("unchecked") // only items of this type were put
    private @Nullable T item(@Nullable Object taken) {
        return taken == QueueResource.CLOSED ? null : (T) taken;
    }

    /// Returns an iterator that takes items, waits for more, and ends when the queue is closed and empty. Several
    /// threads may go through one queue, each with an iterator of its own; then each item goes to one of them.
    ///
    /// `hasNext` takes the item that `next` returns. When the thread is interrupted it throws a {@link
    /// java.util.concurrent.CancellationException}, and the thread is interrupted again.
    @Override
    public Iterator<T> iterator() {
        return new Taking();
    }

    private final class Taking implements Iterator<T> {

        private @Nullable T next;

        @Override
        public boolean hasNext() {
            if (next == null) {
                try {
                    next = SharedQueue.this.next();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancellationException(
                            "a thread was interrupted while it waited for an item of a shared queue");
                }
            }
            return next != null;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the shared queue is closed, and all its items were taken");
            }
            T item = Objects.requireNonNull(next);
            next = null;
            return item;
        }
    }

    /// {@return how many items are in the queue; it may be another number when this returns}
    public int size() {
        return items.port().callUninterruptibly(QueueResource.SIZE, null, 0) instanceof Integer size ? size : 0;
    }

    /// {@return whether the queue has no item; it may have when this returns}
    public boolean isEmpty() {
        return size() == 0;
    }

    /// {@return how many items the queue holds at most; {@link Integer#MAX_VALUE} for no limit}
    public int capacity() {
        return capacity;
    }

    /// Closes the queue for all processes: nothing more can be put, what is in it can still be taken. Does nothing if
    /// it is closed.
    @Override
    public void close() {
        items.port().callUninterruptibly(QueueResource.CLOSE, null, 0);
    }

    /// {@return whether the queue is closed; it may still have items}
    public boolean isClosed() {
        return items.port().callUninterruptibly(QueueResource.IS_CLOSED, null, 0) == Boolean.TRUE;
    }

    /// Says that an item is done which this process has taken; for {@link #join()}.
    ///
    /// @throws IllegalStateException if it is called more often than items were taken
    public void taskDone() {
        items.done();
    }

    /// Waits until {@link #taskDone()} was called for each item that was put.
    ///
    /// @throws InterruptedException if the thread is interrupted before
    public void join() throws InterruptedException {
        items.port().call(QueueResource.JOIN, null, Nanos.FOREVER);
    }

    /// Waits until {@link #taskDone()} was called for each item that was put, with a limit.
    ///
    /// @param limit how long to wait; not at all if it is 0 or less
    /// @return whether all are done; false if the time is up
    /// @throws InterruptedException if the thread is interrupted before
    public boolean join(Duration limit) throws InterruptedException {
        return items.port().call(QueueResource.JOIN, null, Nanos.of(limit)) == Boolean.TRUE;
    }

    @Serial
    private Object writeReplace() {
        return new SharedHandle(SharedHandle.Kind.QUEUE, items.port().ref(this), null, capacity);
    }
}
