// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Func;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Many callers, many calls, many items at once.
public abstract class LoadContract extends EngineContract {

    @Test
    void shouldServeThousandsOfCallersAtOnce() {
        Pool pool = openWith(2);
        List<CompletableFuture<Integer>> sums = atOnce(
                2_000,
                n -> pool.map(List.of(n, n, n), m -> m + 1).stream()
                        .mapToInt(m -> m)
                        .sum());
        for (int i = 0; i < sums.size(); i++) {
            assertThat(sums.get(i).orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(3 * (i + 1));
        }
        assertThat(pool.stats().done()).isEqualTo(6_000);
    }

    @Test
    void shouldServeManyLazyCallsAtOnce() {
        Pool pool = openWith(2);
        List<CompletableFuture<Integer>> sums = atOnce(200, n -> {
            try (Results<Integer> results = pool.with(o -> o.ahead(3)).iterate(new Inputs.Counter(), m -> m + n)) {
                return results.next() + results.next() + results.next() + results.next();
            }
        });
        for (int i = 0; i < sums.size(); i++) {
            assertThat(sums.get(i).orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(4 * i + 6);
        }
    }

    @Test
    void shouldRunManySmallJobs() {
        Pool pool = openWith(4);
        List<CompletableFuture<Integer>> futures =
                IntStream.range(0, 20_000).mapToObj(n -> pool.submit(() -> n)).toList();
        for (int i = 0; i < futures.size(); i++) {
            assertThat(futures.get(i).join()).isEqualTo(i);
        }
        assertThat(pool.stats().done()).isEqualTo(20_000);
    }

    @Test
    void shouldRunManyItems() {
        Pool pool = openWith(4);
        assertThat(pool.imap(Range.of(0, 50_000), n -> n % 2 == 0 ? 1 : 0)
                        .mapToInt(n -> n)
                        .sum())
                .isEqualTo(25_000);
        assertThat(pool.map(Range.of(0, 200_000), n -> n)).isEqualTo(Range.of(0, 200_000));
    }

    @Test
    void shouldMixEverythingAtOnce() {
        Pool pool = openWith(3);
        List<CompletableFuture<Integer>> ends = atOnce(300, n -> switch (n % 6) {
            case 0 -> pool.map(Range.of(0, 50), Inputs::square).size();
            case 1 ->
                pool.outcomes(Range.of(0, 50), m -> m % 5 == 0 ? Failing.<Integer>run(new IOException()) : m)
                        .toList()
                        .size();
            case 2 ->
                (int) pool.imapUnordered(Range.of(0, 50), Inputs::square)
                        .skip(0)
                        .count();
            case 3 ->
                sharesMemory()
                        ? pool.submit(() -> pool.map(Range.of(0, 50), Inputs::square)
                                        .size())
                                .join()
                        : pool.submit(() -> Inputs.squares(50).size()).join();
            case 4 -> {
                CompletableFuture<List<Integer>> cancelled = pool.mapAsync(Range.of(0, 50), Inputs::square);
                cancelled.cancel(n % 4 == 0);
                yield 50;
            }
            default ->
                pool.with(o -> o.retries(1).chunk(3))
                        .map(Range.of(0, 50), Inputs::square)
                        .size();
        });
        assertThat(ends)
                .allSatisfy(end ->
                        assertThat(end.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(50));
        pool.close();
        assertThat(pool.stats().queued()).isZero();
        assertThat(pool.stats().running()).isZero();
    }

    @Test
    void shouldKeepManyPoolsApart() {
        int count = sharesMemory() ? 50 : 10;
        List<Pool> pools = IntStream.range(0, count).mapToObj(_ -> openWith(2)).toList();
        List<CompletableFuture<Integer>> sizes = atOnce(
                4 * count,
                n -> pools.get(n % count).map(Range.of(0, 20), Inputs::square).size());
        assertThat(sizes)
                .allSatisfy(size ->
                        assertThat(size.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(20));
        assertThat(pools).allSatisfy(pool -> assertThat(pool.stats().done()).isEqualTo(80));
    }

    /// Starts this many threads, lets them go together, and gives the futures of what they return.
    private static List<CompletableFuture<Integer>> atOnce(int callers, Func<Integer, Integer> call) {
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<Integer>> results = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            int n = i;
            CompletableFuture<Integer> result = new CompletableFuture<>();
            results.add(result);
            Thread.startVirtualThread(() -> {
                try {
                    go.await();
                    result.complete(call.apply(n));
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
        }
        go.countDown();
        return results;
    }
}
