/// The promises of {@link dev.cenote.Pool}, one class for each theme.
///
/// Rules of the tests: nothing sleeps; a task that has to be busy waits at a `Gate`; whatever waits has a limit.
package dev.cenote.testkit.contract;
