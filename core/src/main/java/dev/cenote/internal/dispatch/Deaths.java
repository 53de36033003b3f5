// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.WorkerDiedException;
import dev.cenote.internal.remote.Remote;

/// Adds to the death of a worker what only the dispatcher knows: what it was running.
final class Deaths {

    private Deaths() {}

    /// {@return the error, with the item in its message if it is the death of the worker that ran it}
    ///
    /// @param me who stands for the worker
    /// @param error what became of an item
    /// @param call the call that the item belongs to
    /// @param index its position
    /// @param attempt which attempt it was
    static Throwable ofItem(WorkerContext me, Throwable error, Call call, long index, int attempt) {
        return isDeathOf(me, error)
                ? with(
                        (WorkerDiedException) error,
                        "it was running item " + index + " of \"" + call.options.name() + "\""
                                + (attempt > 1 ? ", attempt " + attempt : ""))
                : error;
    }

    /// {@return the death of a worker, with the item in its message that it was sent and had not begun}
    ///
    /// @param death how it has died
    /// @param call the call that the item belongs to
    /// @param index its position
    static WorkerDiedException beforeItem(WorkerDiedException death, Call call, long index) {
        return with(
                death,
                "it was sent item " + index + " of \"" + call.options.name() + "\" and died before it had begun it, as "
                        + Remote.MOST_SPARED + " others did");
    }

    /// {@return what a submitted job has thrown, with the job in its message if it is the death of its worker}
    ///
    /// @param me who stands for the worker
    /// @param error what the job has thrown
    static Exception ofJob(WorkerContext me, Exception error) {
        return isDeathOf(me, error) ? with((WorkerDiedException) error, "it was running a submitted job") : error;
    }

    /// A task may throw the death of a worker too: one of a pool that it has used.
    private static boolean isDeathOf(WorkerContext me, Throwable error) {
        Remote remote = me.remote();
        return remote != null && error == remote.death();
    }

    private static WorkerDiedException with(WorkerDiedException death, String doing) {
        String message = String.valueOf(death.getMessage());
        int end = message.indexOf('\n');
        String first = end < 0 ? message : message.substring(0, end);
        WorkerDiedException told = new WorkerDiedException(
                first + "\n  " + doing + (end < 0 ? "" : message.substring(end)),
                death.worker(),
                death.pid(),
                death.exitCode(),
                death.reason(),
                death.uptime(),
                death.lastOutput());
        told.setStackTrace(death.getStackTrace());
        if (death.getCause() != null) {
            told.initCause(death.getCause());
        }
        return told;
    }
}
