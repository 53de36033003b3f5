// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What is known about the terminal behind standard error.
///
/// `System.console()` answers for standard input and output together, which is the wrong question for a program in
/// the middle of a pipe; so the launcher script asks for each stream and passes the answers on.
///
/// @param present whether standard error is a terminal
/// @param columns how wide it is
record Terminal(boolean present, int columns) {

    private static final int DEFAULT_COLUMNS = 80;

    static final Terminal NONE = new Terminal(false, DEFAULT_COLUMNS);

    static Terminal detect() {
        String told = System.getProperty("cenote.terminal");
        boolean present = told != null ? Boolean.parseBoolean(told) : linkedToTerminal();
        int columns = Integer.getInteger("cenote.columns", DEFAULT_COLUMNS);
        return new Terminal(present, columns > 0 ? columns : DEFAULT_COLUMNS);
    }

    /// Without the launcher: where the kernel shows open files as links, a terminal is a device with such a name.
    private static boolean linkedToTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
