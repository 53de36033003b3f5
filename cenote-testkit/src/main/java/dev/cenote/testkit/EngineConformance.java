// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import dev.cenote.testkit.contract.ArgumentsContract;
import dev.cenote.testkit.contract.ArraysContract;
import dev.cenote.testkit.contract.CancellationContract;
import dev.cenote.testkit.contract.ChildContract;
import dev.cenote.testkit.contract.ContextContract;
import dev.cenote.testkit.contract.CrashContract;
import dev.cenote.testkit.contract.ExecutorContract;
import dev.cenote.testkit.contract.FailureContract;
import dev.cenote.testkit.contract.FaultContract;
import dev.cenote.testkit.contract.FutureContract;
import dev.cenote.testkit.contract.InitializerContract;
import dev.cenote.testkit.contract.LazyContract;
import dev.cenote.testkit.contract.LoadContract;
import dev.cenote.testkit.contract.LookAheadContract;
import dev.cenote.testkit.contract.MemoryContract;
import dev.cenote.testkit.contract.NestingContract;
import dev.cenote.testkit.contract.PoolContract;
import dev.cenote.testkit.contract.ProgramContract;
import dev.cenote.testkit.contract.ProgressContract;
import dev.cenote.testkit.contract.RecyclingContract;
import dev.cenote.testkit.contract.ReentrancyContract;
import dev.cenote.testkit.contract.SettingsContract;
import dev.cenote.testkit.contract.SharedStateContract;
import dev.cenote.testkit.contract.ShutdownContract;
import dev.cenote.testkit.contract.StatsContract;
import dev.cenote.testkit.contract.TimeoutContract;
import dev.cenote.testkit.contract.TransportContract;
import dev.cenote.testkit.contract.WaitingContract;
import org.junit.jupiter.api.Nested;

/// Every promise of {@link dev.cenote.Pool} as tests. One subclass for each engine runs them:
///
/// ```java
/// class ThreadsTest extends EngineConformance {
///     @Override
///     protected EngineUnderTest engine() {
///         return EngineUnderTest.of(
///                 "threads", Pool::threads, Trait.CONCURRENT, Trait.LIMITED, Trait.LASTING, Trait.SHARED_MEMORY);
///     }
/// }
/// ```
///
/// Each test has half a minute, after which all threads are dumped to a file and it fails; after each test {@link
/// LeakAudit} looks for what was left behind. At the end of a run `target/conformance.md` says for each engine
/// what passed, what failed, and what was skipped for which reason; the system property `cenote.report.directory`
/// names another directory.
///
/// @since 0.1
public abstract class EngineConformance {

    /// Creates the suite; JUnit does.
    protected EngineConformance() {}

    /// {@return the engine that the tests run against}
    protected abstract EngineUnderTest engine();

    @Nested
    class ArgumentsPromises extends ArgumentsContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class ArraysPromises extends ArraysContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class CancellationPromises extends CancellationContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class ChildPromises extends ChildContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class ContextPromises extends ContextContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class CrashPromises extends CrashContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class ExecutorPromises extends ExecutorContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class FailurePromises extends FailureContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class FaultPromises extends FaultContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class FuturePromises extends FutureContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class InitializerPromises extends InitializerContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class LazyPromises extends LazyContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class LoadPromises extends LoadContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class LookAheadPromises extends LookAheadContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class MemoryPromises extends MemoryContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class NestingPromises extends NestingContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class PoolPromises extends PoolContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class ProgramPromises extends ProgramContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class ProgressPromises extends ProgressContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class RecyclingPromises extends RecyclingContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class ReentrancyPromises extends ReentrancyContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class SettingsPromises extends SettingsContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class SharedStatePromises extends SharedStateContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class ShutdownPromises extends ShutdownContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class StatsPromises extends StatsContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class TimeoutPromises extends TimeoutContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class TransportPromises extends TransportContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }

    @Nested
    class WaitingPromises extends WaitingContract {
        @Override
        public EngineUnderTest engine() {
            return EngineConformance.this.engine();
        }
    }
}
