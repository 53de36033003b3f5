// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import org.jspecify.annotations.Nullable;

/// The way to an object of this process.
final class LocalPort extends Port {

    private final Resource resource;

    LocalPort(Resource resource) {
        this.resource = resource;
    }

    @Override
    public @Nullable Object call(int operation, @Nullable Object argument, long nanos) throws InterruptedException {
        if (nanos > 0 && Thread.interrupted()) {
            throw new InterruptedException();
        }
        return call(operation, argument, nanos, true);
    }

    @Override
    public @Nullable Object callUninterruptibly(int operation, @Nullable Object argument, long nanos) {
        try {
            return call(operation, argument, nanos, false);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted although it cannot be", e);
        }
    }

    private @Nullable Object call(int operation, @Nullable Object argument, long nanos, boolean interruptible)
            throws InterruptedException {
        LocalWait wait = new LocalWait(nanos);
        Object answer = resource.begin(operation, argument, wait);
        return check(answer == Resource.LATER ? wait.await(resource, interruptible) : answer);
    }

    @Override
    public void tell(int operation) {}

    @Override
    public Ref ref(Object face) {
        return Home.export(resource, face);
    }
}
