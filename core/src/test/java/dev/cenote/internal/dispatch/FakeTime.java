// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.internal.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Time that stands still until a test moves it; alarms ring in the thread that does.
final class FakeTime implements Time {

    private final List<Pending> pending = new ArrayList<>();
    private long now = 1_000;

    private record Pending(long due, Runnable action) {}

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized Alarm after(long delayNanos, Runnable action) {
        Pending alarm = new Pending(now + delayNanos, action);
        pending.add(alarm);
        return () -> forget(alarm);
    }

    private synchronized void forget(Pending alarm) {
        pending.remove(alarm);
    }

    synchronized int alarms() {
        return pending.size();
    }

    void pass(Duration duration) {
        for (Pending alarm : due(duration.toNanos())) {
            alarm.action().run();
        }
    }

    private synchronized List<Pending> due(long nanos) {
        now += nanos;
        List<Pending> due = pending.stream().filter(alarm -> alarm.due() <= now).toList();
        pending.removeAll(due);
        return due;
    }
}
