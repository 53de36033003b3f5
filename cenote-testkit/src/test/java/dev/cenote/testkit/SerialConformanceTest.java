// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import dev.cenote.Pool;

class SerialConformanceTest extends EngineConformance {

    @Override
    protected EngineUnderTest engine() {
        return EngineUnderTest.of("serial", Pool::serial, Trait.SHARED_MEMORY);
    }
}
