// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Pool;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.Waits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The future of a submitted job, in each of its states.
public abstract class FutureContract extends EngineContract {

    @SuppressWarnings("StaticAssignmentOfThrowable") // that it is this very one is what is tested
    private static final IOException FAILURE = new IOException("a job of a test");

    @Test
    @Case(124)
    void shouldTellACallbackHowItEnded() {
        Pool pool = openWith(2);
        CompletableFuture<Object> value = new CompletableFuture<>();
        CompletableFuture<Object> error = new CompletableFuture<>();
        pool.submit(() -> 1).whenComplete((v, _) -> value.complete(v));
        pool.submit(FutureContract::fail).whenComplete((_, e) -> error.complete(e));
        assertThat(value.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(1);
        assertThat(error.orTimeout(10, TimeUnit.SECONDS).join())
                .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                .is(theSame(FAILURE));
    }

    @Test
    @Case(124)
    @Needs(Trait.CONCURRENT)
    void shouldTellACallbackThatItWasCancelled() {
        Gate gate = gate();
        CompletableFuture<Integer> future = openWith(1).submit(() -> gate.pass(1));
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        future.whenComplete((_, e) -> seen.set(e));
        future.cancel(true);
        assertThat(seen.get()).isInstanceOf(CancellationException.class);
    }

    @Test
    @Case(125)
    void shouldRunTheOtherCallbackWhenOneThrows() {
        Pool pool = openWith(1);
        CompletableFuture<Integer> future = pool.submit(() -> 1);
        CompletableFuture<Integer> bad = future.whenComplete((_, _) -> {
            throw new IllegalStateException("a callback of a test");
        });
        CompletableFuture<Integer> good = future.whenComplete((_, _) -> {});
        assertThat(good.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(1);
        assertThatThrownBy(bad::join).hasMessageContaining("a callback of a test");
        assertThat(future.join()).isEqualTo(1);
        assertThat(pool.submit(() -> 2).join()).isEqualTo(2);
    }

    @Test
    @Case(126)
    void shouldRunALateCallbackAtOnceInItsOwnThread() {
        Pool pool = openWith(1);
        CompletableFuture<Integer> done = pool.submit(() -> 1);
        CompletableFuture<Object> failed = pool.submit(FutureContract::fail);
        Waits.eventually("both are done", () -> done.isDone() && failed.isDone());
        for (CompletableFuture<?> future : List.of(done, failed)) {
            List<Thread> threads = new ArrayList<>();
            future.whenComplete((_, _) -> threads.add(Thread.currentThread()));
            assertThat(threads).containsExactly(Thread.currentThread());
            assertThat(future.whenComplete((_, _) -> {
                        throw new IllegalStateException("a callback of a test");
                    }))
                    .isCompletedExceptionally();
        }
    }

    @Test
    @Case(128)
    void shouldRefuseToCancelWhatIsDone() {
        Pool pool = openWith(1);
        CompletableFuture<Integer> done = pool.submit(() -> 1);
        CompletableFuture<Object> failed = pool.submit(FutureContract::fail);
        Waits.eventually("both are done", () -> done.isDone() && failed.isDone());
        for (CompletableFuture<?> future : List.of(done, failed)) {
            assertThat(future.cancel(true)).isFalse();
            assertThat(future.isCancelled()).isFalse();
        }
        assertThat(done.join()).isEqualTo(1);
    }

    @Test
    @Case({128, 129})
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldKnowItsState() {
        Gate gate = gate();
        Pool pool = openWith(1);
        CompletableFuture<Integer> running = pool.submit(() -> gate.pass(1));
        CompletableFuture<Integer> pending = pool.submit(() -> 2);
        CompletableFuture<Integer> cancelled = pool.submit(() -> 3);
        CompletableFuture<Object> failed = pool.submit(FutureContract::fail);
        gate.awaitArrivals(1);
        assertState(running, Future.State.RUNNING);
        assertState(pending, Future.State.RUNNING);
        assertThat(cancelled.cancel(false)).isTrue();
        assertThat(cancelled.cancel(false)).as("again").isTrue();
        assertState(cancelled, Future.State.CANCELLED);
        gate.open();
        assertThat(running.join()).isEqualTo(1);
        assertState(running, Future.State.SUCCESS);
        Waits.eventually("the failing job is done", failed::isDone);
        assertState(failed, Future.State.FAILED);
    }

    @Test
    @Case({130, 132})
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldAnswerAtOnce() throws Exception {
        Gate gate = gate();
        Pool pool = openWith(1);
        CompletableFuture<Integer> running = pool.submit(() -> gate.pass(1));
        CompletableFuture<Integer> pending = pool.submit(() -> 2);
        CompletableFuture<Integer> cancelled = pool.submit(() -> 3);
        CompletableFuture<Object> failed = pool.submit(FutureContract::fail);
        cancelled.cancel(true);
        for (Future<?> future : List.of(running, pending)) {
            assertThatThrownBy(() -> future.get(0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> future.get(-1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            assertThatThrownBy(future::exceptionNow).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(future::resultNow).isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> cancelled.get(0, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(cancelled::exceptionNow).isInstanceOf(IllegalStateException.class);
        gate.open();
        assertThat(pending.join()).isEqualTo(2);
        assertThat(running.get(0, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(running.resultNow()).isEqualTo(1);
        assertThatThrownBy(running::exceptionNow).isInstanceOf(IllegalStateException.class);
        Waits.eventually("the failing job is done", failed::isDone);
        assertThatThrownBy(() -> failed.get(0, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .is(theSame(FAILURE));
        assertThat(failed.exceptionNow()).is(theSame(FAILURE));
    }

    @Test
    @Case(133)
    void shouldKeepItsFirstOutcome() {
        Pool pool = openWith(1);
        CompletableFuture<Integer> done = pool.submit(() -> 1);
        CompletableFuture<Object> failed = pool.submit(FutureContract::fail);
        Waits.eventually("both are done", () -> done.isDone() && failed.isDone());
        assertThat(done.complete(2)).isFalse();
        assertThat(done.completeExceptionally(new IOException("too late"))).isFalse();
        assertThat(failed.complete(2)).isFalse();
        assertThat(done.join()).isEqualTo(1);
        assertThat(failed.exceptionNow()).is(theSame(FAILURE));
    }

    @Test
    @Case(133)
    @Needs(Trait.CONCURRENT)
    void shouldKeepAnOutcomeThatWasSetFromOutside() {
        Gate gate = gate();
        Pool pool = openWith(1);
        CompletableFuture<Integer> future = pool.submit(() -> gate.pass(1));
        gate.awaitArrivals(1);
        assertThat(future.complete(2)).isTrue();
        gate.open();
        Waits.eventually("the job has ended", () -> pool.stats().running() == 0);
        assertThat(future.join()).isEqualTo(2);
        assertThat(pool.submit(() -> 3).join()).isEqualTo(3);
    }

    @Test
    @Needs({Trait.CONCURRENT, Trait.LIMITED})
    void shouldNotStartAJobWhoseOutcomeWasSetFromOutside() {
        Gate gate = gate();
        Pool pool = openWith(1);
        CompletableFuture<Integer> first = pool.submit(() -> gate.pass(1));
        CompletableFuture<Integer> second = pool.submit(() -> gate.pass(2));
        gate.awaitArrivals(1);
        assertThat(second.complete(3)).isTrue();
        gate.open();
        assertThat(first.join()).isEqualTo(1);
        assertThat(pool.submit(() -> 4).join()).isEqualTo(4);
        assertThat(second.join()).isEqualTo(3);
        assertThat(gate.arrivals()).isEqualTo(1);
    }

    @Test
    void shouldDeliverTheSameExceptionToEachReader() {
        CompletableFuture<Object> failed = openWith(1).submit(FutureContract::fail);
        Waits.eventually("it has failed", failed::isDone);
        Throwable failure = failed.exceptionNow();
        assertThat(failure).is(theSame(FAILURE));
        int before = failure.getSuppressed().length; // other tests have thrown it too
        for (int again = 0; again < 3; again++) {
            assertThatThrownBy(failed::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);
        }
        assertThat(failure.getSuppressed()).as("what reading has added").hasSize(before);
    }

    @Test
    void shouldComposeWithOtherFutures() {
        Pool pool = openWith(2);
        CompletableFuture<Integer> sum = pool.submit(() -> 1)
                .thenCombine(pool.submit(() -> 2), Integer::sum)
                .thenCompose(n -> pool.submit(() -> n * 2));
        assertThat(sum.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(6);
        CompletableFuture.allOf(pool.submit(() -> 1), pool.mapAsync(List.of(1), Inputs::square))
                .join();
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = "the stages of a CompletableFuture do not leave their process")
    void shouldRunTheStagesOfOtherFutures() {
        Pool pool = openWith(2);
        assertThat(CompletableFuture.supplyAsync(() -> 7, pool).join()).isEqualTo(7);
        assertThat(pool.submit(() -> 3).thenApplyAsync(n -> n * 2, pool).join()).isEqualTo(6);
    }

    private static Object fail() throws IOException {
        throw FAILURE;
    }

    private static void assertState(CompletableFuture<?> future, Future.State state) {
        assertThat(future.state()).isEqualTo(state);
        assertThat(future.isDone()).isEqualTo(state != Future.State.RUNNING);
        assertThat(future.isCancelled()).isEqualTo(state == Future.State.CANCELLED);
        assertThat(future.isCompletedExceptionally())
                .isEqualTo(state == Future.State.CANCELLED || state == Future.State.FAILED);
    }
}
