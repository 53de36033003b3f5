// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import dev.cenote.internal.channel.Channel;
import dev.cenote.internal.classes.Asker;
import dev.cenote.internal.launch.ExitCode;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads the control path of a worker, on a thread that runs nothing else: the end of the path is the end of the process
/// that runs the pool, and then this one has nobody left to work for, whatever its task is doing.
final class Control implements Asker {

    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long LEAVE_MILLIS = 100;

    private final Channel channel;

    /// The questions that are open, by number, and their answers; guarded by itself.
    private final Map<Integer, byte @Nullable []> answers = new HashMap<>();

    private int asked; // guarded by `answers`
    private volatile boolean ending;

    /// For the main thread.
    private @Nullable Thread thread;

    Control(Channel channel) {
        this.channel = channel;
    }

    void start() {
        Thread made = new Thread(null, this::read, "cenote-control", 256 << 10, false);
        made.setDaemon(true);
        made.start();
        thread = made;
    }

    /// Closes the channel, since this process is about to end in order. A JVM that ends waits 0.3 s for each thread that
    /// is in native code, and this one would be, in a read. Shutdown hooks can ask for no more classes.
    void end() {
        ending = true;
        channel.close();
        Thread reading = thread;
        if (reading != null) {
            try {
                reading.join(LEAVE_MILLIS);
            } catch (InterruptedException e) {
                // it is about to end anyway
            }
        }
    }

    private void read() {
        try {
            byte[] message = channel.receiveControl();
            while (message != null) {
                take(message);
                message = channel.receiveControl();
            }
        } catch (IOException e) {
            // as if it had ended
        }
        if (!ending) {
            Runtime.getRuntime().halt(ExitCode.ORPHANED);
        }
    }

    private void take(byte[] message) throws IOException {
        WireReader in = new WireReader(message);
        if (in.getByte() != Messages.ANSWER) {
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
