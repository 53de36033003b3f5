// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Func;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Shipment;
import org.jspecify.annotations.Nullable;

/// A function that runs outside this JVM, in the worker for which the calling thread stands.
///
/// @param shipment the function as it travels
record RemoteFunc(Shipment shipment) implements Func<@Nullable Object, @Nullable Object> {

    @Override
    public @Nullable Object apply(@Nullable Object item) throws Exception {
        WorkerContext me = WorkerContext.current();
        Remote remote = me.startedRemote();
        int _ = remote.send(shipment, me.index(), me.attempt(), item);
        remote.flush();
        return remote.receive();
    }
}
