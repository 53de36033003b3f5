// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.internal.remote.Remotes;
import dev.cenote.internal.remote.Shipment;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// A job that runs outside this JVM, in the worker for which the calling thread stands.
///
/// @param shipment the job as it travels
/// @param job the job as it was submitted
/// @param <R> the type of its result
record RemoteJob<R extends @Nullable Object>(Shipment shipment, Callable<R> job) implements Callable<R> {

    /// Encodes a job.
    static <R extends @Nullable Object> RemoteJob<R> of(Remotes remotes, Callable<R> job) {
        Object travels = job instanceof Task.Plain<R> plain ? plain.runnable() : job;
        return new RemoteJob<>(remotes.ship("submit", travels), job);
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // what the job returns is what its type says, null included
    public R call() throws Exception {
        WorkerContext me = WorkerContext.current();
        boolean borrowed = !me.runsIn(Thread.currentThread());
        Object result;
        try {
            result = me.startedRemote().run(shipment, borrowed);
        } catch (Exception e) {
            throw Deaths.ofJob(me, e);
        }
        return job instanceof Task.Plain<R> plain ? plain.result() : (R) result;
    }
}
