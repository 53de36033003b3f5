// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.codec.Handle;
import dev.cenote.internal.share.Port;
import dev.cenote.internal.share.Ref;
import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What stands for a shared object on its way to another process.
///
/// @param kind what it is
/// @param ref which it is
/// @param owner the lock of a condition, else `null`
/// @param capacity how many items a queue holds; 0 for other objects
record SharedHandle(Kind kind, Ref ref, @Nullable Object owner, int capacity) implements Handle {

    /// The kinds of shared objects.
    enum Kind {
        LOCK,
        CONDITION,
        SEMAPHORE,
        EVENT,
        BARRIER,
        QUEUE
    }

    SharedHandle(Kind kind, Ref ref) {
        this(kind, ref, null, 0);
    }

    @Serial
    private Object readResolve() {
        return Port.find(ref, this::make);
    }

    private Object make(Port port) {
        return switch (kind) {
            case LOCK -> new SharedLock(port);
            case CONDITION -> new SharedCondition((SharedLock) Objects.requireNonNull(owner), port);
            case SEMAPHORE -> new SharedSemaphore(port);
            case EVENT -> new SharedEvent(port);
            case BARRIER -> new SharedBarrier(port);
            case QUEUE -> new SharedQueue<>(port, capacity);
        };
    }
}
