// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Worker;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a task sees of its caller and of its worker.
public abstract class ContextContract extends EngineContract {

    private static final ScopedValue<String> REQUEST = ScopedValue.newInstance();
    private static final ScopedValue<String> UNNAMED = ScopedValue.newInstance();
    private static final String SCOPED = "a scoped value has no name by which another process could know it";

    @Test
    @Needs(Trait.SHARED_MEMORY)
    void shouldCarryTheContextClassLoader() throws Exception {
        Pool pool = openWith(2);
        try (URLClassLoader one = new URLClassLoader(new URL[0]);
                URLClassLoader two = new URLClassLoader(new URL[0])) {
            for (ClassLoader loader : List.of(one, two, one)) {
                assertThat(withLoader(loader, () -> pool.map(Range.of(0, 50), _ -> loaderHere())))
                        .containsOnly(loader);
                assertThat(withLoader(
                                loader, () -> pool.submit(() -> loaderHere()).join()))
                        .isSameAs(loader);
                assertThat(withLoader(
                                loader,
                                () -> pool.imap(() -> loadersOf(3), seen -> seen == loaderHere())
                                        .toList()))
                        .containsOnly(true);
            }
        }
        assertThat(pool.submit(() -> loaderHere()).join()).isSameAs(loaderHere());
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldFindTheResourcesOfTheContextClassLoaderInAnotherProcess(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("only-there.txt"), "found");
        Pool pool = openWith(1);
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            assertThat(withLoader(loader, () -> pool.map(List.of("only-there.txt"), name -> resource(name))))
                    .containsExactly("found");
            assertThat(withLoader(
                            loader,
                            () -> pool.submit(() -> resource("only-there.txt")).join()))
                    .isEqualTo("found");
        }
        assertThat(pool.submit(() -> resource("only-there.txt")).join()).isEqualTo("nothing");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = loaderHere().getResourceAsStream(name)) {
            return in == null ? "nothing" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @Needs(Trait.ISOLATED)
    void shouldCarryNamedScopedValuesToTheInputOnlyWhenTasksAreElsewhere() throws Exception {
        Pool pool = openWith(1, c -> c.carry(REQUEST));
        ScopedValue.where(REQUEST, "here").call(() -> {
            assertThat(pool.imap(
                            () -> List.of(REQUEST.get()).iterator(), seen -> seen + (REQUEST.isBound() ? "!" : ".")))
                    .containsExactly("here.");
            return 0;
        });
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = SCOPED)
    void shouldCarryNamedScopedValues() throws Exception {
        Pool pool = openWith(2, c -> c.carry(REQUEST));
        for (String request : List.of("one", "two")) {
            ScopedValue.where(REQUEST, request).call(() -> {
                assertThat(pool.map(Range.of(0, 50), _ -> REQUEST.get())).containsOnly(request);
                assertThat(pool.submit(() -> REQUEST.get()).join()).isEqualTo(request);
                assertThat(pool.mapAsync(List.of(1), _ -> REQUEST.get()).join()).containsExactly(request);
                assertThat(pool.imap(() -> List.of(REQUEST.get()).iterator(), seen -> seen + "/" + REQUEST.get()))
                        .containsExactly(request + "/" + request);
                assertThat(List.of(1).stream().gather(pool.mapping(_ -> REQUEST.get())))
                        .containsExactly(request);
                return 0;
            });
        }
        assertThat(pool.map(Range.of(0, 50), _ -> REQUEST.isBound())).containsOnly(false);
    }

    @Test
    @Needs(value = Trait.SHARED_MEMORY, because = SCOPED)
    void shouldCarryScopedValuesIntoNestedCalls() throws Exception {
        Pool pool = openWith(1, c -> c.carry(REQUEST));
        List<String> seen = ScopedValue.where(REQUEST, "outer")
                .call(() -> pool.submit(() -> {
                            String inner = ScopedValue.where(REQUEST, "inner")
                                    .call(() -> pool.map(List.of(1), _ -> REQUEST.get())
                                            .getFirst());
                            return List.of(
                                    inner,
                                    REQUEST.get(),
                                    pool.submit(() -> REQUEST.get()).join());
                        })
                        .join());
        assertThat(seen).containsExactly("inner", "outer", "outer");
    }

    @Test
    @Needs(value = Trait.CONCURRENT, because = "a serial pool's task is in the scope of its caller")
    void shouldNotCarryOtherScopedValues() throws Exception {
        Pool pool = openWith(2, c -> c.carry(REQUEST));
        boolean bound = ScopedValue.where(UNNAMED, "x")
                .call(() -> pool.submit(() -> UNNAMED.isBound()).join());
        assertThat(bound).isFalse();
    }

    @Test
    void shouldKnowTheWorkerOfATask() {
        Pool pool = openWith(3, c -> c.name("known"));
        assertThat(pool.map(Range.of(0, 100), n -> {
                    Worker worker = Worker.current();
                    assertThat(worker.pool()).isEqualTo("known");
                    assertThat(worker.id()).isPositive();
                    assertThat(worker.name()).isEqualTo("known-" + worker.id());
                    assertThat(worker.attempt()).isEqualTo(1);
                    assertThat(worker.cancelled()).isFalse();
                    assertThat(worker.index()).isEqualTo((long) n);
                    return worker.index();
                }))
                .isEqualTo(Range.of(0L, 100L));
        assertThat(pool.submit(() -> Worker.current().index()).join()).isEqualTo(-1);
        assertThat(IntStream.range(0, 10)
                        .boxed()
                        .gather(pool.mapping(_ -> Worker.current().index()))
                        .toList())
                .isEqualTo(Range.of(0L, 10L));
    }

    @Test
    void shouldKnowNoWorkerOutsideATask() {
        assertThatThrownBy(Worker::current).isInstanceOf(IllegalStateException.class);
        Pool pool = openWith(1);
        assertThat(pool.submit(() -> Worker.current().id()).join()).isPositive();
        assertThatThrownBy(Worker::current).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldGiveEachWorkerOneThread() {
        Pool pool = openWith(4);
        Map<Integer, Set<String>> places = new HashMap<>();
        pool.with(o -> o.chunk(1))
                .map(Range.of(0, 500), _ -> Map.entry(Worker.current().id(), Inputs.here()))
                .forEach(seen -> places.computeIfAbsent(seen.getKey(), _ -> new HashSet<>())
                        .add(seen.getValue()));
        assertThat(places.values()).allMatch(seen -> seen.size() == 1);
    }

    private static ClassLoader loaderHere() {
        return Objects.requireNonNull(Thread.currentThread().getContextClassLoader());
    }

    private static Iterator<ClassLoader> loadersOf(int items) {
        return IntStream.range(0, items)
                .mapToObj(_ -> Thread.currentThread().getContextClassLoader())
                .iterator();
    }

    private static <R extends @Nullable Object> R withLoader(ClassLoader loader, Callable<R> call) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
