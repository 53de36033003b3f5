// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.VoidJob;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Notes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The eager verbs: `map`, `mapAsync`, `starmap`, `forEach`, and single jobs.
public abstract class PoolContract extends EngineContract {

    @Test
    @Case(1)
    void shouldRunOneJob() throws Exception {
        Pool pool = openWith(4);
        assertThat(pool.submit(() -> Inputs.square(5)).get()).isEqualTo(25);
        VoidJob nothing = () -> {};
        assertThat(pool.submit(nothing, "given").get()).isEqualTo("given");
    }

    @Test
    @Case({2, 118})
    void shouldMapInOrder() {
        try (Pool pool = openWith(4)) {
            assertThat(pool.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
            assertThat(pool.with(o -> o.chunk(20)).map(Range.of(0, 100), Inputs::square))
                    .isEqualTo(Inputs.squares(100));
            assertThat(pool.map(Range.of(-5, 5), Math::abs)).containsExactly(5, 4, 3, 2, 1, 0, 1, 2, 3, 4);
        }
    }

    @Test
    void shouldMapInOrderWhateverTheChunk() {
        Pool pool = openWith(3);
        List<Integer> expected = Inputs.squares(1_000);
        for (int chunk : new int[] {1, 7, 64, 999, 1_000, 5_000, Integer.MAX_VALUE}) {
            assertThat(pool.with(o -> o.chunk(chunk)).map(Range.of(0, 1_000), Inputs::square))
                    .as("chunk %d", chunk)
                    .isEqualTo(expected);
        }
        assertThat(pool.map(Range.of(0, 20_000), Inputs::square)).isEqualTo(Inputs.squares(20_000));
    }

    @Test
    @Case(4)
    void shouldStarmap() {
        Pool pool = openWith(4);
        List<Map.Entry<Integer, Integer>> pairs =
                Range.of(0, 100).stream().map(n -> Map.entry(n, n)).toList();
        assertThat(pool.starmapAsync(pairs, (a, b) -> a * b).join()).isEqualTo(Inputs.squares(100));
        assertThat(pool.starmap(pairs, (a, b) -> a * b)).isEqualTo(Inputs.squares(100));
        assertThat(pool.starmap(Map.of(6, 7).entrySet(), (a, b) -> a * b)).containsExactly(42);
    }

    @Test
    @Case(5)
    void shouldMapAsynchronously() {
        assertThat(openWith(4).mapAsync(Range.of(0, 10), Inputs::square).join()).isEqualTo(Inputs.squares(10));
    }

    @Test
    @Case(6)
    void shouldCallBackOnceWithTheWholeList() {
        List<Object> seen = Collections.synchronizedList(new ArrayList<>());
        openWith(2)
                .mapAsync(List.of("1"), Integer::parseInt)
                .whenComplete((value, error) -> seen.add(error == null ? value : error))
                .join();
        assertThat(seen).containsExactly(List.of(1));
    }

    @Test
    @Case({9, 26})
    void shouldMapNothing() throws Exception {
        try (Pool pool = openWith(1)) {
            List<Integer> none = List.of();
            assertThat(pool.map(none, Inputs::square)).isEmpty();
            assertThat(pool.with(o -> o.chunk(1)).mapAsync(none, Inputs::square).get(1, TimeUnit.SECONDS))
                    .isEmpty();
            assertThat(pool.imap(none, Inputs::square)).isEmpty();
            assertThat(pool.imapUnordered(none, Inputs::square)).isEmpty();
            assertThat(pool.outcomes(none, Inputs::square)).isEmpty();
            assertThat(none.stream().gather(pool.mapping(Inputs::square))).isEmpty();
            assertThat(pool.map(none, List.of(1), Integer::sum)).isEmpty();
            pool.forEach(none, Inputs::square);
        }
    }

    @Test
    @Case({10, 12})
    void shouldThrowTheExceptionOfTheInputAsItself() {
        Pool pool = openWith(4);
        IllegalStateException failure = new IllegalStateException("no input");
        for (int round = 0; round < 2; round++) {
            for (Iterable<Integer> input : List.of(
                    Inputs.failingAt(0, failure), Inputs.failingAt(5, failure), Inputs.lyingCollection(failure))) {
                assertThatThrownBy(() -> pool.with(o -> o.chunk(1)).map(input, Inputs::square))
                        .isSameAs(failure);
                assertThatThrownBy(() -> pool.forEach(input, Inputs::square)).isSameAs(failure);
            }
        }
        assertThat(pool.map(List.of(3), Inputs::square)).containsExactly(9);
    }

    @Test
    @Case(13)
    @Needs(Trait.CONCURRENT)
    void shouldCompleteAFutureWhenItsJobEnds() throws Exception {
        Gate gate = gate();
        CompletableFuture<Integer> future = openWith(4).submit(() -> gate.pass(Inputs.square(7)));
        gate.awaitArrivals(1);
        assertThat(future).isNotDone();
        gate.open();
        assertThat(future.get()).isEqualTo(49);
    }

    @Test
    @Case(14)
    @Needs(Trait.CONCURRENT)
    void shouldStopWaitingButNotTheJobWhenGetTimesOut() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        assertThatThrownBy(() -> future.get(10, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(future).isNotDone();
        List<Runnable> _ = pool.shutdownNow();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Case(30)
    void shouldDeliverTheVeryExceptionOfAJob() {
        Pool pool = openWith(2);
        for (Throwable error : List.of(new IllegalStateException("e"), new IOException("e"), new AssertionError("e"))) {
            CompletableFuture<Object> future = pool.submit(() -> {
                throw Failing.with(error);
            });
            assertThatThrownBy(future::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .is(theSame(error));
        }
    }

    @Test
    @Case(30)
    void shouldThrowTheUncheckedExceptionOfAnItemAsItself() {
        Pool pool = openWith(2);
        IllegalStateException failure = new IllegalStateException("e");
        assertThatThrownBy(() -> pool.map(List.of(1), _ -> Failing.run(failure)))
                .is(theSame(failure));
        assertThatThrownBy(() -> pool.forEach(List.of(1), _ -> Failing.run(failure)))
                .is(theSame(failure));
    }

    @Test
    @Case(44)
    void shouldServeManyWorkers() {
        Pool pool =
                openWith(engine().has(Trait.ISOLATED) ? 40 : 200); // each process takes a tenth of a second to start
        assertThat(pool.with(o -> o.chunk(1)).map(Range.of(0, 1_000), Inputs::square).stream()
                        .mapToLong(n -> n)
                        .sum())
                .isEqualTo(332_833_500L);
    }

    @Test
    @Case(50)
    void shouldMapTwoInputs() {
        Pool pool = openWith(4);
        List<Double> powers = Range.of(0, 10).stream().map(n -> Math.pow(n, n)).toList();
        assertThat(pool.map(Range.of(0, 10), Range.of(0, 10), (a, b) -> Math.pow(a, b)))
                .isEqualTo(powers);
        assertThat(pool.with(o -> o.chunk(3)).map(Range.of(0, 10), Range.of(0, 10), (a, b) -> Math.pow(a, b)))
                .isEqualTo(powers);
        assertThat(pool.mapAsync(Range.of(0, 10), Range.of(0, 10), (a, b) -> Math.pow(a, b))
                        .join())
                .isEqualTo(powers);
    }

    @Test
    void shouldStopAtTheEndOfTheShorterInput() {
        Pool pool = openWith(2);
        assertThat(pool.map(List.of(1, 2, 3), List.of(10, 20), Integer::sum)).containsExactly(11, 22);
        assertThat(pool.map(List.of(1), new Inputs.Counter(), Integer::sum)).containsExactly(1);
        assertThat(pool.imap(new Inputs.Counter(), List.of(5, 5, 5), Integer::sum))
                .containsExactly(5, 6, 7);
    }

    @Test
    void shouldMapNullItemsToNullResults() {
        Pool pool = openWith(2);
        List<String> items = Arrays.asList("a", null, "b", null);
        assertThat(pool.map(items, item -> item)).isEqualTo(items);
        assertThat(pool.mapAsync(items, item -> item).join()).isEqualTo(items);
        assertThat(pool.imap(items, item -> item).toList()).isEqualTo(items);
        assertThat(pool.imapUnordered(items, item -> item)).containsExactlyInAnyOrder("a", null, "b", null);
        assertThat(pool.outcomes(items, item -> item)
                        .map(outcome -> outcome.get())
                        .toList())
                .isEqualTo(items);
        assertThat(items.stream().gather(pool.mapping(item -> item)).toList()).isEqualTo(items);
        assertThat(pool.submit(() -> null).join()).isNull();
        Notes seen = notes();
        pool.forEach(items, item -> {
            seen.add(item);
        });
        assertThat(seen.all()).containsExactlyInAnyOrder("a", "null", "b", "null");
    }

    @Test
    void shouldRunEveryItemExactlyOnce() {
        Pool pool = openWith(4);
        Notes runs = notes();
        pool.forEach(Range.of(0, 10_000), n -> {
            runs.add(n);
        });
        assertThat(runs.all()).hasSize(10_000).doesNotHaveDuplicates();
    }

    @Test
    @Needs(Trait.SHARED_MEMORY)
    void shouldLetAFunctionChangeItsItemInPlace() {
        List<StringBuilder> items = Range.of(0, 100).stream()
                .map(n -> new StringBuilder().append(n))
                .toList();
        openWith(4).forEach(items, item -> item.append('!'));
        assertThat(items).allMatch(item -> item.toString().endsWith("!"));
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldGiveEachFunctionACopyOfItsItem() {
        List<StringBuilder> items = Range.of(0, 100).stream()
                .map(n -> new StringBuilder().append(n))
                .toList();
        List<StringBuilder> results = openWith(2).map(items, item -> item.append('!'));
        assertThat(results).allMatch(item -> item.toString().endsWith("!"));
        assertThat(items).noneMatch(item -> item.toString().endsWith("!"));
    }

    @Test
    void shouldCopyTheInputBeforeAnythingRuns() {
        List<Integer> items = new ArrayList<>(Range.of(0, 50));
        Pool pool = openWith(4);
        List<Integer> squares = pool.map(items, n -> {
            synchronized (items) {
                items.clear();
            }
            return Inputs.square(n);
        });
        assertThat(squares).isEqualTo(Inputs.squares(50));
        List<Integer> others = new ArrayList<>(Range.of(0, 50));
        CompletableFuture<List<Integer>> future = pool.mapAsync(others, Inputs::square);
        others.clear();
        assertThat(future.join()).isEqualTo(Inputs.squares(50));
    }

    @Test
    void shouldReturnAListThatCannotBeModified() {
        List<Integer> squares = openWith(2).map(Range.of(0, 3), Inputs::square);
        assertThatThrownBy(() -> squares.add(1)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldRunItemsSideBySide() {
        Gate gate = gate();
        Pool pool = openWith(4);
        CompletableFuture<List<Integer>> future = pool.with(o -> o.chunk(1)).mapAsync(Range.of(0, 4), gate::pass);
        gate.awaitArrivals(4);
        gate.open();
        assertThat(future.join()).containsExactly(0, 1, 2, 3);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldRunSlowItemsOfAnAutomaticChunkSideBySide() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(2);
        CompletableFuture<List<Integer>> future =
                pool.mapAsync(Range.of(0, 1_000), n -> n < 998 ? Integer.valueOf(n) : gate.pass(n));
        gate.awaitArrivals(2);
        gate.open();
        assertThat(future.get(Duration.ofSeconds(20).toSeconds(), TimeUnit.SECONDS))
                .hasSize(1_000);
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldNotKeepOtherItemsBehindOneThatBlocks() {
        Gate gate = gate();
        Pool pool = openWith(2);
        int seen = 0;
        try (Stream<Integer> results = pool.with(o -> o.ahead(10_000))
                .imapUnordered(Range.of(0, 10_000), n -> n == 5_000 ? gate.pass(n) : Integer.valueOf(n))) {
            Iterator<Integer> iterator = results.iterator();
            while (seen < 8_000) { // the others of its chunk are settled with it
                iterator.next();
                seen++;
            }
            gate.open();
            while (iterator.hasNext()) {
                iterator.next();
                seen++;
            }
        }
        assertThat(seen).isEqualTo(10_000);
    }
}
