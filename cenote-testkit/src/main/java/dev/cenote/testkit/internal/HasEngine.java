// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import dev.cenote.testkit.EngineUnderTest;

/// A test that runs against an engine.
public interface HasEngine {

    /// {@return the engine}
    EngineUnderTest engine();
}
