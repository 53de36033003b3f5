// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Runs something on a thread with a stack for deep graphs.
///
/// `java.io` and the hooks of classes recurse; a linked list of a thousand nodes is too much for a usual stack. The
/// memory of a stack is only reserved, and used as far as the recursion goes.
///
/// The thread has the caller's context class loader and inheritable thread locals. It has not the caller's locks: a
/// graph that is written under a lock which its own hooks need has to be shallow. Scoped values are not bound in it.
final class DeepStack {

    private static final long BYTES = 512L << 20;

    private DeepStack() {}

    /// Runs something and waits for it, which is as long as it runs; an interrupt is passed on.
    ///
    /// @param action what to run
    /// @param <T> the type of the result
    /// @return the result
    /// @throws Throwable what the action has thrown
    static <T extends @Nullable Object> T call(Callable<T> action) throws Throwable {
        FutureTask<T> task = new FutureTask<>(action);
        Thread thread = new Thread(null, task, "cenote-deep-graph", BYTES);
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    thread.interrupt();
                } catch (ExecutionException e) {
                    throw e.getCause() == null ? e : e.getCause();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
