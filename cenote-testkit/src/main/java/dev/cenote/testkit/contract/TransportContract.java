// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cenote.Codec;
import dev.cenote.NotShippableException;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Faults;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.Notes;
import dev.cenote.testkit.internal.Waits;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What travels to another process and back, and what becomes of what cannot.
public abstract class TransportContract extends EngineContract {

    /// In a worker: what it was given last, if it still has it.
    private static @Nullable WeakReference<Object> last;

    // ---- what cannot travel

    @Test
    @Case(8)
    @Needs(Trait.ISOLATED)
    void shouldFailItemsThatCannotBeWrittenAndNothingElse() {
        Pool pool = openWith(2);
        List<Faults.Unwritable> items = Collections.nCopies(10, new Faults.Unwritable());
        assertThatThrownBy(() -> pool.map(items, Object::hashCode))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContainingAll("item", "never written");
        assertThat(pool.<Object, Integer>outcomes(List.of(1, items.getFirst(), 3), _ -> 7)
                        .map(Outcome::succeeded))
                .containsExactly(true, false, true);
        assertThat(pool.map(Range.of(0, 10), Inputs::square)).isEqualTo(Inputs.squares(10));
        assertThat(pool.stats().restarts()).isZero();
    }

    @Test
    @Case(93)
    @Needs(Trait.ISOLATED)
    void shouldRefuseATaskThatCannotBeWrittenAtTheCall() {
        Pool pool = openWith(2);
        Faults.Unwritable captured = new Faults.Unwritable();
        assertThatThrownBy(() -> pool.submit(() -> captured.hashCode()))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContainingAll("task", "'captured'", "never written");
        assertThatThrownBy(() -> pool.map(List.of(1), _ -> captured.hashCode()))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContaining("'captured'");
        assertThatThrownBy(() -> pool.imap(List.of(1), _ -> captured.hashCode()))
                .isInstanceOf(NotShippableException.class);
        assertThat(pool.stats().workers()).as("nothing was started").isZero();
    }

    @Test
    @Case(104)
    @Needs(Trait.ISOLATED)
    void shouldEndBehindAnItemThatCannotBeWritten() throws Exception {
        Pool pool = openWith(2);
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
        CompletableFuture<List<Integer>> future = pool.mapAsync(List.of(new Faults.Unwritable()), Object::hashCode);
        pool.shutdown();
        assertThatThrownBy(() -> future.orTimeout(10, TimeUnit.SECONDS).join())
                .hasCauseInstanceOf(NotShippableException.class);
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldNameTheInterfaceWhoseLambdasTravel() {
        Pool pool = openWith(1);
        Runnable plain = () -> {};
        assertThatThrownBy(() -> pool.execute(plain))
                .isInstanceOf(NotShippableException.class)
                .hasMessageContainingAll("task", "java.lang.Runnable", "dev.cenote.VoidJob");
        assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> 7, pool))
                .isInstanceOf(NotShippableException.class);
    }

    @Test
    @Case(36)
    @Needs(Trait.ISOLATED)
    void shouldFailTheJobWhoseResultCannotBeWritten() {
        Pool pool = openWith(1);
        long pid = pool.submit(Inputs::pid).join();
        for (int i = 0; i < 20; i++) {
            Notes told = notes();
            CompletableFuture<Object> future = pool.submit(() -> (Object) new Thread("not for you"));
            future.whenComplete((_, error) -> told.add(error));
            Waits.eventually("the job ends", future::isDone);
            assertThat(future.exceptionNow())
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageContainingAll("result", "java.lang.Thread");
            Waits.eventually("the callback was called", () -> told.count() == 1);
            assertThat(told.all().getFirst()).contains("java.lang.Thread");
        }
        assertThat(pool.submit(Inputs::pid).join()).isEqualTo(pid);
    }

    @Test
    @Case(101)
    @Needs(Trait.ISOLATED)
    void shouldFailAnItemWhoseResultThrowsWhenItIsWritten() {
        Pool pool = openWith(1);
        long pid = pool.submit(Inputs::pid).join();
        assertThat(pool.<Integer, Object>outcomes(Range.of(0, 3), n -> n == 1 ? new Faults.Unwritable() : n)
                        .map(Outcome::succeeded))
                .containsExactly(true, false, true);
        assertThatThrownBy(() -> pool.map(List.of(1), _ -> new Faults.Unwritable()))
                .hasMessageContainingAll("result", "never written");
        assertThat(pool.submit(Inputs::pid).join()).isEqualTo(pid);
    }

    @Test
    @Case(102)
    @Needs(Trait.ISOLATED)
    void shouldFailAnItemWhoseResultThrowsWhenItIsRead() {
        Pool pool = openWith(1);
        long pid = pool.submit(Inputs::pid).join();
        assertThat(pool.<Integer, Object>outcomes(Range.of(0, 3), n -> n == 1 ? new Faults.Unreadable() : n)
                        .map(Outcome::succeeded))
                .containsExactly(true, false, true);
        assertThatThrownBy(() -> pool.submit(Faults.Unreadable::new).join())
                .cause()
                .hasMessageContaining("never read");
        assertThat(pool.submit(Inputs::pid).join()).isEqualTo(pid);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldFailAnItemThatThrowsWhenItIsRead() {
        Pool pool = openWith(1);
        long pid = pool.submit(Inputs::pid).join();
        Faults.Unreadable bad = new Faults.Unreadable();
        assertThat(pool.<Object, Integer>outcomes(List.of(1, bad, 3), _ -> 7).map(Outcome::succeeded))
                .containsExactly(true, false, true);
        assertThatThrownBy(() -> pool.submit(() -> bad.hashCode()).join()).hasRootCauseMessage("never read");
        assertThat(pool.submit(Inputs::pid).join()).isEqualTo(pid);
    }

    // ---- exceptions

    @Test
    @Case({28, 76})
    @Needs(Trait.ISOLATED)
    void shouldShowTheFramesOfTheWorkerAboveThoseOfTheCaller() {
        Pool pool = openWith(1);
        IllegalStateException ofMap = catchThrowableOfType(
                IllegalStateException.class, () -> pool.map(List.of(123), TransportContract::failFar));
        CompletableFuture<Integer> job = pool.submit(() -> failFar(123));
        Waits.eventually("the job ends", job::isDone);
        Throwable ofJob = job.exceptionNow();
        for (Throwable thrown : List.of(ofMap, ofJob)) {
            assertThat(thrown).isExactlyInstanceOf(IllegalStateException.class).hasMessage("failed at 123");
            assertThat(thrown.getStackTrace()[0].getMethodName()).isEqualTo("failFar");
            StringWriter printed = new StringWriter();
            thrown.printStackTrace(new PrintWriter(printed));
            assertThat(printed.toString()).contains("failFar", pool.name() + "-1");
            assertThat(thrown.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("the cause");
        }
        assertThat(Arrays.stream(ofMap.getSuppressed()).flatMap(where -> Arrays.stream(where.getStackTrace())))
                .as("the stack of the caller")
                .anyMatch(frame -> frame.getMethodName().equals("shouldShowTheFramesOfTheWorkerAboveThoseOfTheCaller"));
    }

    private static int failFar(int n) {
        throw new IllegalStateException("failed at " + n, new IOException("the cause"));
    }

    @Test
    @Case(29)
    void shouldAddNothingToTheExceptionOfAnInput() {
        IllegalStateException failure = new IllegalStateException("no input");
        int frames = failure.getStackTrace().length;
        assertThatThrownBy(() -> openWith(2).map(Inputs.failingAt(3, failure), Inputs::square))
                .isSameAs(failure)
                .hasNoCause();
        assertThat(failure.getStackTrace()).hasSize(frames);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldStandInForAnExceptionThatCannotTravel() {
        Pool pool = openWith(1);
        long pid = pool.submit(Inputs::pid).join();
        assertThatThrownBy(() -> pool.submit(() -> {
                            throw new Laden(new Thread("not for you"));
                        })
                        .join())
                .cause()
                .hasMessageContainingAll("laden")
                .matches(stand -> stand.getStackTrace().length > 0);
        assertThat(pool.submit(Inputs::pid).join()).isEqualTo(pid);
    }

    /// An exception with a part that cannot travel.
    @SuppressWarnings("serial") // that is its point
    private static final class Laden extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final Thread load;

        Laden(Thread load) {
            super("laden");
            this.load = load;
        }

        @Override
        public String getMessage() {
            return super.getMessage() + " with " + load.getName();
        }
    }

    // ---- values

    @Test
    @Needs(Trait.ISOLATED)
    void shouldBringBackWhatItWasGiven() {
        record Plain(String name, Optional<Integer> size, List<int[]> rows) {}
        Pool pool = openWith(1);
        List<Object> values = Arrays.asList(
                null, true, 'c', 1L, 1.5, "text", "\uD83C\uDF0B", List.of(1, 2), new int[] {1, 2}, Optional.of("x"));
        List<Object> back = pool.map(values, value -> value);
        assertThat(back).hasSameSizeAs(values);
        for (int i = 0; i < back.size(); i++) {
            assertThat(Objects.deepEquals(back.get(i), values.get(i)))
                    .as("%s", values.get(i))
                    .isTrue();
        }
        Plain plain = new Plain("p", Optional.of(3), List.of(new int[] {1}, new int[] {2, 3}));
        assertThat(pool.map(List.of(plain), value -> value).getFirst())
                .usingRecursiveComparison()
                .isEqualTo(plain);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldTakeWhatALambdaCaptures() {
        Pool pool = openWith(1);
        String text = "captured";
        int[] numbers = {1, 2, 3};
        List<String> list = new ArrayList<>(List.of("listed"));
        assertThat(pool.submit(() -> text + numbers.length + list).join()).isEqualTo("captured3[listed]");
        assertThat(pool.submit(text::length).join()).isEqualTo(8);
        assertThat(pool.map(List.of("a", "bb"), String::length)).containsExactly(1, 2);
    }

    @Test
    @Case(106)
    @Needs(Trait.ISOLATED)
    void shouldNotWaitForItselfWhenBothWaysAreFull() {
        Pool pool = openWith(2);
        List<byte[]> items =
                IntStream.range(0, 60).mapToObj(_ -> new byte[700_000]).toList();
        assertThat(pool.map(items, bytes -> new byte[bytes.length + 1]))
                .hasSize(60)
                .allMatch(bytes -> bytes.length == 700_001);
        List<byte[]> small =
                IntStream.range(0, 5_000).mapToObj(_ -> new byte[1_000]).toList();
        assertThat(pool.with(o -> o.chunk(1_000)).map(small, bytes -> bytes)).hasSize(5_000);
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldUseTheCodecOfTheUser() {
        Pool pool = openWith(1, c -> c.codec(new Shouting()));
        assertThat(pool.map(List.of("a", "b"), item -> item + "!")).containsExactly("A!", "B!");
    }

    /// Takes texts only, and makes them large.
    private static final class Shouting implements Codec {

        private static final long serialVersionUID = 1L;

        @Override
        public byte[] encode(@Nullable Object value) {
            return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8).toUpperCase(java.util.Locale.ROOT);
        }
    }

    @Test
    @Case(78)
    @Needs(Trait.ISOLATED)
    void shouldForgetInTheWorkerWhatATaskWasGiven() {
        Pool pool = openWith(1);
        pool.forEach(List.of(new ArrayList<>(List.of("item"))), item -> last = new WeakReference<>(item));
        assertForgotten(pool);
        List<String> captured = new ArrayList<>(List.of("captured"));
        assertThat(pool.submit(() -> {
                            last = new WeakReference<>(captured);
                            return captured.size();
                        })
                        .join())
                .isEqualTo(1);
        assertForgotten(pool);
    }

    private static void assertForgotten(Pool pool) {
        Waits.eventually(
                "the worker has forgotten it",
                () -> pool.submit(() -> {
                            System.gc();
                            return Objects.requireNonNull(last).get() == null;
                        })
                        .join());
    }
}
