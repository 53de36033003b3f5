// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import dev.cenote.Pool;

class SingleThreadConformanceTest extends EngineConformance {

    @Override
    protected EngineUnderTest engine() {
        return EngineUnderTest.of(
                "threads(1)",
                change -> Pool.threads(c -> change.apply(c.workers(1))),
                Trait.CONCURRENT,
                Trait.LIMITED,
                Trait.LASTING);
    }
}
