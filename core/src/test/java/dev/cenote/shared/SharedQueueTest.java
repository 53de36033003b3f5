// SPDX-License-Identifier: Apache-2.0
package dev.cenote.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.Job;
import dev.cenote.NotShippableException;
import dev.cenote.Pipe;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedEvent;
import dev.cenote.SharedQueue;
import dev.cenote.WorkerDiedException;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Queues and pipes between this thread and tasks of a pool.
@Timeout(60)
class SharedQueueTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(20);

    private static Pool threads;
    private static Pool processes;

    @BeforeAll
    static void open() {
        threads = Pool.threads(4);
        processes = Pool.processes(4);
    }

    @AfterAll
    static void close() {
        threads.close();
        processes.close();
    }

    static List<Pool> pools() {
        return List.of(threads, processes);
    }

    private static List<Integer> drain(SharedQueue<Integer> queue) {
        List<Integer> all = new ArrayList<>();
        queue.forEach(all::add);
        return all;
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void take_fromAnEmptyQueue(Pool pool) throws Exception {
        SharedQueue<String> queue = new SharedQueue<>();
        assertThat(pool.call(() -> queue.poll() + " " + queue.poll(SHORT) + " " + queue.poll(Duration.ofSeconds(-1))))
                .isEqualTo("null null null");
        assertThat(queue.poll()).isNull();
        CompletableFuture<String> later = pool.submit((Job<String>) queue::take);
        queue.put("a");
        assertThat(later.get()).isEqualTo("a");
        assertThat(pool.call(() -> queue.isEmpty() && queue.offer("b") && !queue.isEmpty()))
                .isTrue();
        assertThat(queue.take()).isEqualTo("b");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void items_comeInTheOrderOfThePuts(Pool pool) throws Exception {
        SharedQueue<Integer> queue = new SharedQueue<>();
        for (int i = 0; i < 10; i++) {
            queue.put(i);
        }
        pool.submit(() -> {
                    for (int i = 10; i < 2_000; i++) {
                        queue.put(i);
                    }
                })
                .get();
        assertThat(queue.size()).isEqualTo(2_000); // all are there when the task is done
        queue.close();
        assertThat(pool.call(() -> drain(queue))).isEqualTo(Range.of(0, 2_000));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void putsAreThere_beforeAnotherObjectTells(Pool pool) throws Exception {
        SharedQueue<Integer> queue = new SharedQueue<>();
        SharedEvent done = new SharedEvent();
        CompletableFuture<?> task = pool.submit(() -> {
            for (int i = 0; i < 500; i++) {
                queue.put(i);
            }
            done.set();
            var _ = queue.join(LONG);
        });
        done.await();
        assertThat(queue.size()).isEqualTo(500);
        for (int i = 0; i < 500; i++) {
            queue.poll();
            queue.taskDone();
        }
        task.get();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void eachItem_goesToOneTaker(Pool pool) throws Exception {
        SharedQueue<Integer> queue = new SharedQueue<>();
        List<CompletableFuture<List<Integer>>> takers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            takers.add(pool.submit((Job<List<Integer>>) () -> drain(queue)));
        }
        CompletableFuture<?> putter = pool.submit(() -> {
            for (int i = 0; i < 20_000; i++) {
                queue.put(i);
            }
        });
        for (int i = 20_000; i < 40_000; i++) {
            queue.put(i);
        }
        putter.get();
        queue.close();
        List<Integer> all = drain(queue);
        for (CompletableFuture<List<Integer>> taker : takers) {
            all.addAll(taker.get());
        }
        assertThat(all.stream().sorted().toList()).isEqualTo(Range.of(0, 40_000));
    }

    /// What a process has fetched ahead is there for others that want it.
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void itemsThatWereFetchedAhead_areGivenBack(Pool pool) throws Exception {
        SharedQueue<Integer> queue = new SharedQueue<>();
        SharedEvent taken = new SharedEvent();
        SharedEvent go = new SharedEvent();
        for (int i = 0; i < 100; i++) {
            queue.put(i);
        }
        CompletableFuture<List<Integer>> slow = pool.submit((Job<List<Integer>>) () -> {
            List<Integer> mine = new ArrayList<>();
            mine.add(queue.take());
            mine.add(queue.take());
            taken.set();
            go.await();
            for (Integer item = queue.poll(); item != null; item = queue.poll()) {
                mine.add(item);
            }
            return mine;
        });
        taken.await();
        assertThat(queue.size()).isEqualTo(98);
        List<Integer> mine = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            mine.add(queue.poll());
        }
        go.set();
        mine.addAll(slow.get());
        assertThat(mine.stream().sorted().toList()).isEqualTo(Range.of(0, 100));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void boundedQueue_waitsForRoom(Pool pool) throws Exception {
        SharedQueue<Integer> queue = new SharedQueue<>(2);
        assertThat(pool.call(() -> {
                    queue.put(1);
                    return queue.offer(2) + " " + queue.offer(3) + " " + queue.offer(3, SHORT) + " " + queue.capacity();
                }))
                .isEqualTo("true false false 2");
        CompletableFuture<?> waits = pool.submit(() -> queue.put(3));
        assertThat(queue.take()).isEqualTo(1);
        waits.get();
        assertThat(pool.call(() -> queue.take() + queue.take())).isEqualTo(5);
        assertThatThrownBy(() -> new SharedQueue<>(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void closedQueue_canBeEmptiedOnly(Pool pool) throws Exception {
        SharedQueue<Integer> queue = new SharedQueue<>();
        queue.put(1);
        pool.call(() -> {
            queue.close();
            queue.close();
            return 0;
        });
        assertThat(queue.isClosed()).isTrue();
        assertThatThrownBy(() -> queue.put(2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> pool.submit(() -> queue.put(2)).get())
                .hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(pool.call(queue::take)).isEqualTo(1);
        assertThatThrownBy(queue::take).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.call(queue::take))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("all its items were taken");
        assertThat(pool.call(() -> queue.poll(LONG))).isNull();
        assertThat(queue.isEmpty()).isTrue();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void close_wakesAllThatWait(Pool pool) throws Exception {
        SharedQueue<Integer> empty = new SharedQueue<>();
        SharedQueue<Integer> full = new SharedQueue<>(1);
        full.put(1);
        CompletableFuture<List<Integer>> reader = pool.submit((Job<List<Integer>>) () -> drain(empty));
        CompletableFuture<?> writer = pool.submit(() -> full.put(2));
        empty.close();
        full.close();
        assertThat(reader.get()).isEmpty();
        assertThatThrownBy(writer::get).hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void join_waitsUntilAllIsDone(Pool pool) throws Exception {
        SharedQueue<Integer> queue = new SharedQueue<>();
        SharedEvent go = new SharedEvent();
        for (int i = 0; i < 4; i++) {
            pool.submit(() -> {
                go.await();
                for (int _ : queue) {
                    queue.taskDone();
                }
            });
        }
        for (int i = 0; i < 10; i++) {
            queue.put(i);
        }
        assertThat(queue.join(SHORT)).isFalse();
        go.set();
        assertThat(queue.join(LONG)).isTrue();
        queue.close();
        assertThatThrownBy(() -> pool.submit(() -> {
                            queue.taskDone();
                            queue.taskDone();
                        })
                        .get())
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void interrupt_endsTheWaitForAnItem(Pool pool) {
        SharedQueue<Integer> queue = new SharedQueue<>();
        assertThat(pool.call(() -> {
                    Thread.currentThread().interrupt();
                    try {
                        return "got " + queue.take();
                    } catch (InterruptedException e) {
                        return "interrupted";
                    }
                }))
                .isEqualTo("interrupted");
        assertThat(pool.call(() -> {
                    Thread.currentThread().interrupt();
                    try {
                        return "got " + queue.iterator().hasNext();
                    } catch (CancellationException e) {
                        return "flag " + Thread.interrupted();
                    }
                }))
                .isEqualTo("flag true");
    }

    /// 16 MB is more than any buffer on the way.
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void largeItems_travel(Pool pool) throws Exception {
        SharedQueue<byte[]> queue = new SharedQueue<>();
        byte[] large = new byte[16 << 20];
        Arrays.fill(large, (byte) 7);
        CompletableFuture<?> echo = pool.submit(() -> queue.put(queue.take()));
        queue.put(large);
        echo.get();
        assertThat(queue.take()).isEqualTo(large);
    }

    @Test
    void itemThatCannotTravel_isRefusedWhereItIsPut() {
        SharedQueue<Object> queue = new SharedQueue<>();
        assertThat(processes.call(() -> {
                    try {
                        queue.put(new Object());
                        return "put";
                    } catch (NotShippableException e) {
                        return "refused";
                    }
                }))
                .isEqualTo("refused");
        assertThat(queue.size()).isZero();
    }

    // ---- death

    @Test
    void killedReader_losesNothingThatItHasNotTaken() throws Exception {
        SharedQueue<Integer> queue = new SharedQueue<>();
        SharedQueue<Integer> seen = new SharedQueue<>();
        for (int i = 0; i < 1_000; i++) {
            queue.put(i);
        }
        CompletableFuture<?> killed = processes.submit(() -> {
            for (int i = 0; i < 10; i++) {
                seen.put(queue.take());
            }
            int _ = seen.size(); // what was put is there now
            Runtime.getRuntime().halt(9);
        });
        assertThatThrownBy(killed::get).hasRootCauseInstanceOf(WorkerDiedException.class);
        await().until(() -> queue.size() == 990);
        queue.close();
        seen.close();
        List<Integer> all = drain(seen);
        assertThat(all).isEqualTo(Range.of(0, 10));
        assertThat(drain(queue)).isEqualTo(Range.of(10, 1_000));
    }

    @Test
    void killedWaiters_areForgotten() throws Exception {
        SharedQueue<Integer> empty = new SharedQueue<>();
        SharedQueue<Integer> full = new SharedQueue<>(1);
        full.put(1);
        CompletableFuture<?> taker = processes.submit((Job<Integer>) empty::take);
        CompletableFuture<?> putter = processes.submit(() -> full.put(2));
        SharedEvent before = new SharedEvent();
        CompletableFuture<?> joiner = processes.submit(() -> {
            before.set();
            full.join();
        });
        before.await();
        taker.cancel(true);
        putter.cancel(true);
        joiner.cancel(true);
        empty.put(3);
        assertThat(empty.poll(LONG)).isEqualTo(3);
        assertThat(full.take()).isEqualTo(1);
        await().until(() -> full.poll() == null);
    }

    @Test
    void itemsOfAKilledTaker_countAsDone() throws Exception {
        SharedQueue<Integer> queue = new SharedQueue<>();
        queue.put(1);
        queue.put(2);
        CompletableFuture<?> killed = processes.submit(() -> {
            var _ = queue.take();
            Runtime.getRuntime().halt(9);
        });
        assertThatThrownBy(killed::get).hasRootCauseInstanceOf(WorkerDiedException.class);
        assertThat(queue.take()).isEqualTo(2);
        queue.taskDone();
        assertThat(queue.join(LONG)).isTrue();
    }

    // ---- pipes

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void pipe_carriesMessagesBothWays(Pool pool) throws Exception {
        Pipe<byte[]> pipe = new Pipe<>();
        Pipe.End<byte[]> there = pipe.second();
        CompletableFuture<?> echo = pool.submit(() -> {
            for (int i = 0; i < 5; i++) {
                there.send(there.receive());
            }
            there.close();
        });
        Pipe.End<byte[]> here = pipe.first();
        assertThat(here.poll(SHORT)).isNull();
        for (int size : new int[] {1, 1, 2, 0, 16 << 20}) {
            here.send(new byte[size]);
        }
        for (int size : new int[] {1, 1, 2, 0, 16 << 20}) {
            assertThat(here.receive()).hasSize(size);
        }
        assertThatThrownBy(here::receive).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> here.poll(LONG)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> here.send(new byte[1]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken pipe");
        echo.get();
        here.close();
        here.close();
        assertThatThrownBy(here::receive).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void killedEnd_isTheEndForTheOther() throws Exception {
        Pipe<String> pipe = new Pipe<>();
        Pipe.End<String> there = pipe.second();
        CompletableFuture<?> killed = processes.submit(() -> {
            there.send("last words");
            var _ = there.isClosed(); // what was sent is there now
            Runtime.getRuntime().halt(9);
        });
        assertThat(pipe.first().receive()).isEqualTo("last words");
        assertThatThrownBy(() -> pipe.first().receive()).isInstanceOf(EOFException.class);
        assertThatThrownBy(killed::get).hasRootCauseInstanceOf(WorkerDiedException.class);
    }
}
