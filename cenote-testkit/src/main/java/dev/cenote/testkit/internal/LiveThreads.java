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

/// The live threads of this JVM. Only a thread dump of the JVM itself lists virtual threads too.
public final class LiveThreads {

    private static final Pattern THREAD = Pattern.compile("\"tid\":\\s*\"?(\\d+)\"?,"
            + "(?:\\s*\"(?:time|virtual)\":[^,\\n]*,)*?\\s*\"name\":\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

    /// Threads that the JDK, JUnit and the build start when they like, and the one timer that all pools share.
    private static final Pattern FOREIGN = Pattern.compile("ForkJoinPool[.-].*|VirtualThread-.*|CompletableFuture.*"
            + "|(Common|Inner)?-?Cleaner.*|(process reaper|JFR |Attach |Signal |Notification |Reference |Finalizer).*"
            + "|C[12] Compiler.*|.*Poller.*|junit-.*|surefire-.*|main|DestroyJavaVM|cenote-timer|JMX .*|RMI .*");

    private LiveThreads() {}

    /// {@return the names of all live threads that a test may have started, by their ids}
    public static Map<Long, String> all() {
        Map<Long, String> threads = new HashMap<>();
        Matcher thread = THREAD.matcher(dump(ThreadDumpFormat.JSON));
        while (thread.find()) {
            if (!FOREIGN.matcher(thread.group(2)).matches()) {
                threads.put(Long.valueOf(thread.group(1)), thread.group(2));
            }
        }
        threads.remove(Thread.currentThread().threadId());
        return threads;
    }

    /// {@return a dump of all threads, for people}
    public static String dump() {
        return dump(ThreadDumpFormat.TEXT_PLAIN);
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
