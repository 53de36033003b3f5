// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.Progress;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/// The progress line of a run: items, rate, time left, failures.
///
/// The size of a file is known in bytes only, so the number of its lines is a guess that gets better.
final class Bar implements AutoCloseable {

    private static final int REDRAW_MILLIS = 100;
    private static final int PRINT_MILLIS = 1000;

    private final ProgressBar bar;
    private final Supplier<OptionalLong> total;
    private final Console console;

    /// Whether the last counts are there; guarded by this.
    private boolean ended;

    /// Whether anything stands behind the bar; guarded by this.
    private boolean told;

    /// @param console where it is drawn
    /// @param total how many items there are, as far as that is known
    Bar(Console console, Supplier<OptionalLong> total) {
        this.console = console;
        this.total = total;
        this.bar = new ProgressBarBuilder()
                .setTaskName("map")
                .setInitialMax(total.get().orElse(-1))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(console.terminal().present() ? REDRAW_MILLIS : PRINT_MILLIS)
                .setUnit(" items", 1)
                .showSpeed()
                .setConsumer(new Line(console))
                .build();
    }

    /// Takes over new counts, unless the run has ended.
    synchronized void update(Progress progress) {
        if (!ended && !progress.finished()) {
            show(progress.done() + progress.failed(), progress.failed(), progress.underway());
            total.get().ifPresent(bar::maxHint);
        }
    }

    /// Takes over the last counts. The reports of the pool come from another thread and may be late.
    ///
    /// @param items the items that ended
    /// @param failures how many of them failed
    /// @param complete whether there are no more
    synchronized void end(long items, long failures, boolean complete) {
        ended = true;
        show(items, failures, 0);
        if (complete) {
            bar.maxHint(items);
        }
    }

    private void show(long items, long failures, double underway) {
        String more = underway > 0 ? String.format(Locale.ROOT, " +%.1f under way", underway) : "";
        if (failures > 0 || !more.isEmpty() || told) {
            told = true;
            bar.setExtraMessage(more + (failures > 0 ? " " + failures + " failed" : ""));
        }
        bar.stepTo(items);
    }

    @Override
    public void close() {
        bar.close();
        console.keepBar();
    }

    /// Draws the line on the console, where messages know how to get it out of their way.
    private record Line(Console console) implements ProgressBarConsumer {

        @Override
        public int getMaxRenderedLength() {
            return console.terminal().columns() - 1;
        }

        @Override
        public void accept(String rendered) {
            console.bar(rendered);
        }

        @Override
        public void close() {}
    }
}
