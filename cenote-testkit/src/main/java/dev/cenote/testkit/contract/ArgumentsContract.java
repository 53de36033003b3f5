// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Func;
import dev.cenote.Func2;
import dev.cenote.Futures;
import dev.cenote.Job;
import dev.cenote.Options;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Worker;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Names, and what becomes of arguments that make no sense: thrown at the call, before anything runs.
public abstract class ArgumentsContract extends EngineContract {

    @Test
    @Case(56)
    void shouldRefuseOptionsThatAreOutOfRange() {
        Pool pool = open();
        Map<UnaryOperator<Options>, String> bad = new LinkedHashMap<>();
        bad.put(o -> o.ahead(0), "ahead=0");
        bad.put(o -> o.ahead(-1), "ahead=-1");
        bad.put(o -> o.chunk(0), "chunk=0");
        bad.put(o -> o.chunk(-5), "chunk=-5");
        bad.put(o -> o.retries(-2), "retries=-2");
        bad.put(o -> o.timeout(Duration.ZERO), "timeout");
        bad.put(o -> o.timeout(Duration.ofSeconds(-3)), "timeout");
        bad.forEach((change, message) -> assertThatThrownBy(() -> pool.with(change))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message));
        assertThat(pool.map(List.of(2), Inputs::square)).containsExactly(4);
    }

    @Test
    void shouldRefuseImpossibleNumbersOfWorkers() {
        for (int workers : new int[] {0, -1}) {
            assertThatThrownBy(() -> open(c -> c.workers(workers)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("workers=" + workers);
        }
    }

    @Test
    @Case(49)
    @NullUnmarked
    void shouldNameTheArgumentThatIsNull() {
        Pool pool = open();
        List<Integer> items = List.of(1);
        Func<Integer, Integer> fn = Inputs::square;
        Func2<Integer, Integer, Integer> fn2 = Integer::sum;
        Map<ThrowingCallable, String> calls = new LinkedHashMap<>();
        calls.put(() -> pool.submit((Job<Integer>) null), "job");
        calls.put(() -> pool.execute(null), "");
        calls.put(() -> pool.map(null, fn), "items");
        calls.put(() -> pool.map(items, null), "fn");
        calls.put(() -> pool.map(null, items, fn2), "first");
        calls.put(() -> pool.map(items, null, fn2), "second");
        calls.put(() -> pool.map(items, items, null), "fn");
        calls.put(() -> pool.mapAsync(null, fn), "items");
        calls.put(() -> pool.mapAsync(items, null), "fn");
        calls.put(() -> pool.starmap(null, fn2), "");
        calls.put(() -> pool.forEach(items, null), "action");
        calls.put(() -> pool.forEach(null, fn::apply), "items");
        calls.put(() -> pool.imap(null, fn), "items");
        calls.put(() -> pool.imap(items, null), "fn");
        calls.put(() -> pool.imapUnordered(items, null), "fn");
        calls.put(() -> pool.iterate(null, fn), "items");
        calls.put(() -> pool.outcomes(items, null), "fn");
        calls.put(() -> pool.mapping(null), "fn");
        calls.put(() -> pool.with(null), "change");
        calls.put(() -> Futures.asCompleted(null), "futures");
        calls.put(() -> Futures.await(null, Futures.Until.ALL), "futures");
        calls.put(() -> pool.with(o -> o.timeout(null)), "limit");
        calls.forEach((call, name) -> assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining(name));
        assertThat(pool.stats().failed()).isZero();
        assertThat(pool.map(items, fn)).containsExactly(1);
    }

    @Test
    @NullUnmarked
    void shouldFailWhenAnInputHasNoIterator() {
        Pool pool = open();
        Iterable<Integer> none = () -> null;
        assertThatThrownBy(() -> pool.map(none, Inputs::square)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> pool.imap(none, Inputs::square).toList()).isInstanceOf(NullPointerException.class);
        IllegalStateException failure = new IllegalStateException("no iterator");
        Iterable<Integer> failing = () -> {
            throw failure;
        };
        assertThatThrownBy(() -> pool.map(failing, Inputs::square)).isSameAs(failure);
        assertThatThrownBy(() -> pool.imap(failing, Inputs::square).toList()).isSameAs(failure);
        assertThat(pool.map(List.of(2), Inputs::square)).containsExactly(4);
    }

    @Test
    @Case(121)
    void shouldNameItsWorkersAfterItself() {
        Pool pool = openWith(5, c -> c.name("SpecialPool"));
        assertThat(pool.name()).isEqualTo("SpecialPool");
        assertThat(pool.map(Range.of(0, 50), _ -> Worker.current().name()))
                .allMatch(name -> name.matches("SpecialPool-\\d+"));
        if (engine().has(Trait.CONCURRENT)) {
            assertThat(pool.map(Range.of(0, 50), _ -> Thread.currentThread().getName()))
                    .allMatch(name -> name.startsWith("SpecialPool"));
        }
    }

    @Test
    @Case(121)
    void shouldHaveANameOfItsOwnByDefault() {
        Pool one = open();
        Pool other = open();
        assertThat(one.name()).startsWith(one.engine()).isNotEqualTo(other.name());
        assertThat(one.toString()).contains(one.name());
    }

    @Test
    @Needs(Trait.LIMITED)
    void shouldSayHowManyWorkersItMayHave() {
        assertThat(openWith(3).workers()).isEqualTo(3);
        assertThat(open().workers()).isPositive();
    }

    @Test
    void shouldNotChangeAMapperWhenAnotherIsDerived() {
        Pool pool = openWith(2);
        var chunked = pool.with(o -> o.chunk(5).retries(1));
        var unordered = chunked.with(Options::unordered);
        assertThat(chunked.map(Range.of(0, 20), Inputs::square)).isEqualTo(Inputs.squares(20));
        assertThat(unordered.map(Range.of(0, 20), Inputs::square))
                .as("eager results are always in order")
                .isEqualTo(Inputs.squares(20));
        CompletableFuture<Options> seen = new CompletableFuture<>();
        assertThat(chunked.with(o -> {
                    seen.complete(o);
                    return o;
                }))
                .isNotNull();
        assertThat(seen.join().chunk()).isEqualTo(5);
        assertThat(seen.join().retries()).isEqualTo(1);
        assertThat(seen.join().ordered()).isTrue();
    }
}
