// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Mapper;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.Range;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.engine.Engine;
import dev.cenote.internal.engine.Engines;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Shipment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Workers outside this JVM that die with items which they were sent: what is blamed, and who runs the rest. Items are
/// run one by one, or, where they are very short, together.
@Timeout(30)
class DeadWorkersTest {

    private static final int ITEMS = 12;
    private static final int VICTIM = 5;

    /// How many workers die when it is the turn of the victim.
    private final AtomicInteger deaths = new AtomicInteger();

    /// Whether they have begun it then.
    private boolean begun;

    /// When a worker may be started in the place of a dead one.
    private CountDownLatch restart = new CountDownLatch(0);

    @AfterEach
    void letAllGo() {
        restart.countDown();
    }

    /// A worker; used by one thread after the other.
    private final class Fake extends IdleRemote {

        private final Queue<Integer> requests = new ArrayDeque<>();
        private WorkerDiedException death;
        private int sent;
        private volatile boolean alive;
        private boolean started;

        @Override
        public void start() {
            if (!alive && started) {
                awaitRestart();
            }
            started = true;
            alive = true;
            death = null;
        }

        private void awaitRestart() {
            try {
                restart.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public int send(Shipment task, long index, int attempt, Object item) {
            if (requests.isEmpty()) {
                start();
            }
            requests.add((Integer) item);
            return ++sent;
        }

        @Override
        public int sendAll(Shipment task, long index, List<?> items, int from, int count) {
            for (int i = 0; i < count; i++) {
                send(task, index + i, 1, items.get(from + i));
            }
            return count;
        }

        @Override
        public Object receive() {
            int item = requests.element();
            if (item == VICTIM && deaths.getAndDecrement() > 0) {
                requests.clear();
                alive = false;
                death = new WorkerDiedException("killed", "fake", 0, 137, "SIGNAL", Duration.ZERO, List.of());
                if (begun) {
                    throw death;
                }
                return SKIPPED;
            }
            return requests.remove();
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
            return alive;
        }

        @Override
        public WorkerDiedException death() {
            return death;
        }
    }

    private final class Fakes extends IdleRemotes {

        @Override
        public Remote place(String name, int id) {
            return new Fake();
        }
    }

    /// @param together whether items may be run together, which those with a time limit may not
    private List<Outcome<Integer, Integer>> outcomes(int workers, boolean together) throws InterruptedException {
        Engine engine = new Engine(
                "outside",
                workers,
                0,
                true,
                Engines.named("threads").threads(),
                (pool, config, count, exitResults) -> new Fakes());
        Pool pool = DispatchingPool.open(engine, PoolConfig.DEFAULT.name("p"), new FakeTime());
        Mapper mapper = together ? pool : pool.with(o -> o.timeout(Duration.ofHours(1)));
        List<Outcome<Integer, Integer>> outcomes =
                mapper.outcomes(Range.of(0, ITEMS), item -> item).toList();
        restart.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        return outcomes;
    }

    private static void assertOnlyVictimFailed(List<Outcome<Integer, Integer>> outcomes) {
        assertThat(outcomes).extracting(Outcome::item).containsExactlyElementsOf(Range.of(0, ITEMS));
        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.succeeded())
                .extracting(Outcome::item)
                .containsExactly(VICTIM);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itemThatHadBegun_isBlamed(boolean together) throws Exception {
        begun = true;
        deaths.set(1);

        List<Outcome<Integer, Integer>> outcomes = outcomes(1, together);

        assertOnlyVictimFailed(outcomes);
        assertThat(outcomes.get(VICTIM))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.error()).hasMessageContaining("it was running item 5 of"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itemThatHadNotBegun_runsElsewhere(boolean together) throws Exception {
        deaths.set(Remote.MOST_SPARED);

        List<Outcome<Integer, Integer>> outcomes = outcomes(1, together);

        assertThat(outcomes).hasSize(ITEMS).allMatch(Outcome::succeeded);
        assertThat(outcomes.get(VICTIM).attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itemThatNoWorkerLivesToBegin_isBlamedInTheEnd_withEachDeath(boolean together) throws Exception {
        deaths.set(1_000);

        List<Outcome<Integer, Integer>> outcomes = outcomes(1, together);

        assertOnlyVictimFailed(outcomes);
        assertThat(outcomes.get(VICTIM).attempts()).isEqualTo(1);
        assertThat(outcomes.get(VICTIM)).isInstanceOfSatisfying(Outcome.Failure.class, failure -> {
            assertThat(failure.error())
                    .isInstanceOf(WorkerDiedException.class)
                    .hasMessageContaining("it was sent item 5 of")
                    .hasMessageContaining("died before it had begun it, as 2 others did");
            assertThat(failure.error().getSuppressed()).hasSize(Remote.MOST_SPARED);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void startOfTheNextWorker_keepsNothingFromTheOthers(boolean together) throws Exception {
        begun = true;
        deaths.set(1);
        restart = new CountDownLatch(1); // counted down when the call is over

        assertOnlyVictimFailed(outcomes(2, together));
    }
}
