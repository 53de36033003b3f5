// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import dev.cenote.testkit.internal.LiveThreads;
import dev.cenote.testkit.internal.OpenFiles;
import dev.cenote.testkit.internal.OurFiles;
import dev.cenote.testkit.internal.Waits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test that leaves something behind: a thread, platform or virtual, a child process, an open file or socket,
/// or a file of ours in the folder for temporary files or in `/dev/shm`. What is on its way out gets a few seconds to
/// end.
///
/// Register it with `@ExtendWith(LeakAudit.class)`; what the test's own `@AfterEach` methods close is closed
/// before the audit looks. Tests that it watches must not run at the same time in one JVM. The threads that the
/// JDK and the tools of the build keep are not counted, nor is `cenote-timer`, which serves all pools and ends by
/// itself. Open files are compared on systems that have `/proc`; elsewhere that part is left out.
///
/// @since 0.1
public final class LeakAudit implements BeforeEachCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LeakAudit.class);
    private static final Duration GRACE = Duration.ofSeconds(5);

    /// Virtual threads at the end of the last test that was watched, so that one list for each test is enough;
    /// `null` before the first. Written and read by the thread that runs the tests.
    private static volatile @Nullable Set<Long> virtualBefore;

    static {
        openWhatTheJdkKeeps();
    }

    /// Creates the extension; JUnit does.
    public LeakAudit() {}

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(Snapshot.class, Snapshot.take());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Snapshot before = context.getStore(NAMESPACE).get(Snapshot.class, Snapshot.class);
        if (before == null || Waits.within(GRACE, before::isRestored)) {
            return;
        }
        Set<String> leaks = before.leaks();
        addNew(leaks, "virtual thread ", before.virtual(), virtualThreads());
        if (!LiveThreads.virtualAreQuiet()) {
            leaks.add("virtual threads that still run");
        }
        if (!leaks.isEmpty()) {
            throw new AssertionError("left behind: " + leaks + "\n" + LiveThreads.dump());
        }
    }

    /// The first socket of a JVM opens another one, which stays.
    private static void openWhatTheJdkKeeps() {
        try (SocketChannel socket = SocketChannel.open()) {
            socket.configureBlocking(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<Long> virtualThreads() {
        Map<Long, String> threads = Map.of();
        if (Waits.within(GRACE, LiveThreads::virtualAreQuiet)) {
            threads = LiveThreads.virtual();
        }
        virtualBefore = Set.copyOf(threads.keySet());
        return threads.keySet();
    }

    private static void addNew(Set<String> leaks, String kind, Collection<?> before, Collection<?> now) {
        Set<Object> added = new TreeSet<>(now);
        added.removeAll(before);
        added.forEach(each -> leaks.add(kind + each));
    }

    /// What there was before a test.
    private record Snapshot(
            Set<Long> platform, Set<Long> virtual, Set<Long> processes, Set<String> openFiles, Set<String> ourFiles) {

        static Snapshot take() {
            Set<Long> known = virtualBefore;
            return new Snapshot(
                    LiveThreads.platform().keySet(),
                    known != null ? known : virtualThreads(),
                    liveProcesses(),
                    OpenFiles.all(),
                    OurFiles.all());
        }

        /// Looks for virtual threads last, when everything else has settled.
        boolean isRestored() {
            return leaks().isEmpty() && LiveThreads.virtualAreQuiet() && virtual.containsAll(virtualThreads());
        }

        Set<String> leaks() {
            Set<String> leaks = new LinkedHashSet<>();
            LiveThreads.platform().forEach((id, name) -> {
                if (!platform.contains(id)) {
                    leaks.add("thread \"" + name + "\"");
                }
            });
            addNew(leaks, "process ", processes, liveProcesses());
            addNew(leaks, "open file ", openFiles, OpenFiles.all());
            addNew(leaks, "file ", ourFiles, OurFiles.all());
            return leaks;
        }

        private static Set<Long> liveProcesses() {
            return ProcessHandle.current()
                    .descendants()
                    .filter(ProcessHandle::isAlive)
                    .map(ProcessHandle::pid)
                    .collect(Collectors.toSet());
        }
    }
}
