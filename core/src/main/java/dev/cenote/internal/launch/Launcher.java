// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Starts the workers of one pool and sees to it that none outlives it.
///
/// # No worker without an owner
///
/// A start may race with the close of the pool or with the end of this JVM. Therefore a start is announced under the
/// lock that also guards `closed`; the process itself, which takes milliseconds to make, is made outside of it, and is
/// entered under the lock again. If the pool was closed meanwhile, whoever started the process kills it. One shutdown
/// hook ends the workers of all pools. A worker of a JVM that is killed notices by itself, as its channel ends.
///
/// # Written for the first start
///
/// A pool is often made once, by a program that has just started, and its first worker is what everything waits for.
/// In a cold JVM each lambda costs 1 to 3 ms and the first logger 10, so this room has named classes on the way to the
/// first process, and no logger in a static field.
///
/// For any thread.
public final class Launcher implements AutoCloseable {

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long EXIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /// All that are open, for the shutdown hook; guarded by itself.
    private static final Set<Launcher> OPEN = new LinkedHashSet<>();

    private static final AtomicBoolean MAINTAINED = new AtomicBoolean();

    private static boolean hooked; // guarded by OPEN
    private static boolean ending; // guarded by OPEN

    private final WorkerCommand command;
    private final PrivateFolder folder;
    private final Path argFile;
    private final Delivery delivery = new Delivery();

    // guarded by this
    private final Set<Child> children = new LinkedHashSet<>();
    private @Nullable PrivateFolder memory;
    private int starting;
    private int started;
    private boolean closed;
    private List<Child> last = List.of(); // those that the close found

    /// Makes the private folder; starts nothing.
    ///
    /// @param command what to start
    /// @throws IOException if the folder cannot be made, or no other JVM could run what this one runs
    public Launcher(WorkerCommand command) throws IOException {
        this.command = command;
        this.folder = makeFolder();
        this.argFile = folder.path().resolve("options");
        try {
            writeOptions();
            enter();
        } catch (IOException | RuntimeException e) {
            folder.delete();
            throw e;
        }
    }

    private static PrivateFolder makeFolder() throws IOException {
        Path base = PrivateFolder.base();
        try {
            return PrivateFolder.make(base);
        } catch (IOException e) {
            throw new IOException(
                    "workers cannot be started: no folder can be made in " + base
                            + "; set -Djava.io.tmpdir to one in which that is possible",
                    e);
        }
    }

    private void writeOptions() throws IOException {
        ArgFile.write(argFile, command.options(folder.path()), JvmOptions.nativeCharset());
    }

    private void enter() {
        synchronized (OPEN) {
            if (!hooked) {
                Thread hook = Threads.make("cenote-shutdown", new AtExit(), 0);
                Runtime.getRuntime().addShutdownHook(hook); // throws when the JVM is ending, which is right
                hooked = true;
            }
            if (ending) {
                throw new IllegalStateException("no pool of processes can be made while the JVM is ending");
            }
            OPEN.add(this);
        }
    }

    /// {@return a folder that only this user may enter, deleted when the pool ends}
    public Path folder() {
        return folder.path();
    }

    /// {@return a folder of the same kind that is in memory, if this machine has one: a file that is mapped there is
    /// never written to a disk; else [#folder]}
    public synchronized Path memoryFolder() {
        if (memory == null) {
            if (closed || !Files.isDirectory(SHARED_MEMORY) || !Files.isWritable(SHARED_MEMORY)) {
                return folder();
            }
            try {
                memory = PrivateFolder.make(SHARED_MEMORY);
            } catch (IOException e) {
                return folder();
            }
        }
        return memory.path();
    }

    /// Starts a worker.
    ///
    /// @param worker its name, which is the first argument of its main
    /// @param output takes its lines, on a thread of the pool; see [Output] for ready-made ones
    /// @return the worker, whose output is being read
    /// @throws IOException if it cannot be started; the message says why
    public Child start(String worker, Consumer<? super OutputLine> output) throws IOException {
        return start(worker, List.of(), output);
    }

    /// Starts a worker.
    ///
    /// @param worker its name, which is the first argument of its main
    /// @param arguments the further arguments; everybody on this machine may read them
    /// @param output takes its lines, on a thread of the pool; see [Output] for ready-made ones
    /// @return the worker, whose output is being read
    /// @throws IOException if it cannot be started; the message says why
    public Child start(String worker, List<String> arguments, Consumer<? super OutputLine> output) throws IOException {
        int number;
        synchronized (this) {
            if (closed) {
                throw new IOException("worker " + worker + " was not started: its pool is closed");
            }
            starting++;
            number = ++started;
        }
        Child child;
        boolean late;
        try {
            child = make(worker, arguments, output, number);
            synchronized (this) {
                children.add(child);
                late = closed;
            }
        } finally {
            synchronized (this) {
                starting--;
                notifyAll();
            }
        }
        try {
            child.begin();
        } catch (Throwable e) { // no thread to be had: without one nobody would notice the death
            child.kill("its output could not be read");
            gone(child);
            throw e;
        }
        if (late) {
            child.kill("its pool was closed");
            throw new IOException("worker " + worker + " was not started: its pool was closed");
        }
        maintainOnce();
        return child;
    }

    private Child make(String worker, List<String> arguments, Consumer<? super OutputLine> output, int number)
            throws IOException {
        Path temporary = folder.path().resolve("tmp" + number);
        makeTemporary(temporary);
        List<String> all = new ArrayList<>(arguments.size() + 1);
        all.add(worker);
        all.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command.line(argFile, temporary, all));
        command.changeEnvironment(builder.environment());
        Path directory = command.settings().workingDirectory();
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            PrivateFolder.delete(temporary);
            throw command.explain(e);
        }
        Path crashFile = WorkerCommand.crashFile(folder.path(), process.pid());
        return new Child(this, worker, process, temporary, crashFile, command.outputCharset(), delivery, output);
    }

    /// Machines delete what was not touched for days from folders for temporary files; a pool may live longer.
    private synchronized void makeTemporary(Path temporary) throws IOException {
        if (!Files.exists(argFile)) {
            if (!Files.exists(folder.path())) {
                PrivateFolder.makePrivate(folder.path());
            }
            writeOptions();
        }
        PrivateFolder.makePrivate(temporary);
    }

    private void maintainOnce() {
        if (MAINTAINED.compareAndSet(false, true)) {
            Threads.start("cenote-maintenance", new Maintenance());
        }
    }

    /// Once in a process: deletes what dead processes have left, and makes the archive that later workers start from,
    /// unless the pool was only there for a moment.
    private final class Maintenance implements Runnable {
        @Override
        public void run() {
            for (Path base : PrivateFolder.bases()) {
                PrivateFolder.sweep(base, folder.path());
            }
            if (!awaitClosed(TimeUnit.MILLISECONDS.toNanos(500))) {
                Archive.make(command);
            }
        }
    }

    private synchronized boolean awaitClosed(long nanos) {
        long end = System.nanoTime() + nanos;
        long left = nanos;
        while (!closed && left > 0) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                return true; // nobody has this thread to interrupt it
            }
            left = end - System.nanoTime();
        }
        return closed;
    }

    /// Deletes what a worker that did not end in order has left elsewhere: it may have had pools itself, and their
    /// workers too.
    ///
    /// @param pids the worker and what was killed with it
    void sweepAfter(List<Long> pids) {
        Leftovers.delete(folder.path(), pids);
    }

    /// Is told by a child that it has ended.
    synchronized void gone(Child child) {
        children.remove(child);
        notifyAll();
    }

    /// Kills what still runs, waits a while for its end and for the delivery of its last lines, and deletes the folder.
    @Override
    public void close() {
        kill("its pool was closed");
        finish(CLOSE_NANOS);
    }

    private void kill(String why) {
        List<Child> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(children);
            last = all;
            notifyAll();
        }
        for (Child child : all) {
            child.kill(why);
        }
    }

    private void finish(long nanos) {
        long end = System.nanoTime() + nanos;
        for (Child child : awaitChildren(end)) {
            try { // it has ended; whoever sees the launcher closed shall see that too
                child.death().get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                // cannot be killed: waits for a disk, perhaps
            }
        }
        delivery.close(Math.min(EXIT_NANOS, end - System.nanoTime()));
        PrivateFolder inMemory;
        synchronized (this) {
            inMemory = memory;
        }
        if (inMemory != null) {
            inMemory.delete();
        }
        folder.delete();
        synchronized (OPEN) {
            OPEN.remove(this);
        }
    }

    private List<Child> awaitChildren(long end) {
        boolean interrupted = false;
        List<Child> found;
        synchronized (this) {
            long left = end - System.nanoTime();
            while (!(children.isEmpty() && starting == 0) && left > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    interrupted = true; // the wait is short, and what follows has to be done
                }
                left = end - System.nanoTime();
            }
            found = last;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return found;
    }

    /// Ends everything that this JVM has started, and deletes its files and those of the process that has started it,
    /// as that is gone and this one is about to halt.
    ///
    /// @param parents a folder of the process that is gone
    public static void endOrphan(Path parents) {
        List<Long> pids = new ArrayList<>();
        try {
            List<ProcessHandle> tree = ProcessHandle.current().descendants().toList();
            for (ProcessHandle handle : tree) {
                handle.destroyForcibly();
                pids.add(handle.pid());
            }
        } catch (RuntimeException e) {
            // no right to list processes; workers notice by themselves
        }
        new AtExit().run();
        Leftovers.delete(parents, pids);
    }

    /// Ends the workers of all pools. The JVM then ends without waiting for anything else.
    private static final class AtExit implements Runnable {
        @Override
        public void run() {
            List<Launcher> all;
            synchronized (OPEN) {
                ending = true;
                all = List.copyOf(OPEN);
            }
            Archive.stop();
            for (Launcher launcher : all) {
                launcher.kill("the process that runs its pool is ending");
            }
            long end = System.nanoTime() + EXIT_NANOS;
            for (Launcher launcher : all) {
                launcher.finish(end - System.nanoTime());
            }
        }
    }
}
