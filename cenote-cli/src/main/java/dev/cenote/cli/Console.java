// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/// Standard error: messages, and a progress line that gives way to them.
///
/// Thread-safe. Errors of writing are ignored, because there is nowhere left to tell them.
final class Console {

    private static final String ERASE_LINE = "\r\u001b[K";

    private final OutputStream err;
    private final Terminal terminal;

    /// Whether a progress line is on the screen; guarded by this.
    private boolean barShown;

    /// The progress line as it was last drawn; guarded by this.
    private String lastBar = "";

    /// Whether nothing may be written any more; guarded by this.
    private boolean closed;

    Console(OutputStream err, Terminal terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    Terminal terminal() {
        return terminal;
    }

    /// Prints a message of this program.
    void say(String message) {
        print("cenote: " + message);
    }

    /// Prints some lines as they are.
    synchronized void print(String lines) {
        hideBar();
        write(lines + "\n");
    }

    /// Draws the progress line over the one before, or prints it as a line where nothing can be redrawn.
    synchronized void bar(String line) {
        if (terminal.present()) {
            write(ERASE_LINE + line);
            barShown = !closed;
        } else if (!line.equals(lastBar)) {
            write(line.stripTrailing() + "\n");
        }
        lastBar = line;
    }

    /// Takes the progress line away until it is drawn again.
    synchronized void hideBar() {
        if (barShown) {
            write(ERASE_LINE);
            barShown = false;
        }
    }

    /// Leaves the progress line where it is and goes on below it.
    synchronized void keepBar() {
        if (barShown) {
            write("\n");
            barShown = false;
        }
    }

    /// Takes the progress line away and says nothing more.
    synchronized void close() {
        hideBar();
        closed = true;
    }

    /// Returns a writer for usage texts, which arrive here when it is flushed.
    PrintWriter asWriter() {
        return new PrintWriter(new StringWriter() {
            @Override
            public void flush() {
                if (!getBuffer().isEmpty()) {
                    print(getBuffer().toString().stripTrailing());
                    getBuffer().setLength(0);
                }
            }
        });
    }

    private synchronized void write(String text) {
        if (closed) {
            return;
        }
        try {
            err.write(text.getBytes(StandardCharsets.UTF_8));
            err.flush();
        } catch (IOException e) {
            closed = true;
        }
    }
}
