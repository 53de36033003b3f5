// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.share.EventResource;
import dev.cenote.internal.share.Port;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;

/// A flag for which threads of several processes can wait: in this process, and in any other that gets it with a task.
///
/// It lives in the process that has made it; for another process each call is a message there and back. When that
/// process ends, every call throws {@link SharedObjectGoneException}, also in threads that wait. What a thread did
/// before it set the event is seen by those whose wait it ends, as far as it is shared at all.
///
/// All methods may be called by any thread.
///
/// @since 0.1
public final class SharedEvent implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Port port;

    /// Creates an event that is not set.
    public SharedEvent() {
        this(Port.to(new EventResource()));
    }

    SharedEvent(Port port) {
        this.port = port;
    }

    /// Sets the event and wakes all that wait for it. Does nothing if it is set.
    public void set() {
        port.callUninterruptibly(EventResource.SET, null, 0);
    }

    /// Clears the event. Does nothing if it is not set.
    public void clear() {
        port.callUninterruptibly(EventResource.CLEAR, null, 0);
    }

    /// {@return whether the event is set}
    public boolean isSet() {
        return port.callUninterruptibly(EventResource.IS_SET, null, 0) == Boolean.TRUE;
    }

    /// Waits until the event is set. Does not wait if it is.
    ///
    /// @throws InterruptedException if the thread is interrupted before
    public void await() throws InterruptedException {
        port.call(EventResource.AWAIT, null, Nanos.FOREVER);
    }

    /// Waits until the event is set, with a limit.
    ///
    /// @param limit how long to wait; not at all if it is 0 or less
    /// @return whether it was set; false if the time is up
    /// @throws InterruptedException if the thread is interrupted before
    public boolean await(Duration limit) throws InterruptedException {
        return port.call(EventResource.AWAIT, null, Nanos.of(limit)) == Boolean.TRUE;
    }

    @Serial
    private Object writeReplace() {
        return new SharedHandle(SharedHandle.Kind.EVENT, port.ref(this));
    }
}
