// SPDX-License-Identifier: Apache-2.0
package dev.cenote.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedObjectGoneException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Objects that a pool shares by an interface.
@Timeout(60)
@SuppressWarnings("ModifyCollectionInEnhancedForLoop") // iterators go through a copy, which is tested
class SharedObjectTest {

    private static Pool threads;
    private static Pool processes;

    @BeforeAll
    static void open() {
        threads = Pool.threads(2);
        processes = Pool.processes(2);
    }

    @AfterAll
    static void close() {
        threads.close();
        processes.close();
    }

    static List<Pool> pools() {
        return List.of(threads, processes);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void list_isFilledByTasks(Pool pool) {
        List<Integer> list = pool.share(List.class, new ArrayList<>());
        pool.forEach(Range.of(0, 50), list::add);
        assertThat(list).hasSize(50).containsAll(Range.of(0, 50));
        List<Integer> none = new ArrayList<>();
        processes.forEach(Range.of(0, 50), none::add);
        assertThat(none).as("a list that is not shared is copied").isEmpty();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void map_isChangedByDefaultMethodsAtOnce(Pool pool) {
        Map<String, Integer> counts = pool.share(Map.class, new HashMap<>());
        pool.forEach(Range.of(0, 100), i -> counts.merge(i % 2 == 0 ? "even" : "odd", 1, Integer::sum));
        assertThat(pool.call(() -> counts.computeIfAbsent("none", key -> key.length())))
                .isEqualTo(4);
        assertThat(Map.copyOf(counts)).isEqualTo(Map.of("even", 50, "odd", 50, "none", 4));
        assertThat(pool.call(() -> counts.getOrDefault("other", 7) + counts.size()))
                .isEqualTo(10);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void iteratorsAndViews_areOfTheMoment(Pool pool) {
        Map<String, Integer> map = pool.share(Map.class, new TreeMap<>(Map.of("a", 1, "b", 2)));
        List<Integer> list = pool.share(List.class, new ArrayList<>(List.of(3, 1, 2)));
        String seen = pool.call(() -> {
            Set<String> keys = map.keySet();
            for (String key : keys) {
                map.put(key + key, 0);
            }
            list.sort(null);
            for (int i : list) {
                list.add(i + 10);
            }
            list.removeIf(i -> i == 11);
            list.replaceAll(i -> i + 1);
            ListIterator<Integer> end = list.listIterator(list.size());
            end.previous();
            end.set(100);
            return keys + " " + map.entrySet() + " "
                    + list.stream().mapToInt(i -> i).sum();
        });
        assertThat(seen).isEqualTo("[a, b] [a=1, aa=0, b=2, bb=0] 122");
        assertThat(List.copyOf(list)).containsExactly(2, 3, 4, 13, 100);
        Iterator<Integer> iterator = list.iterator();
        iterator.next();
        iterator.remove();
        assertThat(list.subList(0, 2)).containsExactly(3, 4);
        assertThatThrownBy(() -> list.subList(0, 2).add(1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> map.keySet().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void objectMethods_areThoseOfTheObject(Pool pool) {
        Set<String> set = pool.share(Set.class, new LinkedHashSet<>(Set.of("x")));
        assertThat(pool.call(() ->
                        set.equals(Set.of("x")) + " " + List.of(set).contains(set) + " " + set + " " + set.hashCode()))
                .isEqualTo("true true [x] " + Set.of("x").hashCode());
        assertThat(set).isEqualTo(Set.of("x"));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void sharedObjects_stayWhatTheyAreInsideOthers(Pool pool) {
        Map<String, List<Integer>> outer = pool.share(Map.class, new HashMap<>());
        List<Integer> inner = pool.share(List.class, new ArrayList<>());
        pool.call(() -> {
            outer.put("inner", inner);
            return outer.get("inner").add(1);
        });
        assertThat(outer.get("inner")).isSameAs(inner);
        outer.clear();
        assertThat(pool.call(() -> inner.get(0))).isEqualTo(1);
    }

    /// An interface of the user, with what interfaces can have.
    interface Account {
        long deposit(long amount) throws IOException;

        UnaryOperator<String> function();

        Stream<Long> history();

        default String describe() {
            return "an account";
        }

        default String describe(UnaryOperator<String> as) {
            return as.apply(describe());
        }

        Object unshippable();
    }

    static final class Plain implements Account {

        private final Thread home = Thread.currentThread();
        private final List<Long> history = new ArrayList<>();
        private long sum;

        @Override
        public long deposit(long amount) throws IOException {
            if (amount < 0) {
                throw new IOException("amount " + amount);
            }
            history.add(amount);
            sum += amount;
            return sum;
        }

        @Override
        public UnaryOperator<String> function() {
            return text -> text;
        }

        @Override
        public Stream<Long> history() {
            return history.stream();
        }

        @Override
        public String describe() {
            return "an account with " + sum;
        }

        @Override
        public Object unshippable() {
            return home;
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void anyInterface_canBeShared(Pool pool) {
        Account account = pool.share(Account.class, new Plain());
        pool.forEach(Range.of(0, 10), i -> {
            var _ = account.deposit(i);
        });
        String described = pool.call(() -> account.describe());
        assertThat(described).isEqualTo("an account with 45");
        assertThat(pool.call(() -> account.describe(String::toUpperCase))).isEqualTo("AN ACCOUNT WITH 45");
        assertThat(pool.call(() -> account.history().mapToLong(i -> i).sum())).isEqualTo(45);
        Job<String> fails = () -> {
            try {
                return "deposited " + account.deposit(-1);
            } catch (IOException e) {
                return e.getMessage();
            }
        };
        assertThat(pool.call(fails)).isEqualTo("amount -1");
    }

    @Test
    void resultThatCannotTravel_failsTheCallOnly() {
        Account account = processes.share(Account.class, new Plain());
        assertThatThrownBy(() -> processes.call(() -> account.unshippable().hashCode()))
                .hasMessageContaining("java.lang.Thread");
        assertThat(processes.call(() -> account.deposit(1))).isEqualTo(1);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void interfacesOfConcurrency_mayBlock(Pool pool) throws Exception {
        BlockingQueue<String> queue = pool.share(BlockingQueue.class, new LinkedBlockingQueue<>());
        CompletableFuture<String> taken = pool.submit((Job<String>) queue::take);
        pool.call(() -> queue.offer("a"));
        assertThat(taken.get()).isEqualTo("a");
    }

    @Test
    void whatCannotBeShared_isRefused() {
        assertThatThrownBy(() -> threads.share(ArrayList.class, new ArrayList<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("by an interface");
        assertThatThrownBy(() -> threads.share(List.class, "text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String is no java.util.List");
    }

    @Test
    void proxies_endWithTheirPool() {
        for (String engine : List.of("threads", "processes")) {
            List<Integer> list;
            try (Pool pool = Pool.of(engine, c -> c.name("short-lived"))) {
                list = pool.share(List.class, new ArrayList<>());
                List<Integer> shared = list;
                pool.call(() -> shared.add(1));
            }
            assertThatThrownBy(list::size)
                    .isInstanceOf(SharedObjectGoneException.class)
                    .hasMessageContaining("pool \"short-lived\"")
                    .hasMessageContaining("is closed");
            assertThatThrownBy(() -> processes.call(list::size)).hasMessageContaining("is closed");
        }
    }

    /// The lock of an object is not left to a process that died in the middle of a default method.
    @Test
    void killedCaller_doesNotKeepTheObject() {
        Map<String, Integer> map = processes.share(Map.class, new HashMap<>());
        map.put("a", 1);
        CompletableFuture<?> killed = processes.submit(() -> map.computeIfPresent("a", (key, value) -> {
            Runtime.getRuntime().halt(9);
            return 2;
        }));
        assertThatThrownBy(killed::get).hasMessageContaining("exit code 9");
        assertThat(processes.call(() -> map.merge("a", 1, Integer::sum))).isEqualTo(2);
    }
}
