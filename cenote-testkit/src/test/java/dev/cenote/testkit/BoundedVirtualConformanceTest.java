// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import dev.cenote.Pool;

class BoundedVirtualConformanceTest extends EngineConformance {

    @Override
    protected EngineUnderTest engine() {
        return EngineUnderTest.of(
                "virtual(4)",
                change -> Pool.virtual(c -> change.apply(c.workers(4))),
                Trait.CONCURRENT,
                Trait.LIMITED,
                Trait.SHARED_MEMORY);
    }
}
