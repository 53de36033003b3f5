// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.cenote.Pool;
import dev.cenote.Range;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/// Calls of native code that block outside the JVM, and a check whether they really overlapped.
///
/// Each call of `usleep` keeps its platform thread busy. A pool of four threads makes four calls at a time, however
/// few CPUs there are. A virtual thread cannot leave its carrier thread while it is in native code, so on virtual
/// threads there are as many calls at a time as there are carriers: one for each CPU, whatever the pool allows. In four
/// processes there are four calls at a time, and a call that crashes takes one process with it.
///
/// ```
/// java --enable-native-access=ALL-UNNAMED -cp core/target/classes \
///     examples/src/main/java/dev/cenote/examples/NativeCalls.java [calls] [sleepMillis]
/// ```
///
/// By default 8 calls of 250 ms. Without the flag it works as well, and the JVM prints a warning. On Windows it
/// calls `Sleep` and `GetCurrentProcessId` instead of `usleep` and `getpid`.
@SuppressWarnings("restricted") // calling native code is what this example is about
public final class NativeCalls {

    private static final boolean WINDOWS =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

    private static final MethodHandle SLEEP = WINDOWS
            ? function("Sleep", FunctionDescriptor.ofVoid(JAVA_INT))
            : function("usleep", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private static final MethodHandle PROCESS_ID =
            function(WINDOWS ? "GetCurrentProcessId" : "getpid", FunctionDescriptor.of(JAVA_INT));

    private NativeCalls() {}

    /// When a native call began and ended, in microseconds, and the process that made it. By the clock of the machine:
    /// the origin of `System.nanoTime()` may be another in each process.
    record Call(long start, long end, long pid) {}

    public static void main(String... args) {
        int calls = args.length > 0 ? Integer.parseInt(args[0]) : 8;
        int millis = args.length > 1 ? Integer.parseInt(args[1]) : 250;
        System.out.printf(
                "%d calls that sleep %d ms in native code, %d CPUs, process %d%n",
                calls,
                millis,
                Runtime.getRuntime().availableProcessors(),
                ProcessHandle.current().pid());
        row("serial", Pool.serial(), calls, millis);
        row("threads(4)", Pool.threads(4), calls, millis);
        row("virtual", Pool.virtual(), calls, millis);
        row("processes(4)", Pool.processes(4), calls, millis);
    }

    static List<Call> sleepAll(Pool pool, int calls, int millis) {
        return pool.map(Range.of(0, calls), n -> timedSleep(millis));
    }

    /// The check: how many calls were under way at the same time, at most. That number is reached when a call
    /// begins, so it is enough to count, for the beginning of each, the calls that had begun and had not ended.
    static int mostAtATime(List<Call> calls) {
        int most = 0;
        for (Call call : calls) {
            long now = call.start();
            long underWay = calls.stream()
                    .filter(other -> other.start() <= now && now < other.end())
                    .count();
            most = Math.max(most, (int) underWay);
        }
        return most;
    }

    private static Call timedSleep(int millis) {
        int pid = processId();
        long start = micros();
        sleep(millis);
        return new Call(start, micros(), pid);
    }

    private static long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /// Blocks in native code. The JVM does not notice: it cannot interrupt this.
    static void sleep(int millis) {
        try {
            if (WINDOWS) {
                SLEEP.invokeExact(millis);
            } else {
                int ignored = (int) SLEEP.invokeExact(millis * 1_000);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("the native sleep could not be called", e);
        }
    }

    static int processId() {
        try {
            return (int) PROCESS_ID.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("the native process id could not be read", e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library =
                WINDOWS ? SymbolLookup.libraryLookup("kernel32", Arena.global()) : linker.defaultLookup();
        return linker.downcallHandle(library.findOrThrow(name), descriptor);
    }

    private static void row(String how, Pool pool, int calls, int millis) {
        try (pool) {
            long start = System.nanoTime();
            List<Call> done = sleepAll(pool, calls, millis);
            double seconds = (System.nanoTime() - start) / 1e9;
            double slept =
                    done.stream().mapToLong(call -> call.end() - call.start()).sum() / 1e6;
            long processes = done.stream().map(Call::pid).distinct().count();
            int most = mostAtATime(done);
            System.out.printf(
                    "%-12s %6.3f s for %6.3f s of sleep in %d %s, %d calls at a time: %s%n",
                    how,
                    seconds,
                    slept,
                    processes,
                    processes == 1 ? "process" : "processes",
                    most,
                    most > 1 ? "they overlapped" : "one after the other");
        }
    }
}
