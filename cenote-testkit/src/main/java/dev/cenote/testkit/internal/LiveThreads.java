// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.management.VirtualThreadSchedulerMXBean;

/// The live threads of this JVM.
///
/// Only a thread dump of the JVM itself lists virtual threads, and JDK 25 may crash when it dumps one that is just
/// being blocked (`ShouldNotReachHere` in `map_state_to_thread_status`). So a dump is made only while none of them
/// runs.
public final class LiveThreads {

    private static final Pattern VIRTUAL =
            Pattern.compile("\"tid\":\\s*\"?(\\d+)\"?,(?:\\s*\"time\":[^,\\n]*,)?\\s*\"virtual\":\\s*true,"
                    + "\\s*\"name\":\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

    /// Threads that the JDK, JUnit and the build start when they like, and the one timer that all pools share.
    private static final Pattern FOREIGN = Pattern.compile("ForkJoinPool[.-].*|VirtualThread-.*|CompletableFuture.*"
            + "|(Common|Inner)?-?Cleaner.*|(process reaper|JFR |Attach |Signal |Notification |Reference |Finalizer).*"
            + "|C[12] Compiler.*|.*Poller.*|junit-.*|surefire-.*|main|DestroyJavaVM|cenote-timer|JMX .*|RMI .*");

    private static final VirtualThreadSchedulerMXBean SCHEDULER =
            ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

    private LiveThreads() {}

    /// {@return the names of the live platform threads that a test may have started, by their ids}
    public static Map<Long, String> platform() {
        Map<Long, String> threads = new HashMap<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread != Thread.currentThread()
                    && !FOREIGN.matcher(thread.getName()).matches()) {
                threads.put(thread.threadId(), thread.getName());
            }
        }
        return threads;
    }

    /// {@return the names of the live virtual threads by their ids; to be asked for while they are quiet}
    public static Map<Long, String> virtual() {
        Map<Long, String> threads = new HashMap<>();
        Matcher thread = VIRTUAL.matcher(dump(ThreadDumpFormat.JSON));
        while (thread.find()) {
            if (!FOREIGN.matcher(thread.group(2)).matches()) {
                threads.put(Long.valueOf(thread.group(1)), thread.group(2));
            }
        }
        return threads;
    }

    /// {@return whether no virtual thread runs or is about to}
    public static boolean virtualAreQuiet() {
        return SCHEDULER.getMountedVirtualThreadCount() <= 0 && SCHEDULER.getQueuedVirtualThreadCount() <= 0;
    }

    /// {@return a dump of all threads, for people; without the virtual ones while some of them run}
    public static String dump() {
        if (virtualAreQuiet()) {
            return dump(ThreadDumpFormat.TEXT_PLAIN);
        }
        StringBuilder text = new StringBuilder("virtual threads are running, so only platform threads are shown\n");
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            text.append('\n')
                    .append(thread)
                    .append(' ')
                    .append(thread.getState())
                    .append('\n');
            for (StackTraceElement frame : stack) {
                text.append("      ").append(frame).append('\n');
            }
        });
        return text.toString();
    }

    private static String dump(ThreadDumpFormat format) {
        try {
            Path directory = Files.createTempDirectory("cenote-threads");
            Path file = directory.resolve("dump");
            try {
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                        .dumpThreads(file.toString(), format);
                return Files.readString(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no thread dump could be made", e);
        }
    }
}
