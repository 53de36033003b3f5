// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Progress;
import dev.cenote.TaskTimeoutException;
import dev.cenote.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reports of progress from worker processes, with and without memory that is shared with them.
@Timeout(60)
class ProgressTest {

    private static final String CHANNEL = "dev.cenote.channel";

    @AfterEach
    void restore() {
        System.clearProperty(CHANNEL);
    }

    private static int report(int n) {
        for (int i = 0; i < 60; i++) {
            Worker.current().progress(0.5);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return n;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "socket"})
    void itemThatReports_mayTakeLong_andASilentOneMayNot(String way) {
        System.setProperty(CHANNEL, way);
        try (Pool pool = Pool.processes(2)) {
            List<Outcome<Integer, Integer>> outcomes = pool.with(
                            o -> o.stall(Duration.ofMillis(800)).chunk(1))
                    .<Integer, Integer>outcomes(List.of(0, 1), n -> {
                        if (n == 1) {
                            LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(1));
                        }
                        return report(n);
                    })
                    .toList();
            assertThat(outcomes.getFirst().succeeded()).isTrue();
            assertThatThrownBy(outcomes.getLast()::get)
                    .isInstanceOf(TaskTimeoutException.class)
                    .hasMessageContaining("reported no progress for its limit of 800 ms");
            assertThat(pool.submit(() -> 5).join()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "socket"})
    void listener_hearsHowFarTheItemsAre(String way) {
        System.setProperty(CHANNEL, way);
        List<Progress> reports = new CopyOnWriteArrayList<>();
        try (Pool pool = Pool.processes(1)) {
            pool.with(o -> o.progress(reports::add)).forEach(List.of(0), n -> {
                int _ = report(n);
            });
        }
        assertThat(reports)
                .filteredOn(report -> !report.finished())
                .anySatisfy(report -> assertThat(report.underway()).isCloseTo(0.5, within(0.001)));
        assertThat(reports.getLast().underway()).isZero();
    }
}
