// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Options;
import dev.cenote.PoolConfig;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.engine.Engine;
import dev.cenote.internal.engine.Engines;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Shipment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Items that were sent ahead to a worker outside this JVM, when the time of one of them is over at one moment or
/// another: which are blamed, and which are only sent elsewhere.
@Timeout(30)
class OutsideRunTest {

    private static final int ITEMS = 4;

    /// A time that lets all items be sent ahead.
    private static final long SHORT_NANOS = 50_000;

    private final FakeTime time = new FakeTime();
    private final AtomicBoolean over = new AtomicBoolean();

    /// The attempts that workers have begun, for each item.
    private final List<List<Integer>> begun = new ArrayList<>();

    private int victim;
    private Moment moment = Moment.BEFORE;

    /// When the time of the victim is over.
    enum Moment {
        /// The worker has not begun it.
        BEFORE,
        /// The worker has begun it.
        DURING,
        /// The worker has answered and begun the next, but the answer was not seen.
        AFTER
    }

    /// What workers say; 0 for nothing.
    private long busyNanos;

    private record Request(int item, int attempt) {}

    /// A worker; used by one thread after the other.
    private final class Fake extends IdleRemote {

        private final Queue<Request> requests = new ArrayDeque<>();
        private int sent;
        private int last;
        private int answered;
        private boolean killed;

        @Override
        public int send(Shipment task, long index, int attempt, Object item) {
            requests.add(new Request((Integer) item, attempt));
            return ++sent;
        }

        @Override
        public long takeBusyNanos() {
            return busyNanos;
        }

        @Override
        public Object receive() {
            Request request = requests.element();
            if (busyNanos > 0) {
                time.pass(Duration.ofNanos(3 * busyNanos));
            }
            passIf(Moment.BEFORE, request);
            if (!killed && last == answered) {
                begin(request);
            }
            passIf(Moment.DURING, request);
            if (killed) {
                requests.clear();
                throw died();
            }
            requests.remove();
            answered++;
            if (!requests.isEmpty()) {
                begin(requests.element());
            }
            passIf(Moment.AFTER, request);
            return request.item();
        }

        private void begin(Request request) {
            last++;
            begun.get(request.item()).add(request.attempt());
        }

        private void passIf(Moment now, Request request) {
            if (now == moment && request.item() == victim && over.compareAndSet(false, true)) {
                time.pass(ofSeconds(1));
            }
        }

        @Override
        public int kill(String why) {
            killed = true;
            return last;
        }

        private WorkerDiedException died() {
            return new WorkerDiedException("killed", "fake", 0, -1, "KILLED", Duration.ZERO, List.of());
        }

        @Override
        public int pending() {
            return requests.size();
        }

        @Override
        public boolean mayTakeMore() {
            return true;
        }

        @Override
        public boolean isAlive() {
            return !killed;
        }
    }

    private final class Fakes extends IdleRemotes {

        @Override
        public Remote place(String name, int id) {
            return new Fake();
        }
    }

    private List<?> map(Dispatcher dispatcher) {
        Options options = Options.DEFAULT.retries(1).timeout(ofSeconds(1));
        Call.Order order = new Call.Order(options, item -> item, false);
        EagerCall call = new EagerCall(dispatcher, order, List.of(0, 1, 2, 3), EagerCall.Kind.RESULTS);
        call.sizer.learn(1, SHORT_NANOS);
        return call.start().await();
    }

    @ParameterizedTest
    @CsvSource({
        "0, BEFORE, 1",
        "0, DURING, 1",
        "1, DURING, 1",
        "3, DURING, 1",
        "0, AFTER, 2",
        "1, AFTER, 2",
        "3, AFTER, 1"
    })
    void timeThatIsOver_blamesWhatWasBegun_andNothingElse(int item, Moment when, int blamed) throws Exception {
        victim = item;
        moment = when;
        for (int i = 0; i < ITEMS; i++) {
            begun.add(new CopyOnWriteArrayList<>());
        }
        Dispatcher dispatcher = new Dispatcher("p", engine(), PoolConfig.DEFAULT, time);

        assertThat(map(dispatcher)).isEqualTo(List.of(0, 1, 2, 3));

        assertThat(over).isTrue();
        for (int i = 0; i < ITEMS; i++) {
            boolean isVictim = i == item;
            boolean isNext = when == Moment.AFTER && i == item + 1;
            List<Integer> expected =
                    isVictim && when == Moment.BEFORE ? List.of(2) : isVictim || isNext ? List.of(1, 2) : List.of(1);
            assertThat(begun.get(i)).as("attempts at item " + i).isEqualTo(expected);
        }
        assertThat(dispatcher.meter.retried.sum()).isEqualTo(blamed);
        assertThat(dispatcher.restarts()).isEqualTo(1);
        dispatcher.shutdown();
        assertThat(dispatcher.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void runTime_isWhatTheWorkerSays_withoutTheWayThereAndBack() throws Exception {
        busyNanos = 4_000;
        for (int i = 0; i < ITEMS; i++) {
            begun.add(new CopyOnWriteArrayList<>());
        }
        Dispatcher dispatcher = new Dispatcher("p", engine(), PoolConfig.DEFAULT, time);
        Call.Order order = new Call.Order(Options.DEFAULT.retries(1), item -> item, false);
        EagerCall call = new EagerCall(dispatcher, order, List.of(0, 1, 2, 3), EagerCall.Kind.RESULTS);

        assertThat(call.start().await()).isEqualTo(List.of(0, 1, 2, 3));

        dispatcher.shutdown();
        assertThat(dispatcher.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(call.sizer.expectedNanos()).isEqualTo(4_000);
    }

    private Engine engine() {
        return new Engine(
                "outside",
                1,
                ITEMS,
                true,
                Engines.named("threads").threads(),
                (pool, config, workers, exitResults) -> new Fakes());
    }
}
