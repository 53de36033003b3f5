// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.Progress;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/// The progress line of a run: items, rate, time left, failures.
///
/// The length of a file is known in bytes only, so the number of its lines is estimated from the part that was read.
final class Bar implements AutoCloseable {

    private static final int REDRAW_MILLIS = 100;
    private static final int PRINT_MILLIS = 1000;

    private final ProgressBar bar;
    private final Supplier<Optional<Double>> fractionRead;
    private final Console console;

    /// @param console where it is drawn
    /// @param total how many items there are, if that is known
    /// @param fractionRead which part of the input was read, if that is known
    Bar(Console console, OptionalLong total, Supplier<Optional<Double>> fractionRead) {
        this.console = console;
        this.fractionRead = fractionRead;
        this.bar = new ProgressBarBuilder()
                .setTaskName("map")
                .setInitialMax(total.orElse(-1))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(console.terminal().present() ? REDRAW_MILLIS : PRINT_MILLIS)
                .setUnit(" items", 1)
                .showSpeed()
                .setConsumer(new Line(console))
                .build();
    }

    /// Takes over new counts.
    void update(Progress progress) {
        long ended = progress.done() + progress.failed();
        bar.stepTo(ended);
        if (progress.failed() > 0) {
            bar.setExtraMessage(" " + progress.failed() + " failed");
        }
        if (progress.finished()) {
            bar.maxHint(ended);
        } else {
            fractionRead.get().filter(part -> part > 0).ifPresent(part -> bar.maxHint(Math.round(ended / part)));
        }
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
