// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.SharedObjectGoneException;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/// The way to an object of another process.
final class RemotePort extends Port {

    final Link link;
    final Ref ref;

    /// What the program sees of the object. Kept, so that it is not taken for dropped while a call is under way;
    /// written before the port is used.
    @Nullable
    Object face;

    RemotePort(Link link, Ref ref) {
        this.link = link;
        this.ref = ref;
    }

    @Override
    public @Nullable Object call(int operation, @Nullable Object argument, long nanos) throws InterruptedException {
        try {
            return check(link.call(ref.id(), operation, argument, nanos, nanos > 0));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public @Nullable Object callUninterruptibly(int operation, @Nullable Object argument, long nanos) {
        try {
            return check(link.call(ref.id(), operation, argument, nanos, false));
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted although it cannot be", e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void tell(int operation) {
        try {
            link.open().tell(ref.id(), operation, 0);
        } catch (SharedObjectGoneException e) {
            // whoever uses the object is told
        }
    }

    @Override
    public Ref ref(Object face) {
        return ref;
    }
}
