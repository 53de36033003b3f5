// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/// An engine in one configuration, as the conformance suite sees it.
///
/// @param name what the report calls it
/// @param factory makes a pool of this engine, from changes to its configuration
/// @param traits what it can do
/// @since 0.1
public record EngineUnderTest(String name, Factory factory, Set<Trait> traits) {

    /// Makes pools of one engine.
    @FunctionalInterface
    public interface Factory {

        /// Makes a pool. The change may set the number of workers only where the engine is {@link Trait#LIMITED}.
        ///
        /// @param change what the test wants to have changed
        /// @return a new pool, which the suite closes
        Pool open(UnaryOperator<PoolConfig> change);
    }

    /// Copies the traits.
    public EngineUnderTest {
        traits = Set.copyOf(traits);
    }

    /// Describes an engine.
    ///
    /// @param name what the report calls it
    /// @param factory makes a pool of this engine
    /// @param traits what it can do
    /// @return the description
    public static EngineUnderTest of(String name, Factory factory, Trait... traits) {
        Set<Trait> set = EnumSet.noneOf(Trait.class);
        set.addAll(Set.of(traits));
        return new EngineUnderTest(name, factory, set);
    }

    /// Tells whether the engine has a trait.
    ///
    /// @param trait the trait
    /// @return whether it has it
    public boolean has(Trait trait) {
        return traits.contains(trait);
    }
}
