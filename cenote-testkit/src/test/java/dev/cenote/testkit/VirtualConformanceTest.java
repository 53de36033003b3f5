// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import dev.cenote.Pool;

class VirtualConformanceTest extends EngineConformance {

    @Override
    protected EngineUnderTest engine() {
        return EngineUnderTest.of("virtual", Pool::virtual, Trait.CONCURRENT, Trait.SHARED_MEMORY);
    }
}
