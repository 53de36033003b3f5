// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Mapper;
import dev.cenote.Options;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Results;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How lazy verbs read their input: bounded, in one thread, at its own pace, without holding up anybody else.
public abstract class LookAheadContract extends EngineContract {

    @Test
    @Case(45)
    void shouldTakeNoMoreThanTheLookAhead() {
        Pool pool = openWith(2);
        for (UnaryOperator<Options> order : List.<UnaryOperator<Options>>of(o -> o, Options::unordered)) {
            Inputs.Counter input = new Inputs.Counter();
            try (Results<Integer> results =
                    pool.with(o -> order.apply(o.ahead(2))).iterate(input, Inputs::square)) {
                for (int read = 0; read < 200; read++) {
                    assertThat(input.taken()).isLessThanOrEqualTo(read + 2);
                    results.next();
                }
                assertThat(input.taken()).isLessThanOrEqualTo(202);
            }
        }
    }

    @Test
    @Case({45, 60})
    @Needs(value = Trait.CONCURRENT, because = "a serial pool takes an item when its result is asked for")
    void shouldTakeTheWholeLookAheadWithoutBeingRead() throws Exception {
        Inputs.Counter input = new Inputs.Counter(4);
        Pool pool = openWith(2);
        Results<Integer> results = pool.with(o -> o.ahead(2)).iterate(input, Inputs::square);
        Waits.eventually("two items are taken", () -> input.taken() == 2);
        pool.shutdown();
        assertThat(results.next()).isZero();
        assertThat(results.next()).isEqualTo(1);
        assertThatThrownBy(results::next).isInstanceOf(CancellationException.class);
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(input.next()).as("the third element").isEqualTo(2);
    }

    @Test
    @Case(46)
    void shouldCloseWithAHalfReadCall() {
        Inputs.Counter input = new Inputs.Counter();
        Pool pool = openWith(2);
        Results<Integer> results = pool.with(o -> o.ahead(2)).iterate(input, Inputs::square);
        assertThat(results.next()).isZero();
        pool.close();
        int taken = input.taken();
        assertThat(taken).isLessThanOrEqualTo(3);
        List<Integer> rest = untilCancelled(results);
        assertThat(rest).isEqualTo(List.of(1, 4, 9).subList(0, rest.size()));
        // the input may have been handing over an item when the pool was shut down
        assertThat(1 + rest.size()).isBetween(taken - 1, taken);
        assertThat(input.taken()).isEqualTo(taken);
    }

    private static List<Integer> untilCancelled(Iterator<Integer> results) {
        List<Integer> read = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        read.add(results.next());
                    }
                })
                .isInstanceOf(CancellationException.class);
        return read;
    }

    @Test
    @Case(46)
    void shouldCloseWithAHalfReadStream() {
        Inputs.Counter input = new Inputs.Counter();
        Pool pool = openWith(2);
        Stream<Integer> stream = pool.with(o -> o.ahead(2)).imapUnordered(input, Inputs::square);
        Iterator<Integer> results = stream.iterator();
        assertThat(results.next()).isNotNull();
        pool.close();
        int taken = input.taken();
        assertThat(1 + untilCancelled(results).size()).isBetween(taken - 1, taken);
        assertThat(input.taken()).isEqualTo(taken);
        stream.close();
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "a serial pool computes nothing before it is asked for")
    void shouldKeepWhatWasFinishedWhenThePoolCloses() {
        Pool pool = openWith(2);
        Inputs.Counter input = new Inputs.Counter(5);
        Results<Integer> results = pool.with(o -> o.ahead(10)).iterate(input, Inputs::square);
        Waits.eventually("all items are done", () -> pool.stats().done() == 5);
        pool.close();
        for (int i = 0; i < 5; i++) {
            assertThat(results.next()).isEqualTo(i * i);
        }
    }

    @Test
    void shouldDeliverEachResultBeforeTheNextItemIsProduced() throws Exception {
        Pool pool = openWith(2);
        List<Mapper> mappers = List.of(
                pool,
                pool.with(Options::unordered),
                pool.with(o -> o.chunk(1)),
                pool.with(o -> o.chunk(16)),
                pool.with(o -> o.chunk(16).unordered()));
        for (Mapper mapper : mappers) {
            BlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
            try (Results<Integer> results = mapper.iterate(() -> taking(queue), Inputs::square)) {
                for (int i = 0; i < 50; i++) {
                    queue.put(i);
                    assertThat(results.next()).isEqualTo(i * i);
                }
                queue.put(-1);
                assertThat(results.hasNext()).isFalse();
            }
        }
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "a serial pool reads the input in the thread of its caller")
    void shouldNotHoldUpOtherCallsWithASlowInput() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(1);
        try (Results<Integer> slow = pool.iterate(() -> waiting(gate), Inputs::square)) {
            gate.awaitArrivals(1);
            assertThat(pool.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
            assertThat(pool.imap(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
            assertThat(pool.submit(() -> 1).get(10, TimeUnit.SECONDS)).isEqualTo(1);
            assertThatThrownBy(() -> slow.next(Duration.ZERO)).isNotNull();
            gate.open();
            assertThat(slow.next()).isEqualTo(49);
        }
    }

    @Test
    void shouldReadTheInputInOneThreadAtATime() {
        Pool pool = openWith(4);
        for (UnaryOperator<Options> order :
                List.<UnaryOperator<Options>>of(o -> o, Options::unordered, o -> o.chunk(1))) {
            Inputs.Counter input = new Inputs.Counter(5_000);
            assertThat(pool.with(order).imap(input, Inputs::square)).hasSize(5_000);
            assertThat(input.met()).isFalse();
        }
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "a serial pool reads the input in the thread of its caller")
    void shouldNeitherReadTheInputInTheCallersThreadNorInAWorker() {
        Inputs.Counter input = new Inputs.Counter(20);
        List<String> runners = openWith(2).imap(input, _ -> Inputs.here()).toList();
        Thread reader = Objects.requireNonNull(input.reader(), "nobody has read the input");
        assertThat(reader).isNotSameAs(Thread.currentThread());
        assertThat(reader.getName()).doesNotMatch(".*-pool-\\d+-\\d+");
        assertThat(runners).doesNotContain(ProcessHandle.current().pid() + "/" + reader.threadId());
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "a serial pool takes an item when its result is asked for")
    void shouldHoldNoThreadForAnAbandonedStream() {
        Inputs.Counter input = new Inputs.Counter();
        Stream<Integer> stream = openWith(2).with(o -> o.ahead(3)).imap(input, Inputs::square);
        assertThat(stream.iterator().next()).isZero();
        Waits.eventually("the look-ahead is full", () -> input.taken() == 4);
        Waits.eventually("the reading thread ends", () -> {
            Thread reader = input.reader();
            return reader != null && !reader.isAlive();
        });
        assertThat(input.taken()).isEqualTo(4);
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "a serial pool reads the input in the thread of its caller")
    void shouldTakeNothingAfterCloseWhileTheInputIsSlow() {
        Gate gate = gate();
        Pool pool = openWith(2);
        Inputs.Counter counter = new Inputs.Counter();
        Results<Integer> results = pool.iterate(
                () -> new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return true;
                    }

                    @Override
                    public Integer next() {
                        return gate.passStubbornly(counter.next());
                    }
                },
                Inputs::square);
        gate.awaitArrivals(1);
        results.close();
        gate.open();
        pool.close();
        assertThat(counter.taken()).isEqualTo(1);
        assertThat(pool.stats().done()).isZero();
    }

    @Test
    void shouldLetTheInputUseThePool() {
        Pool pool = openWith(1);
        Iterable<Integer> input = () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < 20;
            }

            @Override
            public Integer next() {
                int n = next++;
                return pool.submit(() -> n).join()
                        + pool.map(List.of(n), m -> -m).getFirst()
                        + n;
            }
        };
        assertThat(pool.imap(input, Inputs::square)).isEqualTo(Inputs.squares(20));
        assertThat(pool.map(input, Inputs::square)).isEqualTo(Inputs.squares(20));
        assertThat(Stream.generate(input.iterator()::next).limit(20).gather(pool.mapping(Inputs::square)))
                .isEqualTo(Inputs.squares(20));
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "nobody else waits for a serial pool's reader")
    void shouldWakeAReaderWhenAnotherThreadClosesTheResults() throws Exception {
        Gate gate = gate();
        Results<Integer> results = openWith(2).iterate(List.of(1), gate::pass);
        AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(1);
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                results.next();
            } catch (RuntimeException e) {
                end.set(e);
            }
            ended.countDown();
        });
        gate.awaitArrivals(1);
        Waits.eventually("the reader waits", () -> reader.getState() == Thread.State.WAITING);
        results.close();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(end.get()).isInstanceOf(NoSuchElementException.class);
        gate.awaitStops(1);
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "nobody else waits for a serial pool's reader")
    void shouldTellAWaitingReaderThatThePoolWasShutDownNow() {
        Gate gate = gate();
        Pool pool = openWith(2);
        Results<Integer> results = pool.iterate(new Inputs.Counter(), gate::pass);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread _ = Thread.ofVirtual().start(() -> {
            try {
                end.completeExceptionally(new AssertionError("a result: " + results.next()));
            } catch (RuntimeException e) {
                end.complete(e);
            }
        });
        gate.awaitArrivals(1);
        List<Runnable> _ = pool.shutdownNow();
        assertThat(end.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(CancellationException.class);
    }

    private static Iterator<Integer> waiting(Gate gate) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Integer next() {
                try {
                    return gate.pass(7);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private static Iterator<Integer> taking(BlockingQueue<Integer> queue) {
        return new Iterator<>() {
            private int next = -1;

            @Override
            public boolean hasNext() {
                try {
                    next = queue.take();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return next >= 0;
            }

            @Override
            public Integer next() {
                return next;
            }
        };
    }
}
