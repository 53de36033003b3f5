// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal;

import dev.cenote.Progress;
import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/// Redraws one line on standard error; silent unless a terminal is attached.
public final class ConsoleProgress implements Consumer<Progress> {

    private final PrintStream out;
    private final boolean visible;

    /// Creates a display on standard error.
    public ConsoleProgress() {
        this(System.err, onTerminal());
    }

    private static boolean onTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    ConsoleProgress(PrintStream out, boolean visible) {
        this.out = out;
        this.visible = visible;
    }

    @Override
    public void accept(Progress progress) {
        if (visible) {
            out.print("\r" + line(progress) + "\033[K" + (progress.finished() ? "\n" : ""));
            out.flush();
        }
    }

    static String line(Progress progress) {
        long settled = progress.done() + progress.failed();
        double reached = settled + progress.underway();
        StringBuilder line = new StringBuilder(progress.name()).append("  ").append(settled);
        progress.total().ifPresent(total -> {
            line.append('/').append(total);
            if (total > 0) {
                line.append(String.format(Locale.ROOT, " (%d %%)", (long) (reached * 100 / total)));
            }
            if (reached > 0 && settled < total) {
                double rate = reached / (progress.elapsed().toNanos() / 1e9);
                line.append(String.format(Locale.ROOT, "  %.0f s left", (total - reached) / rate));
            }
        });
        line.append(String.format(Locale.ROOT, "  %,.0f/s", progress.rate()));
        if (progress.failed() > 0) {
            line.append("  ").append(progress.failed()).append(" failed");
        }
        return line.toString();
    }
}
