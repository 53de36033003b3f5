// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Tasks that misbehave, each in a way of its own, to see what becomes of a pool and of a program that uses one.
///
/// ```java
/// List<Integer> lengths = pool.map(words, word -> word.isEmpty() ? Faults.halt(3) : word.length());
/// ```
///
/// They are for tasks of pools of processes. Many of them end or stop the process that calls them, and called
/// outside of such a task that is the program itself. Those that never return have a result of any type, so that
/// they fit into any expression.
///
/// What a pool of processes owes to its user with each of them: every item has exactly one outcome; items beside
/// the guilty one are right; the pool has all its workers afterwards; and all of this within a bounded time, for
/// which what never ends by itself needs a `timeout`. `FaultContract` of the suite holds it to that.
///
/// For any thread.
///
/// @since 0.1
@SuppressWarnings({
    "DoNotCallSuggester", // what never returns has to fit into a lambda
    "SystemOut", // some are about it
    "TypeParameterUnusedInFormals" // as the first
})
public final class Faults {

    private static final int BLOCK = 1 << 16;

    private Faults() {}

    // ---- tasks that never end

    /// Computes for ever, and never looks whether it is interrupted.
    ///
    /// @param <T> what the task would have returned
    /// @return nothing
    public static <T extends @Nullable Object> T spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }

    /// Waits for ever, and ignores each interrupt.
    ///
    /// @param <T> what the task would have returned
    /// @return nothing
    public static <T extends @Nullable Object> T ignoreInterrupts() {
        while (true) {
            LockSupport.park();
            boolean _ = Thread.interrupted();
        }
    }

    /// Stops this process with `SIGSTOP`, as a debugger would; it is all there, and does nothing. Returns when
    /// somebody lets it go on. On Unix only.
    public static void stopSelf() {
        signal("STOP");
    }

    // ---- tasks that use up what there is

    /// Allocates memory and keeps it until there is no more.
    ///
    /// @param <T> what the task would have returned
    /// @return nothing
    public static <T extends @Nullable Object> T allocateToDeath() {
        List<long[]> hoard = new ArrayList<>();
        do {
            hoard.add(new long[BLOCK]);
        } while (!hoard.isEmpty());
        throw new AssertionError("memory without an end");
    }

    /// Calls itself until the stack is full.
    ///
    /// @param <T> what the task would have returned
    /// @return nothing
    public static <T extends @Nullable Object> T overflowStack() {
        deeper(1);
        throw new AssertionError("a stack without an end");
    }

    private static long deeper(long depth) {
        return depth < 0 ? depth : depth + deeper(depth + 1);
    }

    // ---- tasks that end their process

    /// Ends this process in order, with its shutdown hooks, by `System.exit`.
    ///
    /// @param code its exit code
    /// @param <T> what the task would have returned
    /// @return nothing
    public static <T extends @Nullable Object> T exit(int code) {
        System.exit(code);
        throw new AssertionError("still here");
    }

    /// Ends this process at once, without any hook.
    ///
    /// @param code its exit code
    /// @param <T> what the task would have returned
    /// @return nothing
    public static <T extends @Nullable Object> T halt(int code) {
        Runtime.getRuntime().halt(code);
        throw new AssertionError("still here");
    }

    /// Reads where no memory is, as faulty native code does; this ends a JVM with a crash report.
    ///
    /// @param <T> what the task would have returned
    /// @return nothing
    @SuppressWarnings("restricted")
    public static <T extends @Nullable Object> T crash() {
        throw new AssertionError(MemorySegment.ofAddress(8).reinterpret(8).get(ValueLayout.JAVA_BYTE, 0));
    }

    /// Kills this process with `SIGKILL`, as the kernel does when memory is short.
    ///
    /// @param <T> what the task would have returned
    /// @return nothing
    public static <T extends @Nullable Object> T killSelf() {
        signal("KILL");
        return ignoreInterrupts();
    }

    private static void signal(String name) {
        String pid = Long.toString(ProcessHandle.current().pid());
        boolean unix = !System.getProperty("os.name").startsWith("Windows");
        if (!unix && !name.equals("KILL")) {
            throw new UnsupportedOperationException("no such signal here: " + name);
        }
        run(unix ? List.of("/bin/sh", "-c", "kill -" + name + " " + pid) : List.of("taskkill", "/F", "/PID", pid));
    }

    private static void run(List<String> command) {
        try {
            int _ = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- what tasks do to their output

    /// Prints many lines of text.
    ///
    /// @param bytes about how many bytes they have together
    public static void print(long bytes) {
        String line = "x".repeat(99);
        for (long printed = 0; printed < bytes; printed += line.length() + 1) {
            System.out.println(line);
        }
    }

    /// Writes bytes to standard output that are no text in any encoding and have hardly a line end.
    ///
    /// @param bytes how many
    public static void printGarbage(int bytes) {
        byte[] garbage = new byte[bytes];
        new Random(bytes).nextBytes(garbage);
        System.out.write(garbage, 0, bytes);
        System.out.flush();
    }

    /// Closes standard output and standard error.
    public static void closeOutput() {
        for (PrintStream stream : List.of(System.out, System.err)) {
            stream.close();
        }
    }

    // ---- what tasks leave behind

    /// Starts threads that never end, ignore interrupts, and would keep a JVM alive.
    ///
    /// @param count how many
    public static void leakThreads(int count) {
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(Faults::ignoreInterrupts, "leaked-" + i);
            thread.setDaemon(false);
            thread.start();
        }
    }

    /// Adds a shutdown hook that never ends, so that this process cannot end in order.
    public static void stickAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(Faults::ignoreInterrupts, "stuck-hook"));
    }

    /// Starts processes that run for ten minutes.
    ///
    /// @param count how many
    /// @return their process ids
    public static List<Long> forkChildren(int count) {
        boolean unix = !System.getProperty("os.name").startsWith("Windows");
        List<String> command = unix ? List.of("sleep", "600") : List.of("ping", "-n", "600", "127.0.0.1");
        List<Long> pids = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                pids.add(new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pids;
    }

    // ---- results and arguments

    /// {@return an object that holds another, and so on, until no stack is deep enough to write or read it}
    ///
    /// @param depth how many there are
    public static Serializable nested(int depth) {
        Nested made = new Nested(null);
        for (int i = 1; i < depth; i++) {
            made = new Nested(made);
        }
        return made;
    }

    private record Nested(@Nullable Nested inner) implements Serializable {}

    /// {@return an object that takes as many bytes again when it is written}
    ///
    /// @param bytes how many
    public static byte[] huge(int bytes) {
        return new byte[bytes];
    }

    /// Fails where it is written.
    public static final class Unwritable implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        /// Creates one.
        public Unwritable() {}

        @Serial
        private void writeObject(ObjectOutputStream out) {
            throw new IllegalStateException("never written");
        }
    }

    /// Fails where it is read.
    public static final class Unreadable implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        /// Creates one.
        public Unreadable() {}

        @Serial
        private void readObject(ObjectInputStream in) {
            throw new IllegalStateException("never read");
        }
    }

    /// Keeps those who read it waiting, until they are interrupted.
    public static final class Endless implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        /// Creates one.
        public Endless() {}

        @Serial
        private void readObject(ObjectInputStream in) throws IOException {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /// Ends each process where it is read, but that in which it was made.
    public static final class EndsReader implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        private final long home = ProcessHandle.current().pid();
        private final boolean natively;

        /// Creates one.
        ///
        /// @param natively whether by a crash of native code
        public EndsReader(boolean natively) {
            this.natively = natively;
        }

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            if (home != ProcessHandle.current().pid()) {
                Object _ = natively ? crash() : halt(31);
            }
        }
    }

    /// Ends the process that writes it.
    public static final class EndsWriter implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        private final boolean natively;

        /// Creates one.
        ///
        /// @param natively whether by a crash of native code
        public EndsWriter(boolean natively) {
            this.natively = natively;
        }

        @Serial
        private void writeObject(ObjectOutputStream out) {
            Object _ = natively ? crash() : halt(32);
        }
    }

    // ---- exceptions

    /// An exception whose parts fail where they are written.
    public static final class UnwritableException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final Unwritable part = new Unwritable();

        /// Creates one.
        public UnwritableException() {
            super("cannot be written");
        }

        /// {@return what fails}
        public Unwritable part() {
            return part;
        }
    }

    /// An exception whose parts fail where they are read.
    public static final class UnreadableException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final Unreadable part = new Unreadable();

        /// Creates one.
        public UnreadableException() {
            super("cannot be read");
        }

        /// {@return what fails}
        public Unreadable part() {
            return part;
        }
    }

    /// An exception whose parts end the process that writes them.
    public static final class FatalException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final EndsWriter part = new EndsWriter(false);

        /// Creates one.
        public FatalException() {
            super("ends who writes it");
        }

        /// {@return what ends the process}
        public EndsWriter part() {
            return part;
        }
    }

    /// An exception that cannot be made from a message, as many cannot.
    public static final class TwoPartException extends Exception {

        @Serial
        private static final long serialVersionUID = 1L;

        private final int code;

        /// Creates one.
        ///
        /// @param message what went wrong
        /// @param code a number for it
        public TwoPartException(String message, int code) {
            super(message);
            this.code = code;
        }

        /// {@return the number}
        public int code() {
            return code;
        }
    }
}
