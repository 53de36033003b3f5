// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Broadcast;
import org.jspecify.annotations.Nullable;

/// A broadcast of a pool whose workers are in this process: the value itself.
///
/// @param <T> the type of the value
public final class LocalBroadcast<T extends @Nullable Object> implements Broadcast<T> {

    private final Dispatcher dispatcher;

    /// Taken away by whoever closes it, after `closed` was set.
    private volatile @Nullable T value;

    /// Written once.
    private volatile boolean closed;

    LocalBroadcast(Dispatcher dispatcher, T value) {
        this.dispatcher = dispatcher;
        this.value = value;
    }

    @Override
    @SuppressWarnings("NullAway") // null only if that is the value
    public T value() {
        T known = value;
        if (closed || dispatcher.isTerminated()) {
            throw new IllegalStateException("a broadcast of pool \"" + dispatcher.name + "\" was closed");
        }
        return known;
    }

    @Override
    public void close() {
        closed = true;
        value = null;
    }

    @Override
    public String toString() {
        return "a broadcast of pool \"" + dispatcher.name + "\"" + (closed ? ", closed" : "");
    }
}
