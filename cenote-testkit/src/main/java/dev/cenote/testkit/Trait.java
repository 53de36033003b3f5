// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

/// Something that some engines can do and others cannot; a test that needs it says so with {@link Needs} and is
/// skipped, with that reason in the report, where it is missing.
///
/// @since 0.1
public enum Trait {

    /// Tasks run beside their caller, so a task can be pending, and a caller can wait.
    CONCURRENT("tasks run in the thread of their caller, so none is ever pending and nobody waits"),

    /// There is a limit of workers, so tasks can queue.
    LIMITED("the number of workers has no limit, so nothing queues"),

    /// A worker that has nothing to do waits for the next task.
    LASTING("a worker ends when there is nothing to do"),

    /// Tasks see the very objects that they capture, and results and exceptions are the very ones that they made.
    SHARED_MEMORY("tasks run in other processes, where everything is a copy"),

    /// Tasks run in processes of their own, which can die and be killed, and what a task gets and gives is a copy.
    ISOLATED("tasks run in the process of their caller, so nothing travels, and what ends a process ends all");

    /// Why tests that need this are skipped without it.
    private final String without;

    Trait(String without) {
        this.without = without;
    }

    /// {@return why a test that needs this trait has no meaning without it}
    public String without() {
        return without;
    }
}
