// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Options;
import dev.cenote.internal.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// An item that waits for its next attempt, and the end of its call.
@NullMarked
class PauseModelTest {

    private static final int ORDERS = 50;

    /// Time whose last alarm can be rung by hand.
    private static final class Bell implements Time {

        private final AtomicInteger set = new AtomicInteger();
        private final AtomicReference<@Nullable Runnable> last = new AtomicReference<>();

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Alarm after(long delayNanos, Runnable action) {
            set.incrementAndGet();
            last.set(action);
            return () -> {
                if (last.compareAndSet(action, null)) {
                    set.decrementAndGet();
                }
            };
        }

        void ring() {
            Runnable action = last.getAndSet(null);
            if (action != null) {
                set.decrementAndGet();
                action.run();
            }
        }
    }

    private static EagerCall call(Dispatcher dispatcher) {
        Options options = Options.DEFAULT.retries(1).backoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
        Call.Order order = new Call.Order(options, item -> item, false);
        EagerCall call = Model.shared(new EagerCall(dispatcher, order, List.of(1), EagerCall.Kind.FUTURE));
        dispatcher.openCall(call);
        return call;
    }

    private static Chunk failedOnce(EagerCall call) {
        Chunk chunk = Objects.requireNonNull(call.claim());
        return chunk.again(0, Past.and(null, new IOException("once")));
    }

    private static void requireEnd(Dispatcher dispatcher, EagerCall call) {
        Model.require(call.future().isDone(), "its future is done");
        dispatcher.shutdown();
        try {
            Model.require(dispatcher.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS), "it has ended");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void pauseOrStop_leavesNoAlarm() {
        Model.check(ORDERS, () -> {
            Bell bell = Model.shared(new Bell());
            Dispatcher dispatcher = Model.shared(Scene.dispatcher(1, true, bell));
            EagerCall call = call(dispatcher);
            Chunk item = failedOnce(call);
            Model.inParallel(() -> call.tryAgain(item), () -> call.stop(new CancellationException(), true));
            Model.require(bell.set.get() == 0, "alarms=" + bell.set);
            requireEnd(dispatcher, call);
        });
    }

    @Test
    void ringOrStop_endsTheCallOnce() {
        Model.check(ORDERS, () -> {
            Bell bell = Model.shared(new Bell());
            Dispatcher dispatcher = Model.shared(Scene.dispatcher(1, true, bell));
            EagerCall call = call(dispatcher);
            call.tryAgain(failedOnce(call));
            Model.inParallel(bell::ring, () -> call.stop(new CancellationException(), false));
            requireEnd(dispatcher, call);
            long counted = dispatcher.done() + dispatcher.meter.cancelled.sum();
            Model.require(counted == 1, "counted=" + counted);
        });
    }
}
