// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.BrokenPoolException;
import dev.cenote.Func;
import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.TaskTimeoutException;
import dev.cenote.Worker;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Notes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What runs before the first and after the last task of a worker.
public abstract class InitializerContract extends EngineContract {

    @Test
    @Case(41)
    void shouldInitializeAWorkerOnce() {
        Notes initialized = notes();
        Pool pool = openWith(1, c -> c.initializer(() -> initialized.add("once")));
        assertThat(pool.map(Range.of(0, 100), Inputs::square)).isEqualTo(Inputs.squares(100));
        pool.close();
        if (!engine().has(Trait.CONCURRENT) || engine().has(Trait.LASTING)) {
            assertThat(initialized.all()).containsExactly("once");
        } else {
            assertThat(initialized.all()).isNotEmpty();
        }
    }

    @Test
    void shouldInitializeBeforeTheFirstTaskOfEachWorker() {
        Notes initialized = notes();
        Pool pool = openWith(4, c -> c.initializer(() -> initialized.add(Inputs.here())));
        assertThat(initialized.all()).isEmpty();
        List<String> used = pool.with(o -> o.chunk(1)).map(Range.of(0, 200), _ -> {
            assertThat(Worker.current().state(Integer.class)).isPositive();
            return Inputs.here();
        });
        assertThat(initialized.all()).doesNotHaveDuplicates().containsAll(used);
    }

    @Test
    void shouldGiveTasksTheStateOfTheirWorker() {
        Pool pool = openWith(3, c -> c.initializer(StringBuilder::new));
        assertThat(pool.map(Range.of(0, 100), _ -> {
                    Worker worker = Worker.current();
                    StringBuilder state = worker.state(StringBuilder.class);
                    return worker.state() == state;
                }))
                .containsOnly(true);
        assertThat(pool.submit(() -> {
                            assertThatThrownBy(() -> Worker.current().state(Integer.class))
                                    .isInstanceOf(ClassCastException.class);
                            return Worker.current().state(CharSequence.class).length();
                        })
                        .join())
                .isZero();
    }

    @Test
    void shouldHaveNoStateWithoutAnInitializer() {
        for (Pool pool : List.of(openWith(1), openWith(1, c -> c.initializer(() -> null)))) {
            pool.submit(() -> {
                        assertThat(Worker.current().state()).isNull();
                        assertThatThrownBy(() -> Worker.current().state(String.class))
                                .isInstanceOf(IllegalStateException.class);
                    })
                    .join();
        }
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "a serial pool never replaces its only worker")
    void shouldInitializeAReplacement() {
        Gate gate = gate();
        Notes initialized = notes();
        Pool pool = openWith(1, c -> c.initializer(() -> initialized.add("again")));
        int before = pool.submit(() -> Worker.current().state(Integer.class)).join();
        assertThatThrownBy(
                        () -> pool.with(o -> o.timeout(Duration.ofMillis(50))).map(List.of(1), gate::passStubbornly))
                .isInstanceOf(TaskTimeoutException.class);
        assertThat(pool.submit(() -> Worker.current().state(Integer.class)).join())
                .isGreaterThan(before);
    }

    @Test
    @Case({108, 109})
    void shouldBreakThePoolWhenTheInitializerFails() {
        for (Throwable failure : List.of(new IOException("no model"), new AssertionError("no model"))) {
            Pool pool =
                    openWith(2, c -> c.initializer(() -> Failing.run(failure)).name("broken"));
            assertBroken(() -> pool.submit(() -> 1).join(), failure);
            for (int again = 0; again < 3; again++) {
                assertThatThrownBy(() -> pool.submit(() -> 1))
                        .isInstanceOf(BrokenPoolException.class)
                        .hasMessageContaining("broken")
                        .cause()
                        .is(theSame(failure));
                assertThatThrownBy(() -> pool.map(List.of(1), Inputs::square)).isInstanceOf(BrokenPoolException.class);
                assertThatThrownBy(() -> pool.imap(List.of(1), Inputs::square).toList())
                        .isInstanceOf(BrokenPoolException.class);
                assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(BrokenPoolException.class);
            }
            pool.close();
            assertThat(pool.isTerminated()).isTrue();
        }
    }

    @Test
    @Case(108)
    void shouldEndEveryPendingCallWhenTheInitializerFails() {
        IOException failure = new IOException("no model");
        List<Func<Pool, Object>> verbs = List.of(
                pool -> pool.map(Range.of(0, 100), Inputs::square),
                pool -> pool.mapAsync(Range.of(0, 100), Inputs::square).join(),
                pool -> pool.imap(new Inputs.Counter(), Inputs::square).toList(),
                pool -> pool.outcomes(new Inputs.Counter(), Inputs::square).toList(),
                pool -> List.of(1, 2).stream()
                        .gather(pool.mapping(Inputs::square))
                        .toList());
        for (Func<Pool, Object> verb : verbs) {
            Pool pool = openWith(2, c -> c.initializer(() -> Failing.run(failure)));
            assertBroken(() -> verb.apply(pool), failure);
        }
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldFailWhatWaitsWhenALaterWorkerBreaks() {
        Gate gate = gate();
        Notes initialized = notes();
        IOException failure = new IOException("only one worker can start");
        Pool pool =
                openWith(1, c -> c.initializer(() -> initialized.add("once") == 1 ? 1 : Failing.<Integer>run(failure)));
        CompletableFuture<Integer> running = pool.submit(() -> gate.passStubbornly(1));
        gate.awaitArrivals(1);
        CompletableFuture<Integer> waiting = pool.submit(() -> 2);
        running.cancel(true);
        assertBroken(waiting::join, failure);
    }

    @Test
    @Case(161)
    void shouldRunTheExitFunctionOnceInEachWorker() {
        Notes initialized = notes();
        Pool pool = openWith(
                3,
                c -> c.initializer(() -> initialized.add("once"))
                        .exit(() -> Worker.current().state()));
        assertThat(pool.with(o -> o.chunk(1)).map(Range.of(0, 50), Inputs::square))
                .hasSize(50);
        pool.close();
        assertThat(pool.exitResults())
                .hasSize(initialized.count())
                .doesNotHaveDuplicates()
                .doesNotContainNull();
    }

    @Test
    void shouldGatherWhatWorkersReturnAtTheirEnd() {
        Pool pool = openWith(
                4,
                c -> c.initializer(AtomicInteger::new)
                        .exit(() -> Worker.current().state(AtomicInteger.class).get()));
        pool.forEach(Range.of(1, 101), n -> {
            Worker.current().state(AtomicInteger.class).addAndGet(n);
        });
        pool.close();
        assertThat(pool.exitResults().stream().mapToInt(sum -> (Integer) sum).sum())
                .isEqualTo(5_050);
    }

    @Test
    void shouldTerminateAlthoughTheExitFunctionFails() {
        Pool pool =
                openWith(2, c -> c.exit(() -> Failing.run(new IOException("thrown by an exit function of a test"))));
        assertThat(pool.map(List.of(1), Inputs::square)).containsExactly(1);
        pool.close();
        assertThat(pool.isTerminated()).isTrue();
        assertThat(pool.exitResults()).isEmpty();
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "a serial pool never gives up its only worker")
    void shouldNotRunTheExitFunctionInAWorkerThatWasGivenUp() {
        Gate gate = gate();
        Notes left = notes();
        Notes givenUp = notes();
        Pool pool = openWith(1, c -> c.exit(() -> left.add(Worker.current().id())));
        Duration limit = sharesMemory() ? Duration.ofMillis(300) : Duration.ofSeconds(2); // it must have begun by then
        assertThatThrownBy(() -> pool.with(o -> o.timeout(limit)).map(List.of(1), n -> {
                    givenUp.add(Worker.current().id());
                    return gate.passStubbornly(n);
                }))
                .isInstanceOf(TaskTimeoutException.class);
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        gate.open();
        pool.close();
        assertThat(givenUp.all()).hasSize(1);
        assertThat(left.all()).isNotEmpty().doesNotContainAnyElementsOf(givenUp.all());
    }

    private void assertBroken(Job<?> call, Throwable failure) {
        assertThatThrownBy(call::call).satisfies(thrown -> {
            boolean direct = thrown instanceof BrokenPoolException || thrown.getCause() == null;
            assertThat(direct ? thrown : thrown.getCause())
                    .isInstanceOf(BrokenPoolException.class)
                    .cause()
                    .is(theSame(failure));
        });
    }
}
