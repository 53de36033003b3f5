// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Futures;
import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.Results;
import dev.cenote.testkit.Case;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.LogRecorder;
import dev.cenote.testkit.internal.Waits;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a pool keeps alive, and what becomes of a pool that nobody keeps.
public abstract class MemoryContract extends EngineContract {

    @Test
    @Case(32)
    void shouldForgetItemsAndResults() {
        Pool pool = openWith(2);
        List<WeakReference<Object>> items = new ArrayList<>();
        mapFreshObjects(pool, items);
        assertCollected(items);
        assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
    }

    private static void mapFreshObjects(Pool pool, List<WeakReference<Object>> references) {
        List<Fresh> objects = IntStream.range(0, 10).mapToObj(Fresh::new).toList();
        List<Fresh> results = pool.map(objects, object -> object);
        assertThat(results).isEqualTo(objects);
        objects.forEach(object -> references.add(new WeakReference<>(object)));
        results.forEach(object -> references.add(new WeakReference<>(object)));
    }

    /// Something that can travel, and of which there are many.
    record Fresh(int number) {}

    @Test
    @Case(62)
    void shouldForgetAJob() {
        Pool pool = openWith(2);
        List<WeakReference<Object>> owner = new ArrayList<>();
        submitMethodOfAFreshObject(pool, owner);
        assertCollected(owner);
    }

    private static void submitMethodOfAFreshObject(Pool pool, List<WeakReference<Object>> references) {
        StringBuilder object = new StringBuilder("fresh");
        references.add(new WeakReference<>(object));
        assertThat(pool.submit(object::length).join()).isEqualTo(5);
    }

    @Test
    @Case(64)
    void shouldForgetALazyResultWhenItIsRead() {
        Pool pool = openWith(2);
        try (Results<Object> results =
                pool.with(o -> o.ahead(4)).iterate(new Inputs.Counter(), n -> (Object) new Fresh(n))) {
            for (int i = 0; i < 3; i++) {
                assertCollected(List.of(new WeakReference<>(results.next())));
            }
        }
    }

    @Test
    @Case(157)
    void shouldNotKeepTheJobInItsFuture() {
        Pool pool = openWith(2);
        List<WeakReference<Object>> captured = new ArrayList<>();
        CompletableFuture<Integer> future = submitCapturing(pool, captured);
        assertThat(future.join()).isEqualTo(5);
        assertCollected(captured);
        assertThat(future).isDone();
    }

    private static CompletableFuture<Integer> submitCapturing(Pool pool, List<WeakReference<Object>> references) {
        StringBuilder object = new StringBuilder("fresh");
        references.add(new WeakReference<>(object));
        return pool.submit(object::length);
    }

    @Test
    @Case(145)
    void shouldForgetFuturesThatWereYielded() {
        Pool pool = openWith(2);
        List<CompletableFuture<Object>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            futures.add(pool.submit(() -> new Fresh(1)));
        }
        Iterator<CompletableFuture<Object>> yielded =
                Futures.asCompleted(futures).iterator();
        futures.clear();
        for (int i = 0; i < 3; i++) {
            assertCollected(List.of(new WeakReference<>(yielded.next())));
        }
    }

    @Test
    void shouldForgetAnInputWhenItsCallIsClosed() {
        Pool pool = openWith(2);
        List<WeakReference<Object>> inputs = new ArrayList<>();
        closeACall(pool, inputs);
        assertCollected(inputs);
    }

    private static void closeACall(Pool pool, List<WeakReference<Object>> references) {
        Inputs.Counter input = new Inputs.Counter();
        references.add(new WeakReference<>(input));
        try (Results<Integer> results = pool.iterate(input, Inputs::square)) {
            assertThat(results.next()).isZero();
        }
    }

    @Test
    @Case(34)
    void shouldWarnOfAPoolThatIsDroppedUnclosed() {
        try (LogRecorder log = new LogRecorder()) {
            WeakReference<Object> pool = dropAPool("dropped-pool");
            Waits.eventually("a warning names the pool", () -> {
                System.gc();
                return log.warnings().anyMatch(text -> text.contains("dropped-pool"));
            });
            assertThat(pool.get()).isNull();
        }
    }

    private WeakReference<Object> dropAPool(String name) {
        Pool pool = engine().factory().open(c -> c.name(name));
        assertThat(pool.map(List.of(2), Inputs::square)).containsExactly(4);
        return new WeakReference<>(pool);
    }

    @Test
    void shouldNotWarnOfAPoolThatIsClosed() {
        try (LogRecorder log = new LogRecorder()) {
            WeakReference<Object> pool = closeAPool("closed-pool");
            Waits.eventually("the pool is collected", () -> {
                System.gc();
                return pool.get() == null;
            });
            assertThat(log.warnings().filter(text -> text.contains("closed-pool")))
                    .isEmpty();
        }
    }

    private WeakReference<Object> closeAPool(String name) {
        try (Pool pool = engine().factory().open(c -> c.name(name))) {
            assertThat(pool.map(List.of(2), Inputs::square)).containsExactly(4);
            return new WeakReference<>(pool);
        }
    }

    @Test
    @Needs(Trait.CONCURRENT)
    void shouldFinishTheWorkOfAPoolThatIsDropped() {
        CompletableFuture<Integer> future = submitToADroppedPool();
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        assertThat(future.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join())
                .isEqualTo(1);
        System.gc();
    }

    private CompletableFuture<Integer> submitToADroppedPool() {
        Job<Integer> job = () -> {
            System.gc();
            return 1;
        };
        return engine().factory().open(c -> c.name("dropped-with-work")).submit(job);
    }

    static void assertCollected(List<WeakReference<Object>> references) {
        Waits.eventually("the objects are collected", () -> {
            System.gc();
            return references.stream().allMatch(reference -> reference.get() == null);
        });
    }
}
