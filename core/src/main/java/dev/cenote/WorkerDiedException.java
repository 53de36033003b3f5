// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serial;
import java.time.Duration;
import java.util.List;

/// The worker process that ran a task has ended: it was killed, ran out of memory, crashed, or the task made it exit.
///
/// The first line of the message says in words what happened. Below it stand, as far as they are known, the item or job
/// that was running, how long the worker was there, what to do, the head of the JVM's crash report, and the last lines
/// that the worker printed. Only the item that was running fails; another worker takes the place of the dead one.
///
/// @since 0.1
public final class WorkerDiedException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// The name of the worker.
    private final String worker;

    /// Its process id.
    private final long pid;

    /// Its exit code.
    private final int exitCode;

    /// What kind of end it was.
    private final String reason;

    /// How long it was there.
    private final Duration uptime;

    /// The last lines that it printed.
    private final List<String> lastOutput;

    /// Creates an exception.
    ///
    /// @param message what happened
    /// @param worker the name of the worker
    /// @param pid its process id, or 0 if it had none
    /// @param exitCode its exit code; on Unix 128 and the number of the signal that ended it
    /// @param reason what kind of end it was, see {@link #reason()}
    /// @param uptime how long it was there
    /// @param lastOutput the last lines that it printed
    public WorkerDiedException(
            String message,
            String worker,
            long pid,
            int exitCode,
            String reason,
            Duration uptime,
            List<String> lastOutput) {
        super(message);
        this.worker = worker;
        this.pid = pid;
        this.exitCode = exitCode;
        this.reason = reason;
        this.uptime = uptime;
        this.lastOutput = List.copyOf(lastOutput);
    }

    /// {@return the name of the worker}
    public String worker() {
        return worker;
    }

    /// {@return the process id of the worker, or 0 if it had none}
    public long pid() {
        return pid;
    }

    /// {@return the exit code of the process; on Unix 128 and the number of the signal that ended it}
    public int exitCode() {
        return exitCode;
    }

    /// Tells what kind of end it was.
    ///
    /// @return `EXIT` (it ended by itself), `KILLED` (by its pool), `SIGNAL` (from outside), `OUT_OF_MEMORY`,
    ///     `KERNEL_OUT_OF_MEMORY`, `CRASH` (of native code or the JVM), `NOT_STARTED` or `WORKER` (it ended itself
    ///     because its channel failed)
    public String reason() {
        return reason;
    }

    /// {@return how long the process was there, from its start to its end}
    public Duration uptime() {
        return uptime;
    }

    /// {@return the last lines that the worker printed, at most 50}
    public List<String> lastOutput() {
        return lastOutput;
    }
}
