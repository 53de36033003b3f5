// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import dev.cenote.Pool;

class ProcessesConformanceTest extends EngineConformance {

    @Override
    protected EngineUnderTest engine() {
        return EngineUnderTest.of(
                "processes", Pool::processes, Trait.CONCURRENT, Trait.LIMITED, Trait.LASTING, Trait.ISOLATED);
    }
}
