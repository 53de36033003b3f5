// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.PreInterruptCallback;
import org.junit.jupiter.api.extension.PreInterruptContext;

/// Writes a dump of all threads, virtual ones too, when a test has exceeded its time limit and before it is
/// interrupted.
public final class HangReport implements PreInterruptCallback {

    @Override
    public void beforeThreadInterrupt(PreInterruptContext hung, ExtensionContext context) throws IOException {
        String test = context.getUniqueId().replaceAll("\\[engine:[^]]*]|class:|nested-class:|method:|[a-z]+\\.", "");
        Path file = ConformanceReport.directory().resolve("hang-" + test.replaceAll("\\W+", "-") + ".txt");
        Files.createDirectories(ConformanceReport.directory());
        Files.writeString(
                file,
                context.getUniqueId() + "\nhung thread: " + hung.getThreadToInterrupt() + "\n\n" + LiveThreads.dump());
        context.publishReportEntry("threads at the time limit", file.toString());
    }
}
