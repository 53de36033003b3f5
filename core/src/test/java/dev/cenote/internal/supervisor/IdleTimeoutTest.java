// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cenote.Pool;
import dev.cenote.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Worker processes that end when they have had nothing to do for a while.
@Timeout(60)
class IdleTimeoutTest {

    @TempDir
    private Path folder;

    private static boolean areGone(Set<Long> pids) {
        return pids.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    }

    @Test
    void idleWorkers_endInOrder_andComeBack() throws Exception {
        try (Pool pool = Pool.processes(c -> c.workers(2)
                .idleTimeout(Duration.ofMillis(100))
                .initializer(() -> "state")
                .exit(() -> Worker.current().state(String.class) + " of "
                        + Worker.current().id()))) {
            Set<Long> first = Meeting.of(pool, 2, folder);
            assertThat(first).hasSize(2);
            await().until(() -> areGone(first));
            await().until(() -> pool.stats().workers() == 0);
            await().untilAsserted(() ->
                    assertThat(pool.exitResults().toArray()).containsExactlyInAnyOrder("state of 1", "state of 2"));
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().contains(pool.name()));

            assertThat(Meeting.of(pool, 2, folder)).hasSize(2).doesNotContainAnyElementsOf(first);
            assertThat(pool.stats().restarts()).isZero();
        }
    }
}
