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
import dev.cenote.testkit.internal.Hub;
import dev.cenote.testkit.internal.NeededTraits;
import dev.cenote.testkit.internal.Notes;
import dev.cenote.testkit.internal.Waits;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What every contract has: the engine, pools that are closed after the test, gates that are opened after it, the
/// audit and the time limit.
@ExtendWith({NeededTraits.class, ConformanceReport.class, LeakAudit.class, HangReport.class})
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class EngineContract implements HasEngine {

    private final List<Pool> opened = new CopyOnWriteArrayList<>();
    private final Hub hub = new Hub();

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
        return hub.gate();
    }

    /// {@return empty notes}
    final Notes notes() {
        return hub.notes();
    }

    /// {@return whether tasks see the objects of the test itself}
    final boolean sharesMemory() {
        return engine().has(Trait.SHARED_MEMORY);
    }

    /// {@return how often to repeat something that costs a pool: a few times where a worker is a process}
    final int rounds(int many) {
        return engine().has(Trait.ISOLATED) ? Math.min(many, 2) : many;
    }

    /// {@return holds for this very exception, or for its copy where tasks run in other processes}
    final Condition<Throwable> theSame(Throwable expected) {
        return sharesMemory()
                ? new Condition<>(actual -> actual == expected, "the very exception")
                : new Condition<>(
                        actual -> actual.getClass() == expected.getClass()
                                && Objects.equals(actual.getMessage(), expected.getMessage()),
                        "a copy of %s: %s",
                        expected.getClass(),
                        expected.getMessage());
    }

    @AfterEach
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void closeEverything() throws InterruptedException {
        hub.openGates();
        for (Pool pool : opened) {
            List<Runnable> _ = pool.shutdownNow();
        }
        for (Pool pool : opened) {
            assertThat(pool.awaitTermination(Waits.LONG.toSeconds(), TimeUnit.SECONDS))
                    .as("%s terminates", pool.name())
                    .isTrue();
        }
        opened.clear();
        hub.close();
    }
}
