// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cenote.Pool;
import dev.cenote.Progress;
import dev.cenote.Range;
import dev.cenote.Results;
import dev.cenote.Worker;
import dev.cenote.testkit.internal.Waits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What a progress listener hears.
public abstract class ProgressContract extends EngineContract {

    private final List<Progress> reports = Collections.synchronizedList(new ArrayList<>());

    @Test
    void shouldReportTheEndOfAMap() {
        Pool pool = openWith(2);
        assertThat(pool.with(o -> o.progress(reports::add).name("squares")).map(Range.of(0, 100), Inputs::square))
                .hasSize(100);
        Progress last = lastReport();
        assertThat(last.name()).isEqualTo("squares");
        assertThat(last.done()).isEqualTo(100);
        assertThat(last.failed()).isZero();
        assertThat(last.total()).isEqualTo(OptionalLong.of(100));
        assertThat(last.elapsed()).isPositive();
        assertThat(reports).filteredOn(Progress::finished).hasSize(1);
    }

    @Test
    void shouldReportHowFarARunningItemIs() {
        Pool pool = openWith(1);
        pool.with(o -> o.progress(reports::add)).forEach(List.of(1), _ -> {
            for (int i = 0; i < 40; i++) {
                Worker.current().progress(0.25);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        });
        assertThat(lastReport().underway()).isZero();
        assertThat(reports)
                .filteredOn(report -> !report.finished())
                .anySatisfy(report -> assertThat(report.underway()).isCloseTo(0.25, within(0.001)));
    }

    @Test
    void shouldReportFailures() {
        Pool pool = openWith(2);
        assertThat(pool.with(o -> o.progress(reports::add))
                        .outcomes(Range.of(0, 20), n -> 10 / (n % 4))
                        .toList())
                .hasSize(20);
        Progress last = lastReport();
        assertThat(last.done()).isEqualTo(15);
        assertThat(last.failed()).isEqualTo(5);
    }

    @Test
    void shouldReportTheEndOfAFailedMap() {
        Pool pool = openWith(1);
        assertThatThrownBy(() -> pool.with(o -> o.progress(reports::add))
                        .map(Range.of(0, 20), n -> n == 5 ? Failing.run(new IOException("e")) : Integer.valueOf(n)))
                .isNotNull();
        assertThat(lastReport().failed()).isEqualTo(1);
    }

    @Test
    void shouldReportTheEndOfAClosedLazyCall() {
        Pool pool = openWith(2);
        try (Results<Integer> results =
                pool.with(o -> o.progress(reports::add)).iterate(new Inputs.Counter(), Inputs::square)) {
            assertThat(results.next()).isZero();
        }
        Progress last = lastReport();
        assertThat(last.total()).isEmpty();
        assertThat(last.done()).isPositive();
    }

    @Test
    void shouldReportTheEndOfAnEmptyMap() {
        Pool pool = openWith(1);
        assertThat(pool.with(o -> o.progress(reports::add)).map(List.<Integer>of(), Inputs::square))
                .isEmpty();
        assertThat(lastReport().total()).isEqualTo(OptionalLong.of(0));
    }

    @Test
    void shouldIgnoreWhatAListenerThrows() {
        Pool pool = openWith(2);
        assertThat(pool.with(o -> o.progress(report -> {
                            reports.add(report);
                            throw new IllegalStateException("thrown by a listener of a test");
                        }))
                        .map(Range.of(0, 50), Inputs::square))
                .isEqualTo(Inputs.squares(50));
        assertThat(lastReport().done()).isEqualTo(50);
    }

    @Test
    void shouldReportOneAtATimeAndNeverBackwards() {
        Pool pool = openWith(4);
        AtomicBoolean inside = new AtomicBoolean();
        AtomicBoolean met = new AtomicBoolean();
        assertThat(pool.with(o -> o.chunk(1).progress(report -> {
                            met.compareAndSet(false, !inside.compareAndSet(false, true));
                            reports.add(report);
                            inside.set(false);
                        }))
                        .map(Range.of(0, 20_000), Inputs::square))
                .hasSize(20_000);
        assertThat(lastReport().done()).isEqualTo(20_000);
        assertThat(met).isFalse();
        assertThat(reports).extracting(Progress::done).isSorted();
        assertThat(reports.getLast().finished()).isTrue();
    }

    private Progress lastReport() {
        Waits.eventually("the last report has come", () -> reports.stream().anyMatch(Progress::finished));
        return reports.getLast();
    }
}
