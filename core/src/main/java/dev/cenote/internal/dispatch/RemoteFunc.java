// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Func;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Shipment;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A function that runs outside this JVM, in the worker for which the calling thread stands. Where items were sent
/// ahead, in the order in which this is called for them, it only waits for the answer.
///
/// @param shipment the function as it travels
record RemoteFunc(Shipment shipment) implements Func<@Nullable Object, @Nullable Object> {

    @Override
    public @Nullable Object apply(@Nullable Object item) throws Exception {
        WorkerContext me = WorkerContext.current();
        Remote remote = Objects.requireNonNull(me.remote());
        if (remote.pending() == 0) { // it was not sent before, with others
            int _ = me.startedRemote().send(shipment, me.index(), me.attempt(), item);
            remote.flush();
        }
        try {
            return remote.receive();
        } finally {
            Reference.reachabilityFence(item); // the worker may look for shared memory in it
        }
    }
}
