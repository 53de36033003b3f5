// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Broadcast;
import dev.cenote.internal.remote.Remotes;
import dev.cenote.internal.remote.Shipment;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Workers outside this JVM of which a test says what they are; everything else of them does nothing.
abstract class IdleRemotes implements Remotes {

    private final LongAdder restarts = new LongAdder();

    @Override
    public Shipment ship(String name, Object function) {
        return () -> {};
    }

    @Override
    public <T extends @Nullable Object> Broadcast<T> broadcast(T value) {
        throw new UnsupportedOperationException("broadcast");
    }

    @Override
    public LongAdder restarts() {
        return restarts;
    }

    @Override
    public void close() {}
}
