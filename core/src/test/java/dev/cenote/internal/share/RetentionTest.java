// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cenote.Pool;
import dev.cenote.SharedEvent;
import dev.cenote.SharedLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How long objects are kept that were sent to other processes.
@Timeout(60)
@SuppressWarnings("LockNotBeforeTry") // a lock that is not given back is the subject
class RetentionTest {

    private static final int MANY = 100;

    @BeforeEach
    void withoutGrace() {
        System.setProperty("dev.cenote.share.grace", "0");
    }

    @AfterEach
    void withGrace() {
        System.clearProperty("dev.cenote.share.grace");
    }

    @Test
    void objectsThatNobodyHas_areForgotten() {
        int before = Home.count();
        SharedEvent kept = new SharedEvent();
        SharedLock held = new SharedLock();
        try (Pool pool = Pool.processes(1)) {
            pool.call(() -> {
                held.lock();
                return kept.isSet();
            });
            AtomicInteger rounds = new AtomicInteger();
            await().atMost(Duration.ofSeconds(50)).until(() -> {
                use(pool);
                pool.call(() -> {
                    System.gc();
                    return 0;
                });
                System.gc();
                return rounds.incrementAndGet() >= 6 && Home.count() < before + 4 * MANY;
            });
            assertThat(pool.call(() -> kept.isSet() || held.isHeldByCurrentThread()))
                    .isTrue();
        }
        assertThat(held.tryLock()).isTrue();
        assertThat(held.wasAbandoned()).isTrue();
    }

    private static void use(Pool pool) {
        List<SharedEvent> events = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            SharedEvent event = new SharedEvent();
            events.add(event);
            assertThat(pool.call(event::isSet)).isFalse();
        }
        assertThat(pool.call(() -> events.stream().anyMatch(SharedEvent::isSet)))
                .isFalse();
    }
}
