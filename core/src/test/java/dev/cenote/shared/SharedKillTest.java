// SPDX-License-Identifier: Apache-2.0
package dev.cenote.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Broadcast;
import dev.cenote.Outcome;
import dev.cenote.Pipe;
import dev.cenote.Pool;
import dev.cenote.SharedBarrier;
import dev.cenote.SharedCondition;
import dev.cenote.SharedCounter;
import dev.cenote.SharedEvent;
import dev.cenote.SharedFiles;
import dev.cenote.SharedLock;
import dev.cenote.SharedLongs;
import dev.cenote.SharedQueue;
import dev.cenote.SharedSemaphore;
import java.io.EOFException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Workers that are killed at any moment while each of their threads uses another kind of shared object: the objects
/// must be as good as new afterwards.
///
/// `-Dshared.kills=200` kills as many; the message of a failure has the seed, and `-Dshared.seed=...` repeats it.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@SuppressWarnings("WaitNotInLoop") // what is woken does not matter here
class SharedKillTest {

    private static final int KILLS = Integer.getInteger("shared.kills", 10);
    private static final long SEED = Long.getLong("shared.seed", System.nanoTime());
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int PERMITS = 2;
    private static final int LENGTH = 100_000;

    /// All that is used.
    record Objects(
            SharedLock lock,
            SharedCondition condition,
            SharedSemaphore semaphore,
            SharedEvent event,
            SharedBarrier barrier,
            SharedQueue<Integer> queue,
            SharedQueue<Integer> bounded,
            Map<String, Integer> map,
            SharedLongs array,
            SharedCounter counter,
            Broadcast<int[]> broadcast) {}

    /// What one worker gets for itself: an end of a pipe is closed by the death of whoever has used it.
    record Use(int number, Pipe.End<Integer> pipe) {}

    /// A use of an object that may fail as long as the process lives.
    private interface Step {
        void run() throws Exception;
    }

    private static void loop(CountDownLatch begun, Step step) {
        Thread.ofPlatform().daemon().start(() -> {
            boolean first = true;
            while (true) {
                try {
                    step.run();
                } catch (BrokenBarrierException | TimeoutException e) {
                    // another worker was killed
                } catch (Exception e) {
                    System.err.println("unexpected: " + e);
                    Runtime.getRuntime().halt(77);
                }
                if (first) {
                    first = false;
                    begun.countDown();
                }
            }
        });
    }

    /// Uses everything and kills this process after a while.
    private static void useAll(Objects objects, Pipe.End<Integer> pipe, long seed) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(13);
        loop(begun, () -> {
            try (var _ = objects.lock.hold()) {
                objects.condition.signalAll();
            }
        });
        loop(begun, () -> {
            try (var _ = objects.lock.hold()) {
                boolean _ = objects.condition.await(1, TimeUnit.MILLISECONDS);
            }
        });
        loop(begun, () -> {
            objects.semaphore.acquire();
            objects.semaphore.release();
        });
        loop(begun, () -> {
            objects.event.set();
            // another may clear it before this one looks, and be killed: nobody would set it again
            boolean _ = objects.event.await(Duration.ofMillis(5));
            objects.event.clear();
            boolean _ = objects.event.await(Duration.ofMillis(1));
        });
        loop(begun, () -> {
            if (objects.barrier.isBroken()) {
                objects.barrier.reset();
            }
            int _ = objects.barrier.await(Duration.ofMillis(5));
        });
        loop(begun, () -> {
            objects.queue.put(1);
            boolean _ = objects.queue.offer(2);
            var _ = objects.queue.take();
            objects.queue.taskDone();
        });
        loop(begun, () -> objects.bounded.offer(1, Duration.ofMillis(1)));
        loop(begun, () -> objects.bounded.poll(Duration.ofMillis(1)));
        loop(begun, () -> objects.map.merge("count", 1, Integer::sum));
        loop(begun, () -> objects.array.getAndAdd(new Random().nextLong(LENGTH), 1));
        loop(begun, objects.counter::increment);
        loop(begun, () -> pipe.send(1));
        loop(begun, () -> assertThat(objects.broadcast.value()).hasSize(LENGTH));
        begun.await();
        Thread.sleep(new Random(seed).nextInt(30)); // subject: any moment
        Runtime.getRuntime().halt(9);
    }

    @Test
    void killedWorkers_wedgeNobody() throws Exception {
        long files = SharedFiles.opened() + SharedFiles.mapped();
        SharedLock lock = new SharedLock();
        List<Pipe.End<Integer>> readers = new ArrayList<>();
        List<Use> uses = new ArrayList<>();
        for (int i = 0; i < 2 * KILLS; i++) {
            Pipe<Integer> pipe = new Pipe<>();
            readers.add(pipe.first());
            uses.add(new Use(i, pipe.second()));
        }
        List<Outcome<Use, Object>> outcomes;
        Objects objects;
        try (Pool pool = Pool.processes(c -> c.workers(3).output((worker, line) -> System.err.println(line)))) {
            objects = new Objects(
                    lock,
                    lock.newCondition(),
                    new SharedSemaphore(PERMITS),
                    new SharedEvent(),
                    new SharedBarrier(2),
                    new SharedQueue<>(),
                    new SharedQueue<>(3),
                    pool.share(Map.class, Collections.synchronizedMap(new HashMap<>())),
                    SharedLongs.of(LENGTH),
                    SharedCounter.of(0),
                    pool.broadcast(new int[LENGTH]));
            Objects shared = objects;
            long seed = SEED;
            outcomes = pool.with(o -> o.ahead(3).chunk(1))
                    .outcomes(uses, use -> {
                        if (use.number() % 2 == 1) {
                            useAll(shared, use.pipe(), seed + use.number());
                        }
                        return null; // something must be finished now and then, or the pool counts as broken
                    })
                    .toList();
            assertThat(outcomes.stream().filter(outcome -> outcome.index() % 2 == 1))
                    .as("seed %d", SEED)
                    .hasSize(KILLS)
                    .allSatisfy(outcome -> assertThat(String.valueOf(outcome)).contains("exit code 9"));
            assertThat(objects.map.get("count")).isPositive();
            checkUse(objects);
            for (int i = 1; i < readers.size(); i += 2) {
                Pipe.End<Integer> reader = readers.get(i);
                assertThatThrownBy(() -> readAll(reader)).isInstanceOf(EOFException.class);
            }
        }
        objects.array.close();
        objects.counter.close();
        assertThat(SharedFiles.opened() + SharedFiles.mapped()).isEqualTo(files);
    }

    private static void readAll(Pipe.End<Integer> reader) throws EOFException, InterruptedException {
        Integer message = reader.poll(LONG);
        while (message != null) {
            message = reader.poll(LONG);
        }
    }

    private static void checkUse(Objects objects) throws Exception {
        String seed = "seed " + SEED;
        assertThat(objects.lock.tryLock(60, TimeUnit.SECONDS)).as(seed).isTrue();
        objects.condition.signalAll();
        assertThat(objects.condition.await(1, TimeUnit.MILLISECONDS)).as(seed).isFalse();
        objects.lock.unlock();
        for (int i = 0; i < PERMITS; i++) {
            assertThat(objects.semaphore.tryAcquire(LONG)).as(seed).isTrue();
        }
        assertThat(objects.semaphore.availablePermits()).as(seed).isZero();
        objects.event.clear();
        objects.event.set();
        assertThat(objects.event.await(LONG)).as(seed).isTrue();
        objects.barrier.reset();
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                int _ = objects.barrier.await(LONG);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(objects.barrier.await(LONG)).as(seed).isBetween(0, 1);
        other.join();
        for (SharedQueue<Integer> queue : List.of(objects.queue, objects.bounded)) {
            List<Integer> left = new ArrayList<>();
            for (Integer item = queue.poll(); item != null; item = queue.poll()) {
                left.add(item);
            }
            assertThat(left).as(seed).allMatch(item -> item == 1 || item == 2);
            assertThat(queue.size()).as(seed).isZero();
            queue.put(3);
            assertThat(queue.take()).as(seed).isEqualTo(3);
        }
        assertThat(objects.counter.get()).as(seed).isPositive();
        assertThat(LongStream.range(0, LENGTH).map(objects.array::get).sum())
                .as(seed)
                .isPositive();
        objects.map.put("count", 0);
        assertThat(objects.map.get("count")).as(seed).isZero();
    }
}
