// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Job;
import dev.cenote.Pipe;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedBarrier;
import dev.cenote.SharedCondition;
import dev.cenote.SharedEvent;
import dev.cenote.SharedLock;
import dev.cenote.SharedObjectGoneException;
import dev.cenote.SharedQueue;
import dev.cenote.SharedSemaphore;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Objects that tasks and their caller share, wherever the tasks run.
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // these are what is tested
public abstract class SharedStateContract extends EngineContract {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);

    static {
        openTheDoor();
    }

    /// What listens for other processes stays as long as this one; so it has to be there before the audit looks.
    private static void openTheDoor() {
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            out.writeObject(new SharedEvent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> List<T> drain(SharedQueue<T> queue) {
        List<T> all = new ArrayList<>();
        queue.forEach(all::add);
        return all;
    }

    // ---- queues

    @Test
    @Case(164)
    void shouldTakeFromAQueueWithAndWithoutWaiting() {
        SharedQueue<String> queue = new SharedQueue<>();
        assertThat(open().call(() -> {
                    String none = queue.poll() + " " + queue.poll(SHORT) + " " + queue.poll(SHORT.negated());
                    queue.put("a");
                    queue.put("b");
                    queue.put("c");
                    return none + " " + queue.take() + " " + queue.poll() + " " + queue.poll(LONG);
                }))
                .isEqualTo("null null null a b c");
    }

    @Test
    @Case(165)
    void shouldKeepTheOrderOfPuts() throws InterruptedException {
        SharedQueue<Integer> queue = new SharedQueue<>();
        Range.of(0, 10).forEach(queue::offer);
        open().submit(() -> {
                    for (int i = 10; i < 20; i++) {
                        queue.put(i);
                    }
                })
                .join();
        for (int i = 0; i < 20; i++) {
            assertThat(queue.take()).isEqualTo(i);
        }
        assertThat(queue.poll()).isNull();
    }

    @Test
    @Case(166)
    @Needs(Trait.CONCURRENT)
    void shouldJoinAQueueWhenAllIsDone() throws InterruptedException {
        Pool pool = openWith(4);
        SharedQueue<Integer> queue = new SharedQueue<>();
        SharedEvent go = new SharedEvent();
        List<CompletableFuture<?>> consumers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            consumers.add(pool.submit(() -> {
                go.await();
                for (int _ : queue) {
                    queue.taskDone();
                }
            }));
        }
        Range.of(0, 10).forEach(queue::offer);
        assertThat(queue.join(SHORT)).isFalse();
        go.set();
        assertThat(queue.join(LONG)).isTrue();
        queue.close();
        consumers.forEach(CompletableFuture::join);
    }

    @Test
    @Case({168, 169})
    void shouldRefuseWhatAClosedQueueCannotDo() {
        Pool pool = open();
        SharedQueue<Integer> queue = new SharedQueue<>();
        pool.call(() -> {
            queue.close();
            queue.close();
            return 0;
        });
        assertThat(queue.isEmpty() && queue.isClosed()).isTrue();
        assertThatThrownBy(() -> queue.put(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(queue::take).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.call(queue::take)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.call(() -> queue.offer(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Case(170)
    void shouldSeeWhetherAQueueIsEmptyFromBothSides() throws InterruptedException {
        SharedQueue<Boolean> queue = new SharedQueue<>();
        assertThat(queue.isEmpty()).isTrue();
        open().submit(() -> {
                    queue.put(queue.isEmpty());
                    queue.put(queue.isEmpty());
                })
                .join();
        assertThat(List.of(queue.take(), queue.take())).containsExactly(true, false);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldGiveEachItemToOneTaker() throws InterruptedException {
        Pool pool = openWith(3);
        SharedQueue<Integer> queue = new SharedQueue<>(100);
        Job<List<Integer>> take = () -> drain(queue);
        List<CompletableFuture<List<Integer>>> takers = List.of(pool.submit(take), pool.submit(take));
        CompletableFuture<?> putter = pool.submit(() -> {
            for (int i = 0; i < 500; i++) {
                queue.put(i);
            }
        });
        for (int i = 500; i < 1_000; i++) {
            queue.put(i);
        }
        putter.join();
        queue.close();
        assertThat(takers.stream()
                        .map(CompletableFuture::join)
                        .flatMap(List::stream)
                        .sorted())
                .isEqualTo(Range.of(0, 1_000));
    }

    // ---- synchronizers

    @Test
    void shouldLetOneThreadAtATimeHoldALock() {
        Pool pool = openWith(3);
        SharedLock lock = new SharedLock();
        List<Integer> sum = pool.share(List.class, new ArrayList<>(List.of(0)));
        pool.with(o -> o.chunk(1)).forEach(Range.of(0, 30), _ -> {
            try (var _ = lock.hold()) {
                sum.set(0, sum.get(0) + 1);
            }
        });
        assertThat(sum.get(0)).isEqualTo(30);
        assertThatThrownBy(() -> pool.call(() -> {
                    lock.unlock();
                    return 0;
                }))
                .isInstanceOf(IllegalMonitorStateException.class);
    }

    @Test
    @Case(172)
    void shouldCountPermits() {
        SharedSemaphore bounded = new SharedSemaphore(2);
        SharedSemaphore unbounded = SharedSemaphore.unbounded(2);
        assertThat(open().call(() -> {
                    List<Object> seen = new ArrayList<>(List.of(bounded.availablePermits()));
                    bounded.acquire();
                    seen.add(bounded.availablePermits());
                    bounded.acquire();
                    seen.add(bounded.availablePermits());
                    seen.addAll(List.of(bounded.tryAcquire(), bounded.tryAcquire(SHORT)));
                    bounded.release(2);
                    unbounded.release();
                    seen.add(unbounded.availablePermits());
                    return seen;
                }))
                .containsExactly(2, 1, 0, false, false, 3);
        assertThatThrownBy(bounded::release).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Case(173)
    @Needs(Trait.CONCURRENT)
    void shouldWakeAsManyAsAreSignalled() throws InterruptedException {
        Pool pool = openWith(4);
        SharedCondition condition = new SharedLock().newCondition();
        SharedSemaphore waiting = SharedSemaphore.unbounded(0);
        SharedSemaphore woken = SharedSemaphore.unbounded(0);
        Job<Boolean> wait = () -> {
            try (var _ = condition.lock().hold()) {
                waiting.release();
                boolean signalled = condition.await(20, TimeUnit.SECONDS);
                woken.release();
                return signalled;
            }
        };
        List<CompletableFuture<Boolean>> waits =
                Stream.generate(() -> pool.submit(wait)).limit(4).toList();
        waiting.acquire(4);
        for (int count : new int[] {1, 2, 0}) {
            try (var _ = condition.lock().hold()) {
                condition.signal(count);
            }
            woken.acquire(count);
            assertThat(woken.availablePermits()).isZero();
        }
        try (var _ = condition.lock().hold()) {
            condition.signalAll();
        }
        assertThat(waits).allMatch(CompletableFuture::join);
    }

    @Test
    @Case(174)
    void shouldWaitForASignalWithALimit() {
        SharedCondition condition = new SharedLock().newCondition();
        assertThat(open().call(() -> {
                    try (var _ = condition.lock().hold()) {
                        return condition.await(20, TimeUnit.MILLISECONDS);
                    }
                }))
                .isFalse();
        assertThatThrownBy(condition::signal).isInstanceOf(IllegalMonitorStateException.class);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldWakeAllThatWaitForAnEvent() throws InterruptedException {
        Pool pool = openWith(2);
        SharedEvent event = new SharedEvent();
        assertThat(event.await(SHORT)).isFalse();
        CompletableFuture<Boolean> one = pool.submit((Job<Boolean>) () -> event.await(LONG));
        CompletableFuture<Boolean> other = pool.submit((Job<Boolean>) () -> event.await(LONG));
        event.set();
        assertThat(one.join() && other.join() && pool.call(event::isSet)).isTrue();
        event.clear();
        assertThat(event.isSet()).isFalse();
    }

    @Test
    @Case(176)
    @Needs(Trait.CONCURRENT)
    void shouldKeepPartiesInStep() throws Exception {
        Pool pool = openWith(2);
        SharedQueue<String> actions = new SharedQueue<>();
        SharedBarrier barrier = new SharedBarrier(3, () -> actions.offer("all"));
        Job<List<Integer>> party = () -> {
            List<Integer> indexes = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                indexes.add(barrier.await());
            }
            return indexes;
        };
        CompletableFuture<List<Integer>> one = pool.submit(party);
        CompletableFuture<List<Integer>> other = pool.submit(party);
        List<Integer> mine = party.call();
        for (int i = 0; i < 10; i++) {
            assertThat(List.of(mine.get(i), one.get().get(i), other.get().get(i)))
                    .containsExactlyInAnyOrder(0, 1, 2);
        }
        assertThat(actions.size()).isEqualTo(10);
    }

    @Test
    @Case(177)
    @Needs(Trait.CONCURRENT)
    void shouldBreakAndResetABarrier() throws Exception {
        Pool pool = openWith(1);
        SharedBarrier barrier = new SharedBarrier(2);
        Job<String> wait = () -> {
            try {
                return "index " + barrier.await(LONG);
            } catch (BrokenBarrierException e) {
                return "broken";
            }
        };
        CompletableFuture<String> aborted = pool.submit(wait);
        awaitOneAt(barrier);
        barrier.abort();
        assertThat(aborted.join()).isEqualTo("broken");
        assertThat(barrier.isBroken()).isTrue();
        barrier.reset();
        CompletableFuture<String> reset = pool.submit(wait);
        awaitOneAt(barrier);
        barrier.reset();
        assertThat(reset.join()).isEqualTo("broken");
        CompletableFuture<String> passes = pool.submit(wait);
        int _ = barrier.await(LONG);
        assertThat(passes.join()).startsWith("index");
    }

    private static void awaitOneAt(SharedBarrier barrier) {
        while (barrier.waiting() == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    @Case(178)
    void shouldBreakABarrierThatIsLate() {
        SharedBarrier barrier = new SharedBarrier(2);
        assertThat(open().call(() -> {
                    try {
                        return "index " + barrier.await(SHORT);
                    } catch (TimeoutException e) {
                        return "late " + new SharedBarrier(1).await();
                    }
                }))
                .isEqualTo("late 0");
        assertThatThrownBy(barrier::await).isInstanceOf(BrokenBarrierException.class);
    }

    // ---- pipes

    @Test
    @Case({182, 184})
    void shouldCarryMessagesBothWays() throws Exception {
        Pipe<byte[]> pipe = new Pipe<>();
        Pipe.End<byte[]> there = pipe.second();
        Pipe.End<byte[]> here = pipe.first();
        int[] sizes = {1, 1, 2, 0, 1 << 20};
        assertThat(here.poll(SHORT)).isNull();
        for (int size : sizes) {
            here.send(new byte[size]);
        }
        open().submit(() -> {
                    for (int i = 0; i < 5; i++) {
                        there.send(there.receive());
                    }
                    there.close();
                })
                .join();
        for (int size : sizes) {
            assertThat(here.receive()).hasSize(size);
        }
        assertThatThrownBy(here::receive).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> here.send(new byte[1])).isInstanceOf(IOException.class);
    }

    // ---- objects

    @Test
    @Case({186, 188})
    void shouldShareObjectsByTheirInterface() {
        Pool pool = openWith(2);
        Map<String, List<Integer>> map = pool.share(Map.class, new HashMap<>());
        List<Integer> list = pool.share(List.class, new ArrayList<>());
        pool.forEach(Range.of(0, 20), list::add);
        pool.call(() -> map.put("list", list));
        assertThat(pool.call(() -> map.getOrDefault("list", List.of()).size())).isEqualTo(20);
        assertThat(map.get("list")).isSameAs(list);
        map.clear();
        assertThat(pool.call(() -> list.contains(7))).isTrue();
        assertThatThrownBy(() -> pool.call(() -> list.get(20))).isInstanceOf(IndexOutOfBoundsException.class);
        pool.close();
        assertThatThrownBy(list::size)
                .isInstanceOf(SharedObjectGoneException.class)
                .hasMessageContaining(pool.name());
    }
}
