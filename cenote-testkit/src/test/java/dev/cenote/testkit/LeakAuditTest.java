// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.testkit.internal.LiveThreads;
import dev.cenote.testkit.internal.OpenFiles;
import dev.cenote.testkit.internal.Waits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the audit sees.
class LeakAuditTest {

    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    void liveThreads_includesPlatformThreadsUntilTheyEnd() throws InterruptedException {
        Thread thread = Thread.ofPlatform().name("leaked-platform").start(this::awaitRelease);
        assertThat(LiveThreads.platform()).containsEntry(thread.threadId(), "leaked-platform");
        release.countDown();
        thread.join();
        assertThat(LiveThreads.platform()).doesNotContainKey(thread.threadId());
    }

    @Test
    void liveThreads_includesVirtualThreadsUntilTheyEnd() throws InterruptedException {
        List<Thread> threads = List.of(
                Thread.ofVirtual().name("leaked \"quoted\", \\").start(this::awaitRelease),
                Thread.ofVirtual().name("leaked-virtual").start(this::awaitRelease),
                Thread.startVirtualThread(this::awaitRelease));
        Waits.eventually("they wait", () -> threads.stream().allMatch(each -> each.getState() == Thread.State.WAITING));
        Waits.eventually("none runs", LiveThreads::virtualAreQuiet);
        assertThat(LiveThreads.virtual())
                .containsKeys(threads.stream().map(Thread::threadId).toArray(Long[]::new))
                .containsValue("leaked-virtual");
        release.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        Waits.eventually("none runs", LiveThreads::virtualAreQuiet);
        assertThat(LiveThreads.virtual()).doesNotContainValue("leaked-virtual");
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void openFiles_includesAFileUntilItIsClosed(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("leaked.txt"), "text");
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(in.read()).isEqualTo('t');
            if (Files.isDirectory(Path.of("/proc/self/fd"))) {
                assertThat(OpenFiles.all()).anyMatch(name -> name.endsWith("leaked.txt"));
            }
        }
        assertThat(OpenFiles.all()).noneMatch(name -> name.endsWith("leaked.txt"));
    }
}
