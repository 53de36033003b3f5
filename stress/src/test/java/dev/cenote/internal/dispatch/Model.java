// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// Runs small programs of several threads again and again, each time in another order.
@NullMarked
public final class Model {

    /// Multiplies the number of orders that are tried.
    private static final int FACTOR = Integer.getInteger("stress.factor", 1);

    /// Written by the programs; nobody reads it.
    @SuppressWarnings("UnusedVariable") // being written is its purpose, see shared
    private static volatile @Nullable Object escaped;

    private Model() {}

    /// Tries a program.
    ///
    /// @param orders how many orders to try
    /// @param program the program, which throws when something is wrong
    public static void check(int orders, Runnable program) {
        Lincheck.runConcurrentTest(orders * FACTOR, program);
    }

    /// Makes an object known to all threads of a program.
    ///
    /// The scheduler switches threads at the fields of objects that it has seen escape from their thread, and it
    /// does not see those that a lambda captures. Without this it would try one order only.
    public static <T> T shared(T object) {
        escaped = object;
        return object;
    }

    /// Runs actions at the same time, each in a thread of its own, and waits for them.
    public static void inParallel(Runnable... actions) {
        List<Thread> threads = new ArrayList<>();
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        for (Runnable action : actions) {
            threads.add(new Thread(() -> {
                try {
                    action.run();
                } catch (Throwable t) {
                    errors.add(t);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        for (Throwable error : errors) {
            throw new AssertionError("an action failed", error);
        }
    }

    /// Fails unless this is so.
    public static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
