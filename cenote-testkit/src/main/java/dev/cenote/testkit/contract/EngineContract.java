// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.testkit.LeakAudit;
import dev.cenote.testkit.Trait;
import dev.cenote.testkit.internal.ConformanceReport;
import dev.cenote.testkit.internal.Gate;
import dev.cenote.testkit.internal.HangReport;
import dev.cenote.testkit.internal.HasEngine;
import dev.cenote.testkit.internal.NeededTraits;
import dev.cenote.testkit.internal.Waits;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What every contract has: the engine, pools that are closed after the test, gates that are opened after it, the
/// audit and the time limit.
@ExtendWith({NeededTraits.class, ConformanceReport.class, LeakAudit.class, HangReport.class})
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class EngineContract implements HasEngine {

    private final List<Pool> opened = new CopyOnWriteArrayList<>();
    private final List<Gate> gates = new CopyOnWriteArrayList<>();

    /// {@return a pool as the engine makes it by default}
    final Pool open() {
        return open(c -> c);
    }

    /// {@return a pool with a changed configuration}
    final Pool open(UnaryOperator<PoolConfig> change) {
        Pool pool = engine().factory().open(change);
        opened.add(pool);
        return pool;
    }

    /// {@return a pool with exactly this many workers where the engine has a limit, and otherwise its default}
    final Pool openWith(int workers) {
        return openWith(workers, c -> c);
    }

    /// {@return a pool with exactly this many workers where the engine has a limit, and otherwise its default}
    final Pool openWith(int workers, UnaryOperator<PoolConfig> change) {
        return engine().has(Trait.LIMITED) ? open(c -> change.apply(c.workers(workers))) : open(change);
    }

    /// {@return a gate that is opened after the test}
    final Gate gate() {
        Gate gate = new Gate();
        gates.add(gate);
        return gate;
    }

    @AfterEach
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void closeEverything() throws InterruptedException {
        gates.forEach(Gate::open);
        for (Pool pool : opened) {
            List<Runnable> _ = pool.shutdownNow();
            assertThat(pool.awaitTermination(Waits.LONG.toSeconds(), TimeUnit.SECONDS))
                    .as("%s terminates", pool.name())
                    .isTrue();
        }
        opened.clear();
    }
}
