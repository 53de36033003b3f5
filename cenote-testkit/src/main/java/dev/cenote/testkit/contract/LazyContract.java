// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Mapper;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Results;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the lazy verbs deliver, in which order, and what a reader can do.
public abstract class LazyContract extends EngineContract {

    @Test
    @Case(16)
    void shouldDeliverOneByOneAndThenEnd() {
        try (Results<Integer> results = open().with(o -> o.chunk(100)).iterate(Range.of(0, 1_000), Inputs::square)) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(results.next()).isEqualTo(i * i);
            }
            for (int again = 0; again < 3; again++) {
                assertThat(results.hasNext()).isFalse();
                assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
            }
        }
    }

    @Test
    @Case({17, 18})
    void shouldThrowTheExceptionOfTheInputAfterWhatCameBefore() {
        Pool pool = openWith(4);
        for (int index : new int[] {0, 3, 0, 3}) {
            IllegalStateException failure = new IllegalStateException("no more input");
            try (Results<Integer> results =
                    pool.with(o -> o.chunk(1)).iterate(Inputs.failingAt(index, failure), Inputs::square)) {
                for (int i = 0; i < index; i++) {
                    assertThat(results.next()).isEqualTo(i * i);
                }
                assertThatThrownBy(results::next).isSameAs(failure);
                assertThat(results.hasNext()).isFalse();
            }
        }
    }

    @Test
    @Case(18)
    void shouldDeliverWhatAFailingInputHadLeftOfAChunk() {
        IllegalStateException failure = new IllegalStateException("no more input");
        List<Integer> seen = new ArrayList<>();
        try (Stream<Integer> squares =
                openWith(2).with(o -> o.chunk(4)).imap(Inputs.failingAt(7, failure), Inputs::square)) {
            assertThatThrownBy(() -> squares.forEach(seen::add)).isSameAs(failure);
        }
        assertThat(seen).isEqualTo(Inputs.squares(7));
    }

    @Test
    @Case(20)
    void shouldDeliverAllUnordered() {
        Pool pool = openWith(4);
        assertThat(pool.imapUnordered(Range.of(0, 10), Inputs::square))
                .containsExactlyInAnyOrderElementsOf(Inputs.squares(10));
        assertThat(pool.with(o -> o.chunk(100)).imapUnordered(Range.of(0, 1_000), Inputs::square))
                .containsExactlyInAnyOrderElementsOf(Inputs.squares(1_000));
    }

    @Test
    @Case({21, 22})
    void shouldThrowTheExceptionOfTheInputAmongUnorderedResults() {
        Pool pool = openWith(4);
        int[][] shapes = {{0, 1}, {0, 1}, {3, 1}, {7, 2}};
        for (int[] shape : shapes) {
            IllegalStateException failure = new IllegalStateException("no more input");
            List<Integer> seen = new ArrayList<>();
            try (Stream<Integer> squares = pool.with(o -> o.chunk(shape[1]))
                    .imapUnordered(Inputs.failingAt(shape[0], failure), Inputs::square)) {
                assertThatThrownBy(() -> squares.forEach(seen::add)).isSameAs(failure);
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(Inputs.squares(shape[0]));
        }
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldDeliverUnorderedResultsAsTheyFinish() {
        Gate gate = gate();
        Pool pool = openWith(2);
        try (Stream<Integer> results = pool.with(o -> o.chunk(1))
                .imapUnordered(List.of(0, 1, 2, 3), n -> n == 0 ? gate.pass(n) : Integer.valueOf(n))) {
            Iterator<Integer> iterator = results.iterator();
            Set<Integer> first = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                first.add(iterator.next());
            }
            assertThat(first).containsExactlyInAnyOrder(1, 2, 3);
            gate.open();
            assertThat(iterator.next()).isZero();
            assertThat(iterator.hasNext()).isFalse();
        }
    }

    @Test
    @Case(52)
    void shouldGoOnAfterAFailureInAChunk() {
        Mapper pool = openWith(2).with(o -> o.chunk(3));
        try (Results<List<Integer>> results = pool.iterate(List.of(2, 0, 3, 5), n -> List.of(5 / n, 5 % n))) {
            assertThat(results.next()).containsExactly(2, 1);
            assertThatThrownBy(results::next).isInstanceOf(ArithmeticException.class);
            assertThat(results.next()).containsExactly(1, 2);
            assertThat(results.next()).containsExactly(1, 0);
            assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
            assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    @Case(52)
    void shouldThrowAFailureAtItsPlaceInAStream() {
        IllegalStateException failure = new IllegalStateException("item 2");
        try (Stream<Integer> results =
                openWith(2).imap(Range.of(0, 5), n -> n == 2 ? Failing.run(failure) : Integer.valueOf(n))) {
            Iterator<Integer> iterator = results.iterator();
            assertThat(iterator.next()).isEqualTo(0);
            assertThat(iterator.next()).isEqualTo(1);
            assertThatThrownBy(iterator::next).is(theSame(failure));
        }
    }

    @Test
    @Case(53)
    void shouldTreatATimeoutThrownByATaskLikeAnyFailure() {
        Pool pool = openWith(2);
        TimeoutException own = new TimeoutException("thrown by the task itself");
        for (Mapper mapper : List.of(pool, pool.with(o -> o.timeout(Duration.ofSeconds(20))))) {
            try (Results<Integer> results =
                    mapper.iterate(Range.of(0, 4), n -> n == 1 ? Failing.run(own) : Integer.valueOf(n))) {
                assertThat(results.next()).isZero();
                assertThatThrownBy(results::next).cause().is(theSame(own));
                assertThat(results.next()).isEqualTo(2);
                assertThat(results.next()).isEqualTo(3);
                assertThat(results.hasNext()).isFalse();
            }
        }
        assertThat(pool.stats().timedOut()).isZero();
    }

    @Test
    @Case(54)
    @Needs(Trait.CONCURRENT)
    void shouldWaitWithALimitAndLoseNothing() throws Exception {
        Gate gate = gate();
        try (Results<Integer> results = openWith(2)
                .with(o -> o.chunk(1))
                .iterate(Range.of(0, 3), n -> n == 1 ? gate.pass(n) : Integer.valueOf(n))) {
            assertThat(results.next(Duration.ofSeconds(10))).isZero();
            for (Duration limit : List.of(Duration.ofMillis(10), Duration.ZERO, Duration.ofSeconds(-1))) {
                assertThatThrownBy(() -> results.next(limit)).isInstanceOf(TimeoutException.class);
            }
            gate.open();
            assertThat(results.next(Duration.ofSeconds(10))).isEqualTo(1);
            assertThat(results.next(Duration.ofSeconds(10))).isEqualTo(2);
            assertThatThrownBy(() -> results.next(Duration.ofSeconds(10))).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    @Case(70)
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldNeverStartWhatWasClosedBeforeItsTurn() {
        Gate gate = gate();
        Gate never = gate();
        Pool pool = openWith(1);
        CompletableFuture<String> first = pool.submit(() -> gate.pass("first"));
        gate.awaitArrivals(1);
        Results<String> results = pool.iterate(List.of("second", "third"), never::pass);
        assertThatThrownBy(() -> results.next(Duration.ZERO)).isInstanceOf(TimeoutException.class);
        results.close();
        gate.open();
        assertThat(first.join()).isEqualTo("first");
        assertThat(pool.submit(() -> "fourth").join()).isEqualTo("fourth");
        assertThat(never.arrivals()).isZero();
        assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void shouldEndAfterClose() {
        Results<Integer> results = openWith(2).iterate(new Inputs.Counter(), Inputs::square);
        assertThat(results.next()).isZero();
        results.close();
        results.close();
        assertThat(results.hasNext()).isFalse();
        assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> results.next(Duration.ZERO)).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void shouldAnswerHasNextAsOftenAsAsked() {
        try (Results<Integer> results = openWith(2).iterate(List.of(3), Inputs::square)) {
            assertThat(results.hasNext()).isTrue();
            assertThat(results.hasNext()).isTrue();
            assertThat(results.next()).isEqualTo(9);
            assertThat(results.hasNext()).isFalse();
        }
    }

    @Test
    @Case({57, 58})
    void shouldDeliverWithAnyLookAhead() {
        Pool pool = openWith(2);
        for (int ahead : new int[] {1, 2, 4, 8}) {
            Mapper mapper = pool.with(o -> o.ahead(ahead));
            assertThat(mapper.imap(Range.of(0, 4), n -> Integer.toString(n))).containsExactly("0", "1", "2", "3");
            assertThat(mapper.imap(Range.of(0, 4), Range.of(0, 4), Integer::sum))
                    .containsExactly(0, 2, 4, 6);
            try (Stream<String> endless = mapper.imap(new Inputs.Counter(), n -> Integer.toString(n))) {
                assertThat(endless.limit(3)).containsExactly("0", "1", "2");
            }
            try (Stream<Integer> endless = mapper.imap(new Inputs.Counter(), new Inputs.Counter(), Integer::sum)) {
                assertThat(endless.limit(3)).containsExactly(0, 2, 4);
            }
        }
    }

    @Test
    @SuppressWarnings("StreamToIterable") // read once
    void shouldWorkInStreamPipelines() {
        Pool pool = openWith(2);
        assertThat(pool.imap(Range.of(0, 100), Inputs::square)
                        .filter(n -> n % 2 == 0)
                        .count())
                .isEqualTo(50);
        assertThat(pool.imap(Range.of(0, 100), Inputs::square).isParallel()).isFalse();
        assertThat(pool.imap(new Inputs.Counter(), Inputs::square)
                        .filter(n -> n > 1_000)
                        .findFirst())
                .hasValue(1_024);
        assertThat(pool.imap(pool.imap(Range.of(0, 100), Inputs::square)::iterator, n -> n + 1))
                .hasSize(100)
                .startsWith(1, 2, 5);
    }

    @Test
    void shouldMapInsideAStream() {
        Pool pool = openWith(2);
        assertThat(IntStream.range(0, 1_000).boxed().gather(pool.mapping(Inputs::square)))
                .isEqualTo(Inputs.squares(1_000));
        assertThat(Stream.iterate(0, n -> n + 1)
                        .gather(pool.mapping(Inputs::square))
                        .limit(5))
                .isEqualTo(Inputs.squares(5));
        assertThat(IntStream.range(0, 100)
                        .boxed()
                        .gather(pool.with(o -> o.unordered()).mapping(Inputs::square)))
                .containsExactlyInAnyOrderElementsOf(Inputs.squares(100));
        assertThat(IntStream.range(0, 100).boxed().parallel().gather(pool.mapping(Inputs::square)))
                .isEqualTo(Inputs.squares(100));
    }

    @Test
    void shouldThrowTheFailureOfAMappedElement() {
        Pool pool = openWith(2);
        IllegalStateException failure = new IllegalStateException("element 3");
        List<Integer> seen = new ArrayList<>();
        assertThatThrownBy(() -> IntStream.range(0, 100)
                        .boxed()
                        .gather(pool.<Integer, Integer>mapping(n -> n == 3 ? Failing.run(failure) : n))
                        .forEach(seen::add))
                .is(theSame(failure));
        assertThat(seen).containsExactly(0, 1, 2);
    }

    @Test
    void shouldReadTheInputOfAMappedStreamInTheStreamsThread() {
        Set<Thread> readers = new HashSet<>();
        Iterator<Integer> source = Range.of(0, 200).iterator();
        Stream<Integer> stream = Stream.generate(() -> {
                    readers.add(Thread.currentThread());
                    return source.next();
                })
                .limit(200);
        assertThat(stream.gather(openWith(2).mapping(Inputs::square))).isEqualTo(Inputs.squares(200));
        assertThat(readers).containsExactly(Thread.currentThread());
    }
}
