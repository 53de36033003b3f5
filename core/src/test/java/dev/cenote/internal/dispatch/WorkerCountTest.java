// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cenote.Pool;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkerCountTest {

    @Test
    void worker_thatIsGivenUpInItsInitializer_isUncountedOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Pool pool = Pool.threads(c -> c.workers(1).initializer(() -> {
            begun.countDown();
            never.await();
            return 1;
        }));
        CompletableFuture<Integer> job = pool.submit(() -> 1);
        begun.await();
        pool.shutdownNow();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(job).isCancelled();
        await().until(() -> pool.stats().abandoned() == 0);
        assertThat(pool.stats().workers()).isZero();
    }
}
