// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import dev.cenote.internal.channel.Channel;
import dev.cenote.internal.classes.Asker;
import dev.cenote.internal.launch.ExitCode;
import dev.cenote.internal.launch.Launcher;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads the control path of a worker, on a thread that runs nothing else: the end of the path is the end of the
/// process that runs the pool, and then this one has nobody left to work for, whatever its task is doing.
///
/// ## The end in order
///
/// A JVM that ends waits up to 300 ms for threads that are inside a system call, and this thread is always inside one.
/// So when the JVM begins to end, for whatever reason, a shutdown hook tells the other side, and what that says in
/// reply lets the thread leave the call. From then on it reads only while a question is open, as other hooks may still
/// load classes; and as an end may take long, it says the same again now and then, to learn whether somebody is there.
final class Control implements Asker {

    private static final long LOOK_MILLIS = 500;
    private static final long CLEANING_MILLIS = 500;
    private static final long STACK = 256 << 10;
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Channel channel;
    private final String folder;

    /// The questions that are open, by number, and their answers; guarded by itself.
    private final Map<Integer, byte @Nullable []> answers = new HashMap<>();

    private final Object last = new Object();

    private int asked; // guarded by `answers`

    /// Whether this JVM is ending, and the other side knows; only the thread of the path uses it.
    private boolean ending;

    /// Whether this process may take its time to end.
    private volatile boolean unhurried;

    /// Creates it.
    ///
    /// @param channel the connection
    /// @param folder the folder of the pool, which nobody else deletes if its process is killed
    Control(Channel channel, String folder) {
        this.channel = channel;
        this.folder = folder;
    }

    void start() {
        new Reading().start();
        try {
            Runtime.getRuntime().addShutdownHook(new Ending());
        } catch (IllegalStateException e) {
            // it is ending already
        }
    }

    /// Is told that this process is a program of its own, whose shutdown hooks may take as long as they like. Those of
    /// a pool's worker may not, also when a task ends it: somebody waits for its place.
    void unhurried() {
        unhurried = true;
    }

    // Classes, and no lambdas, which cost a fresh process milliseconds.

    private final class Reading extends Thread {

        Reading() {
            super(null, null, "cenote-control", STACK, false);
            setDaemon(true);
        }

        @Override
        public void run() {
            read();
        }
    }

    private final class Cleaning extends Thread {

        Cleaning() {
            super(null, null, "cenote-cleaning", STACK, false);
            setDaemon(true);
        }

        @Override
        public void run() {
            Launcher.endOrphan(Path.of(folder));
        }
    }

    private final class Ending extends Thread {

        Ending() {
            super(null, null, "cenote-ending", STACK, false);
        }

        @Override
        public void run() {
            if (unhurried) {
                tellEnd();
            } else {
                new WorkerMain.Guard().start();
                tellEnd(leftBehind());
            }
        }
    }

    /// {@return the processes that tasks have started and that still run}
    ///
    /// Whether there are any is seen by the threads of the JDK that wait for their ends, as to look for them takes
    /// milliseconds; Windows has no such threads.
    private static List<ProcessHandle> leftBehind() {
        boolean any = File.separatorChar != '/';
        for (Thread thread : WorkerMain.threads()) {
            any |= thread.getName().startsWith("process reaper (pid");
        }
        return any ? ProcessHandle.current().descendants().toList() : List.of();
    }

    private void tellEnd() {
        tellEnd(List.of());
    }

    private void tellEnd(List<ProcessHandle> leftBehind) {
        WireWriter out = new WireWriter(1 + leftBehind.size() * Long.BYTES);
        out.putByte(Messages.ENDING);
        for (ProcessHandle process : leftBehind) {
            out.putLong(process.pid());
        }
        try {
            channel.sendControl(out.toByteArray());
        } catch (IOException e) {
            // nobody is there; the thread of the path has seen it
        }
    }

    private void read() {
        try {
            byte[] message = channel.receiveControl();
            while (message != null) {
                take(message);
                if (ending && !awaitQuestion()) {
                    tellEnd();
                }
                message = channel.receiveControl();
            }
        } catch (IOException e) {
            // as if it had ended
        }
        orphaned();
    }

    /// Ends this process and what it has started, as there is nobody left to work for. Does not return.
    void orphaned() {
        synchronized (last) { // and whoever else has noticed it waits
            try {
                Thread cleaning = new Cleaning();
                cleaning.start();
                cleaning.join(CLEANING_MILLIS);
            } catch (InterruptedException | RuntimeException | Error e) {
                // then without
            } finally {
                Runtime.getRuntime().halt(ExitCode.ORPHANED);
            }
        }
    }

    /// Waits for a reason to read.
    ///
    /// @return whether a question is open
    private boolean awaitQuestion() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
        synchronized (answers) {
            while (!answers.containsValue(null)) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(answers, left);
                } catch (InterruptedException e) {
                    // by a task that interrupts every thread it finds; means nothing here
                }
            }
        }
        return true;
    }

    private void take(byte[] message) throws IOException {
        WireReader in = new WireReader(message);
        int kind = in.getByte();
        ending |= kind == Messages.ENDING;
        if (kind != Messages.ANSWER) {
            return;
        }
        int number = in.getInt();
        byte[] answer = in.getBlock();
        synchronized (answers) {
            answers.replace(number, answer); // nobody may wait for it any more
            answers.notifyAll();
        }
    }

    @Override
    public byte[] ask(byte[] request) throws IOException {
        int number;
        synchronized (answers) {
            number = ++asked;
            answers.put(number, null);
            answers.notifyAll();
        }
        WireWriter out = new WireWriter(request.length + 16);
        out.putByte(Messages.ASK);
        out.putInt(number);
        out.putBlock(request);
        try {
            channel.sendControl(out.toByteArray());
            return await(number);
        } finally {
            synchronized (answers) {
                answers.remove(number);
            }
        }
    }

    private byte[] await(int number) throws IOException {
        long deadline = System.nanoTime() + ANSWER_NANOS;
        boolean interrupted = false;
        try {
            synchronized (answers) {
                while (true) {
                    byte[] answer = answers.get(number);
                    long left = deadline - System.nanoTime();
                    if (answer != null) {
                        return answer;
                    }
                    if (left <= 0) {
                        throw new IOException("the process that runs the pool did not answer a question for a class");
                    }
                    try {
                        TimeUnit.NANOSECONDS.timedWait(answers, left);
                    } catch (InterruptedException e) {
                        interrupted = true; // the task's; a class is loaded or it is not
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
