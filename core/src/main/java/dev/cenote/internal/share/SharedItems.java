// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.Nanos;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A queue as this process uses it: straight if it lives here; else what is put gathers in the [Outbox], and items are
/// fetched ahead.
///
/// Safe for use by several threads.
public final class SharedItems {

    /// How many items are fetched at once.
    private static final int MOST = 512;

    private final Port port;

    /// How many items may be on their way that the queue may have no room for.
    private final int window;

    // guarded by this

    /// What was fetched and not claimed, as far as it was not taken back.
    private final Deque<Item> fetched = new ArrayDeque<>();

    private int slot = -1;
    private boolean fetching;
    private long taken;

    /// How many items were sent since one was last waited for.
    private int onTheWay;

    /// Creates the way to a queue.
    ///
    /// @param port the way to the object
    /// @param capacity how many items the queue holds; {@link Integer#MAX_VALUE} for no limit
    public SharedItems(Port port, int capacity) {
        this.port = port;
        this.window = capacity == Integer.MAX_VALUE ? capacity : capacity / QueueResource.SHARE;
    }

    /// {@return the way to the object}
    public Port port() {
        return port;
    }

    /// Puts an item.
    ///
    /// @param value the item
    /// @param nanos how long it may take
    /// @return whether it was put
    /// @throws InterruptedException if the thread is interrupted before it was
    public boolean put(Object value, long nanos) throws InterruptedException {
        if (!(port instanceof RemotePort remote)) {
            return port.call(QueueResource.PUT, Item.of(value), nanos) == Boolean.TRUE;
        }
        Link link = remote.link;
        link.refuseIfGone();
        Outbox outbox = link.open();
        Item item = Item.encode(value, link.domain());
        if ((nanos < Nanos.FOREVER && window < Integer.MAX_VALUE) || !enterWindow()) {
            return await(item, nanos);
        }
        if (outbox.isRefused(remote.ref.id())) {
            throw QueueResource.closedException();
        }
        outbox.tell(remote.ref.id(), QueueResource.PUT, item);
        return true;
    }

    /// Sends an item and waits until it is in the queue. Then all that were sent before are there too.
    private boolean await(Item item, long nanos) throws InterruptedException {
        Batch one = new Batch(-1, 0, List.of(item));
        boolean put = port.call(QueueResource.PUT, one, nanos) == Boolean.TRUE;
        if (put) {
            leaveWindow();
        }
        return put;
    }

    private synchronized boolean enterWindow() {
        if (onTheWay >= window) {
            return false;
        }
        if (window < Integer.MAX_VALUE) {
            onTheWay++;
        }
        return true;
    }

    private synchronized void leaveWindow() {
        onTheWay = 0;
    }

    /// Takes an item.
    ///
    /// @param nanos how long it may take
    /// @return the item; `null` if the time is up; [QueueResource#CLOSED] if no more will come
    /// @throws InterruptedException if the thread is interrupted before
    public @Nullable Object take(long nanos) throws InterruptedException {
        Object taken =
                port instanceof RemotePort remote ? takeRemote(remote, nanos) : port.call(QueueResource.TAKE, 1, nanos);
        if (!(taken instanceof Item item)) {
            return taken == QueueResource.CLOSED ? taken : null;
        }
        try {
            return item.value();
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("an item of the shared queue cannot be rebuilt here: " + e, e);
        }
    }

    private @Nullable Object takeRemote(RemotePort remote, long nanos) throws InterruptedException {
        long end = nanos < Nanos.FOREVER ? System.nanoTime() + nanos : 0;
        if (nanos > 0 && Thread.interrupted()) {
            throw new InterruptedException();
        }
        while (true) {
            boolean fetches;
            synchronized (this) {
                Item item = claim(remote);
                if (item != null) {
                    return item;
                }
                fetches = !fetching;
                fetching = true;
            }
            long left = nanos < Nanos.FOREVER ? Math.max(0, end - System.nanoTime()) : nanos;
            Object answer;
            try {
                answer = port.call(QueueResource.TAKE, fetches ? MOST : 1, left);
            } catch (Throwable e) {
                accept(fetches, null);
                throw e;
            }
            accept(fetches, answer);
            if (!(answer instanceof Batch batch)) {
                return answer;
            }
            if (batch.slot() < 0) {
                return batch.items().getFirst();
            }
        }
    }

    private synchronized void accept(boolean fetches, @Nullable Object answer) {
        if (fetches) {
            fetching = false;
        }
        if (answer instanceof Batch batch) {
            if (batch.slot() < 0) {
                taken++;
            } else {
                slot = batch.slot();
                fetched.addAll(batch.items());
            }
        }
    }

    /// Makes a fetched item this process's own, if it still may.
    private @Nullable Item claim(RemotePort remote) {
        if (fetched.isEmpty()) {
            return null;
        }
        Claims claims = Objects.requireNonNull(remote.link.claims());
        while (true) {
            long word = claims.get(slot);
            int claimed = Claims.claimed(word);
            if (claimed == Claims.lent(word)) {
                fetched.clear(); // taken back
                return null;
            }
            if (claims.compareAndSet(slot, word, Claims.word(Claims.lent(word), claimed + 1))) {
                taken++;
                return fetched.remove();
            }
        }
    }

    /// Says that an item is done that this process has taken.
    public void done() {
        if (!(port instanceof RemotePort remote)) {
            port.callUninterruptibly(QueueResource.DONE, 1L, 0);
            return;
        }
        synchronized (this) {
            if (taken == 0) {
                throw new IllegalStateException("taskDone() was called more often than this process has taken items");
            }
            taken--;
        }
        remote.link.refuseIfGone();
        remote.link.open().tell(remote.ref.id(), QueueResource.DONE, 1L);
    }
}
