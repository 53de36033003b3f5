// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.VoidJob;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;

/// The main class of programs that the suite runs in JVMs of their own; needs nothing but the core.
public final class Programs {

    private static final PrintStream OUT = System.out;

    private Programs() {}

    /// Runs one program.
    ///
    /// @param arguments the word of the engine and the name of the program
    public static void main(String[] arguments) {
        Pool pool = Pool.of(arguments[0], c -> arguments[0].equals("serial") ? c : c.workers(2));
        switch (arguments[1]) {
            case "unclosed" -> unclosed(pool);
            case "hook" -> hook(pool);
            case "now" -> now(pool);
            case "killed" -> killed(pool);
            case "unguarded" -> unguarded(pool);
            case "static" -> inStaticInitializer(pool);
            default -> throw new IllegalArgumentException("no such program: " + arguments[1]);
        }
    }

    private static void unclosed(Pool pool) {
        OUT.println(pool.map(Range.of(0, 3), n -> n).size() == 3 ? "mapped" : "wrong");
        if (pool.workers() > 1) {
            VoidJob endless = () -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    OUT.println("interrupted");
                }
            };
            pool.execute(endless);
        }
    }

    private static void hook(Pool pool) {
        pool.close();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                OUT.println("accepted: " + pool.submit(() -> 1).join());
            } catch (RejectedExecutionException e) {
                OUT.println("rejected");
            }
        }));
    }

    private static void killed(Pool pool) {
        OUT.println("worker " + pool.submit(() -> ProcessHandle.current().pid()).join());
        OUT.flush();
        Runtime.getRuntime().halt(5);
    }

    /// A program whose main does what it does wherever it runs.
    private static void unguarded(Pool pool) {
        OUT.print("main ");
        try (pool) {
            OUT.println(pool.map(Range.of(0, 3), Programs::same).size());
        }
    }

    private static int same(int n) {
        return n;
    }

    private static void inStaticInitializer(Pool pool) {
        try (pool) {
            OUT.println("accepted: " + pool.submit(UsesPool::size).join());
        } catch (CompletionException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            OUT.println("refused: " + root.getMessage());
        }
    }

    /// Uses a pool when it is loaded, in each process again.
    private static final class UsesPool {

        private static final int SIZE;

        static {
            try (Pool pool = Pool.processes(1)) {
                SIZE = pool.map(Range.of(0, 3), UsesPool::answer).size();
            }
        }

        static int answer(int n) {
            return n;
        }

        static int size() {
            return SIZE;
        }
    }

    private static void now(Pool pool) {
        VoidJob nothing = () -> {};
        pool.execute(nothing);
        List<Runnable> _ = pool.shutdownNow();
        OUT.println("ended");
    }
}
