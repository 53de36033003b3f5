// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cenote.Options;
import dev.cenote.PoolConfig;
import dev.cenote.internal.engine.Engine;
import dev.cenote.internal.engine.Engines;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Shipment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Items that were sent ahead to a worker outside this JVM, while one in front of them takes very long.
@Timeout(30)
class LendingTest {

    private static final int ITEMS = 200;

    private final FakeTime time = new FakeTime();
    private final Queue<Integer> ran = new ConcurrentLinkedQueue<>();
    private final CountDownLatch slowBegan = new CountDownLatch(1);
    private final CountDownLatch slowMayEnd = new CountDownLatch(1);
    private int slow;

    private record Request(int number, int item) {}

    /// A worker that runs what it was sent when it is waited for.
    private final class Fake extends IdleRemote {

        private final Deque<Request> requests = new ArrayDeque<>();
        private int sent;
        private int skipped;
        private int begun;

        @Override
        public synchronized int send(Shipment task, long index, int attempt, Object item) {
            requests.add(new Request(++sent, (Integer) item));
            return sent;
        }

        @Override
        public int sendAll(Shipment task, long index, List<?> items, int from, int count) {
            for (Object item : items.subList(from, from + count)) {
                send(task, 0, 1, item);
            }
            return count;
        }

        @Override
        public Object receive() {
            Request request;
            synchronized (this) {
                request = requests.element();
                if (request.number() <= skipped) {
                    return requests.remove() == request ? SKIPPED : null;
                }
                begun = request.number();
            }
            ran.add(request.item());
            if (request.item() == slow) {
                slowBegan.countDown();
                awaitEnd();
            }
            synchronized (this) {
                requests.remove();
            }
            return request.item();
        }

        private void awaitEnd() {
            try {
                slowMayEnd.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public synchronized int takeBack(int number) {
            skipped = number;
            return begun;
        }

        @Override
        public synchronized void skip() {
            skipped = sent;
        }

        @Override
        public synchronized int lastSent() {
            return sent;
        }

        @Override
        public synchronized int pending() {
            return requests.size();
        }

        @Override
        public boolean mayTakeMore() {
            return true;
        }

        @Override
        public boolean isAlive() {
            return true;
        }
    }

    private final class Fakes extends IdleRemotes {

        @Override
        public Remote place(String name, int id) {
            return new Fake();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1_000", "7, 1_000", "199, 1_000", "0, 40_000", "3, 40_000"})
    void itemsBehindASlowOne_areRunByOthers(int item, long nanos) throws Exception {
        slow = item;
        Dispatcher dispatcher = new Dispatcher("p", engine(), PoolConfig.DEFAULT, time);
        Call.Order order = new Call.Order(Options.DEFAULT, x -> x, false);
        List<Integer> items = new ArrayList<>();
        for (int i = 0; i < ITEMS; i++) {
            items.add(i);
        }
        EagerCall call = new EagerCall(dispatcher, order, items, EagerCall.Kind.FUTURE);
        call.sizer.learn(ITEMS, ITEMS * nanos);
        call.start();
        slowBegan.await();

        await().until(() -> {
            time.pass(Duration.ofMillis(5));
            return ran.size() == ITEMS;
        });
        slowMayEnd.countDown();

        assertThat(call.future().get(10, TimeUnit.SECONDS)).isEqualTo(items);
        assertThat(ran).containsExactlyInAnyOrderElementsOf(items);
        dispatcher.shutdown();
        assertThat(dispatcher.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private Engine engine() {
        return new Engine(
                "outside",
                2,
                0,
                true,
                Engines.named("threads").threads(),
                (pool, config, workers, exitResults) -> new Fakes());
    }
}
