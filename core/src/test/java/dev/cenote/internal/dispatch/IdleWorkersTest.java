// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.internal.engine.Engine;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Shipment;
import dev.cenote.internal.time.SystemTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Workers that end when they have nothing to do, while work comes and goes.
@Timeout(60)
class IdleWorkersTest {

    private final AtomicInteger placed = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

    /// Workers "outside" that run their jobs at once.
    private final class Near extends IdleRemotes {

        private record Cargo(Object job) implements Shipment {
            @Override
            public void release() {}
        }

        @Override
        public Remote place(String name, int id) {
            placed.incrementAndGet();
            return new IdleRemote() {
                @Override
                public Object run(Shipment job, boolean interruptible) throws Exception {
                    return ((Job<?>) ((Cargo) job).job()).call();
                }

                @Override
                public void leave() {
                    left.incrementAndGet();
                }
            };
        }

        @Override
        public Shipment ship(String name, Object function) {
            return new Cargo(function);
        }
    }

    private Pool open(int workers, Duration idle) {
        Engine engine = new Engine(
                "near",
                workers,
                0,
                true,
                (name, loop) -> Thread.ofPlatform().name(name).daemon().unstarted(loop),
                (pool, config, limit, exitResults) -> new Near());
        return DispatchingPool.open(engine, PoolConfig.DEFAULT.idleTimeout(idle), SystemTime.INSTANCE);
    }

    @Test
    void workersWithoutWork_leave_andOthersComeWhenThereIsSome() {
        try (Pool pool = open(2, Duration.ofMillis(20))) {
            assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
            Awaitility.await().until(() -> pool.stats().workers() == 0);
            Awaitility.await().untilAsserted(() -> assertThat(left).hasValue(placed.get()));
            int before = placed.get();
            assertThat(pool.submit(() -> 2).join()).isEqualTo(2);
            assertThat(placed.get()).isGreaterThan(before);
        }
        assertThat(left).hasValue(placed.get());
    }

    @Test
    void workerThatIsUsed_stays() {
        try (Pool pool = open(1, Duration.ofSeconds(50))) {
            for (int i = 0; i < 100; i++) {
                pool.submit(() -> 1).join();
            }
            assertThat(placed).hasValue(1);
        }
    }

    /// Jobs come about when workers lose their patience, so that the two meet at every point.
    @Test
    void jobThatMeetsALeavingWorker_isRun() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Duration patience = Duration.ofNanos(100_000);
        try (Pool pool = open(3, patience)) {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
            for (int n = 0; System.nanoTime() < end; n++) {
                List<CompletableFuture<Integer>> burst = new ArrayList<>();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    int value = n;
                    burst.add(pool.submit(() -> value));
                }
                for (CompletableFuture<Integer> each : burst) {
                    assertThat(each.get(20, TimeUnit.SECONDS))
                            .as("seed " + seed)
                            .isEqualTo(n);
                }
                LockSupport.parkNanos(random.nextLong(2 * patience.toNanos()));
            }
        }
        assertThat(left).as("workers that have left").hasValue(placed.get());
        assertThat(placed.get()).as("workers that have come").isGreaterThan(10);
    }
}
