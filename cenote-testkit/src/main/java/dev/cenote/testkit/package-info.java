/// The conformance suite for engines, and the checks that its tests share.
///
/// {@link dev.cenote.testkit.EngineConformance} is the entry: one subclass for each engine. The promises themselves
/// are in the package `contract`, one class for each theme. `docs/conformance.md` lists the cases they hold.
package dev.cenote.testkit;
