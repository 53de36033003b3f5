// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import org.jspecify.annotations.Nullable;

/// The exit codes by which a worker says why it ended itself.
///
/// They stay clear of what others use: 0 to 3 and 64 to 78 of programs, 126 to 165 of shells for signals, 255 for -1.
/// A worker passes them to `Runtime.halt`, never to `System.exit`: a shutdown hook of the user must not keep a worker
/// alive that has nobody left to work for, and after an `OutOfMemoryError` no code should run at all.
public final class ExitCode {

    /// A task or the worker itself ran out of memory.
    public static final int OUT_OF_MEMORY = 231;

    /// Another `VirtualMachineError` than those of memory and of the stack.
    public static final int BROKEN_VM = 232;

    /// The process that runs the pool is gone.
    public static final int ORPHANED = 233;

    /// The worker could not connect, or was not recognized.
    public static final int NO_HANDSHAKE = 234;

    /// What came over the channel made no sense.
    public static final int CORRUPT_CHANNEL = 235;

    /// The worker was told to end, or a task has called `System.exit`, and its shutdown hooks took too long.
    public static final int STUCK_AT_EXIT = 236;

    /// The library's own code in the worker failed.
    public static final int INTERNAL_FAILURE = 237;

    private ExitCode() {}

    /// {@return what a code says, as the end of a sentence that begins with the worker's name; `null` if the code is
    /// none of these}
    ///
    /// @param code the exit code of a worker
    public static @Nullable String explain(int code) {
        return switch (code) {
            case OUT_OF_MEMORY ->
                "ran out of memory (OutOfMemoryError) and ended itself, since nothing in it could be relied on any more";
            case BROKEN_VM -> "ended itself after an error of its Java virtual machine";
            case ORPHANED -> "ended itself because the process that runs the pool was gone";
            case NO_HANDSHAKE -> "could not connect to the process that runs the pool";
            case CORRUPT_CHANNEL -> "ended itself because what it received made no sense";
            case STUCK_AT_EXIT ->
                "was to end, by its pool or by `System.exit`, and ended itself when its shutdown hooks took too long";
            case INTERNAL_FAILURE -> "ended itself after a failure in the library's own code";
            default -> null;
        };
    }
}
