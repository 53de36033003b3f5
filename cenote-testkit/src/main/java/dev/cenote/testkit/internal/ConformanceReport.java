// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import dev.cenote.testkit.Case;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/// Collects what became of each test on each engine; at the end of the run writes `conformance.md` and prints its
/// summary.
///
/// The file goes to the directory named by the system property `cenote.report.directory`, or to `target`.
public final class ConformanceReport implements BeforeAllCallback, TestWatcher {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ConformanceReport.class);

    /// All results of this JVM: a build may give each test class a launcher run of its own. Guarded by itself.
    private static final List<TestResult> RESULTS = Collections.synchronizedList(new ArrayList<>());

    /// {@return where reports go}
    public static Path directory() {
        return Path.of(System.getProperty("cenote.report.directory", "target"));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(NAMESPACE).computeIfAbsent(Finish.class, _ -> new Finish(), Finish.class);
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        add(context, TestResult.Status.PASSED, "");
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        add(context, TestResult.Status.FAILED, String.valueOf(cause));
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        add(context, TestResult.Status.SKIPPED, cause == null ? "aborted" : String.valueOf(cause.getMessage()));
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        add(context, TestResult.Status.SKIPPED, reason.orElse("no reason given"));
    }

    private static void add(ExtensionContext context, TestResult.Status status, String reason) {
        Method method = context.getRequiredTestMethod();
        Case cases = method.getAnnotation(Case.class);
        RESULTS.add(new TestResult(
                ((HasEngine) context.getRequiredTestInstance()).engine().name(),
                method.getDeclaringClass().getSimpleName() + "." + method.getName(),
                cases == null ? List.of() : Arrays.stream(cases.value()).boxed().toList(),
                status,
                reason));
    }

    /// Runs when the last test of a launcher run has ended.
    private static final class Finish implements AutoCloseable {

        @Override
        public void close() throws IOException {
            ReportText report = new ReportText(List.copyOf(RESULTS));
            Files.createDirectories(directory());
            Files.writeString(directory().resolve("conformance.md"), report.whole());
            PrintStream out = System.out;
            out.println(report.summary());
        }
    }
}
