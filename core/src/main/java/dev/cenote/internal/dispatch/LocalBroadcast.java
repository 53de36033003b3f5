// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Broadcast;
import java.io.NotSerializableException;
import java.io.Serial;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// A broadcast of a pool whose workers are in this process: the value itself.
///
/// @param <T> the type of the value
public final class LocalBroadcast<T extends @Nullable Object> implements Broadcast<T>, Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Dispatcher dispatcher;

    /// Taken away by whoever closes it, after `closed` was set.
    private transient volatile @Nullable T value;

    /// Written once.
    private transient volatile boolean closed;

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

    /// Refuses to go to another process, in words that say more than that it is not serializable.
    @Serial
    private Object writeReplace() throws NotSerializableException {
        throw new NotSerializableException(
                this + ", whose workers are in this process; broadcast the value in the pool that uses it");
    }

    @Override
    public String toString() {
        return "a broadcast of pool \"" + dispatcher.name + "\"" + (closed ? ", closed" : "");
    }
}
