// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import dev.cenote.internal.channel.Channel;
import dev.cenote.internal.channel.Connector;
import dev.cenote.internal.codec.Plumbing;
import dev.cenote.internal.launch.ExitCode;
import dev.cenote.internal.launch.Launcher;
import dev.cenote.internal.launch.Settings;
import dev.cenote.internal.wire.CorruptFrameException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The main of a worker process: connects, runs what comes, ends when it is told to or when the pool's process is gone.
///
/// It loads as little as it can before it has connected: each family of classes costs a start several milliseconds.
public final class WorkerMain {

    /// How long shutdown hooks may take when a worker ends in order, or a task calls `System.exit`.
    private static final long EXIT_MILLIS = 2_000;

    private WorkerMain() {}

    /// Runs a worker.
    ///
    /// @param arguments its name, and the folder of the pool; nothing in the process that makes the archive of what
    ///     workers load
    /// @throws Throwable what the program of this worker has thrown, for which a JVM prints it and exits with 1
    public static void main(String[] arguments) throws Throwable {
        if (arguments.length == 0 && Boolean.getBoolean(Settings.TRAINING_PROPERTY)) {
            Rehearsal.run();
            return;
        }
        String name = arguments[0];
        System.setProperty(Settings.WORKER_PROPERTY, name);
        Thread.currentThread().setName(name);
        Channel channel;
        try {
            channel = Connector.connect(System.in);
        } catch (IOException e) {
            System.err.println("cannot connect to the process that runs the pool: " + e);
            Launcher.endOrphan(Path.of(arguments[1]));
            Runtime.getRuntime().halt(ExitCode.NO_HANDSHAKE);
            return;
        }
        System.setIn(InputStream.nullInputStream()); // what comes there is not for tasks
        Control control = new Control(channel, arguments[1]);
        control.start();
        TaskLoop loop;
        TaskLoop.End end;
        try {
            loop = new TaskLoop(channel, control);
            end = loop.run();
        } catch (CorruptFrameException e) {
            System.err.println("what came from the pool makes no sense: " + e);
            Runtime.getRuntime().halt(ExitCode.CORRUPT_CHANNEL);
            return;
        } catch (IOException e) {
            control.orphaned();
            return;
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(ExitCode.INTERNAL_FAILURE);
            return;
        }
        switch (end) {
            case TOLD -> exit();
            case PROGRAM -> endAsProgram(loop.thrown());
            case ORPHANED -> control.orphaned();
        }
    }

    /// Ends as a JVM does with its `main`: when no threads are left but daemons.
    private static void endAsProgram(@Nullable Throwable thrown) throws Throwable {
        if (thrown != null) {
            Plumbing.cut(thrown);
            throw thrown;
        }
    }

    /// Ends in order, with the shutdown hooks of the tasks, but not without an end.
    ///
    /// `System.exit` makes a logger first, which takes 15 ms; the return from `main` does not, but waits for threads
    /// that tasks have left behind.
    private static void exit() {
        new Guard().start();
        if (othersRun()) {
            System.exit(0);
        }
    }

    private static boolean othersRun() {
        for (Thread thread : threads()) {
            if (thread != Thread.currentThread() && !thread.isDaemon()) {
                return true;
            }
        }
        return false;
    }

    /// {@return all threads of this process, also those of the JDK}
    static List<Thread> threads() {
        ThreadGroup group = Objects.requireNonNull(Thread.currentThread().getThreadGroup());
        for (ThreadGroup above = group.getParent(); above != null; above = above.getParent()) {
            group = above;
        }
        while (true) {
            Thread[] threads = new Thread[group.activeCount() + 16];
            int count = group.enumerate(threads);
            if (count < threads.length) {
                return Arrays.asList(threads).subList(0, count);
            }
        }
    }

    /// Ends the process when its shutdown hooks do not. A class, as the first lambda of a process takes it longer than
    /// all the rest of its end.
    static final class Guard extends Thread {

        Guard() {
            super(null, null, "cenote-exit", 256 << 10, false);
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                Thread.sleep(EXIT_MILLIS);
            } catch (InterruptedException e) {
                // then at once
            }
            Runtime.getRuntime().halt(ExitCode.STUCK_AT_EXIT);
        }
    }
}
