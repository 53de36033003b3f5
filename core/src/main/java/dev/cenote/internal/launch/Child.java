// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A worker as a process: its output, its killing, its death.
///
/// # The end of a process and the end of its output
///
/// Neither says the other. A program that the worker started may hold its pipes open long after the worker is gone, and
/// a worker may close its output and live on. So a thread of its own waits for the exit of the process; only then are
/// the readers given a short time to take what is left in the pipes, which is where a dying JVM says why. A reader that
/// does not come to an end by then is left behind: nothing else waits for it, and it ends with the program that holds
/// the pipe.
///
/// For the same reason a worker is killed through its [ProcessHandle]: `Process.destroyForcibly` closes the pipes at
/// once, and the last words with them.
///
/// # Killing a tree
///
/// A kill reaches one process. The programs that it started would live on, and could not be found any more, as their
/// parent is gone. So they are looked up first; a handle knows the start time of its process and does not hit another
/// one that got the same id. What a program starts between the look and the kill escapes; no call of the operating
/// system closes that gap on all platforms.
///
/// For any thread.
public final class Child {

    /// How long output may be read after the exit. What is left in the pipes is read at once; this bounds the wait for
    /// an end that another process keeps from coming.
    private static final long DRAIN_MILLIS = 300;

    private final Launcher launcher;
    private final String worker;
    private final Process process;
    private final Path temporary;
    private final Path crashFile;
    private final Charset charset;
    private final Delivery.Queue queue;
    private final Tail tail = new Tail();
    private final CompletableFuture<Death> death = new CompletableFuture<>();
    private final long startNanos = System.nanoTime();
    private @Nullable String killed; // guarded by this
    private List<Long> killedToo = List.of(); // guarded by this

    Child(
            Launcher launcher,
            String worker,
            Process process,
            Path temporary,
            Path crashFile,
            Charset charset,
            Delivery delivery,
            Consumer<? super OutputLine> output) {
        this.launcher = launcher;
        this.worker = worker;
        this.process = process;
        this.temporary = temporary;
        this.crashFile = crashFile;
        this.charset = charset;
        this.queue = delivery.new Queue(output);
    }

    /// Starts to read and to wait.
    void begin() {
        Pump out = new Pump(process.getInputStream(), false);
        Pump err = new Pump(process.getErrorStream(), true);
        Thread first = Threads.start("cenote-stdout " + worker, out);
        Thread second = Threads.start("cenote-stderr " + worker, err);
        Threads.start("cenote-exit " + worker, new Runnable() {
            @Override
            public void run() {
                try {
                    await(first, out, second, err);
                } catch (Throwable e) { // nobody may wait for ever for a process that is gone
                    end(new Death(
                            worker,
                            pid(),
                            process.isAlive() ? -1 : process.exitValue(),
                            Death.Reason.EXIT,
                            "worker " + worker + " (pid " + pid() + ") ended; why could not be found out: " + e,
                            uptime(),
                            tail.lines(),
                            null,
                            null));
                }
            }
        });
    }

    /// {@return the worker's name}
    public String worker() {
        return worker;
    }

    /// {@return the process}
    public Process process() {
        return process;
    }

    /// {@return its id}
    public long pid() {
        return process.pid();
    }

    /// {@return what the worker reads as its standard input; buffered, so flush it}
    public OutputStream stdin() {
        return process.getOutputStream();
    }

    /// {@return how long it has been there}
    public Duration uptime() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /// {@return its last lines, of both streams: at most 50, and 16 KB}
    public List<String> lastOutput() {
        return tail.lines();
    }

    /// {@return completes when the process has ended and its last output was read, always with a value}
    ///
    /// What depends on it runs on the thread that waits for the process, or on that which adds it.
    public CompletableFuture<Death> death() {
        return death;
    }

    /// Kills the process and all that it has started. Waits for nothing; does nothing if it was called before or the
    /// process is gone.
    ///
    /// @param why the rest of the sentence "worker p-1 was killed: ..."
    public void kill(String why) {
        synchronized (this) {
            if (killed != null || !process.isAlive()) {
                return;
            }
            killed = why;
        }
        List<ProcessHandle> tree;
        try {
            tree = process.descendants().toList();
        } catch (RuntimeException e) { // no right to list processes
            tree = List.of();
        }
        List<Long> pids = new ArrayList<>(tree.size());
        for (ProcessHandle handle : tree) {
            pids.add(handle.pid());
        }
        synchronized (this) {
            killedToo = pids;
        }
        process.toHandle().destroyForcibly();
        for (ProcessHandle handle : tree) {
            handle.destroyForcibly();
        }
    }

    /// {@return the processes that are known to have ended with this one, and itself}
    private synchronized List<Long> tree() {
        List<Long> all = new ArrayList<>(killedToo);
        all.add(pid());
        return all;
    }

    private void await(Thread first, Pump out, Thread second, Pump err) {
        KernelKills before = KernelKills.now();
        int code = waitFor();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MILLIS);
        boolean drained = join(first, end) && join(second, end);
        out.finish();
        err.finish();
        String why;
        synchronized (this) {
            why = killed;
        }
        Death result = Autopsy.of(worker, pid(), code, uptime(), why, before, tail.lines(), crashFile);
        PrivateFolder.delete(temporary);
        if (code != 0) {
            launcher.sweepAfter(tree());
        }
        end(result);
        if (!drained) {
            // last, since on Windows this may wait for the reader
            close(process.getInputStream());
            close(process.getErrorStream());
        }
    }

    private void end(Death result) {
        launcher.gone(this); // first, so that what depends on the death may close the launcher
        death.complete(result);
    }

    private int waitFor() {
        while (true) {
            try {
                return process.waitFor();
            } catch (InterruptedException e) {
                // nobody has this thread to interrupt it
            }
        }
    }

    private static boolean join(Thread thread, long end) {
        try {
            long left = end - System.nanoTime();
            if (left > 0) {
                TimeUnit.NANOSECONDS.timedJoin(thread, left);
            }
        } catch (InterruptedException e) {
            // as above
        }
        return !thread.isAlive();
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            // nothing is read from it any more
        }
    }

    /// Reads one of the two streams for as long as there is something.
    private final class Pump implements Runnable, Lines.Sink {

        private final InputStream in;
        private final boolean error;
        private final Lines lines;

        Pump(InputStream in, boolean error) {
            this.in = in;
            this.error = error;
            this.lines = new Lines(charset, this);
        }

        @Override
        public void take(String text) {
            tail.add(text);
            queue.add(new OutputLine(worker, error, text, 0));
        }

        @Override
        public void run() {
            byte[] bytes = new byte[8_192];
            try {
                for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                    add(bytes, count);
                }
            } catch (IOException e) {
                // closed after the death
            }
            finish();
        }

        private synchronized void add(byte[] bytes, int count) {
            lines.add(bytes, count);
        }

        synchronized void finish() {
            lines.flush();
        }
    }
}
