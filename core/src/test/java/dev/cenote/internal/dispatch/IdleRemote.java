// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.WorkerDiedException;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Shipment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A worker outside that never has anything under way and cannot do anything; tests override what they are about.
class IdleRemote implements Remote {

    @Override
    public void start() {}

    @Override
    public int send(Shipment task, long index, int attempt, @Nullable Object item) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int sendAll(Shipment task, long index, List<?> items, int from, int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void flush() {}

    @Override
    public boolean mayTakeMore() {
        return false;
    }

    @Override
    public int lastSent() {
        return 0;
    }

    @Override
    public int takeBack(int number) {
        return -1;
    }

    @Override
    public void skip() {}

    @Override
    public @Nullable Object run(Shipment job, boolean interruptible) throws Exception {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Object receive() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int receiveReady(@Nullable Object @Nullable [] into, int at, int most) {
        return 0;
    }

    @Override
    public void expectMany() {}

    @Override
    public long takeBusyNanos() {
        return 0;
    }

    @Override
    public int pending() {
        return 0;
    }

    @Override
    public void rest() {}

    @Override
    public void leave() {}

    @Override
    public boolean isAlive() {
        return false;
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public long moved() {
        return 0;
    }

    @Override
    public boolean isReady() {
        return isAlive();
    }

    @Override
    public @Nullable WorkerDiedException death() {
        return null;
    }

    @Override
    public long reports() {
        return 0;
    }

    @Override
    public double fraction() {
        return 0;
    }

    @Override
    public void discard() {}

    @Override
    public int kill(String why) {
        return 0;
    }
}
