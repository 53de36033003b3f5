// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import dev.cenote.Pool;

class ThreadsConformanceTest extends EngineConformance {

    @Override
    protected EngineUnderTest engine() {
        return EngineUnderTest.of(
                "threads", Pool::threads, Trait.CONCURRENT, Trait.LIMITED, Trait.LASTING, Trait.SHARED_MEMORY);
    }
}
