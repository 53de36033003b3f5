// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.util.ArrayDeque;
import java.util.List;

/// The last lines of a worker, of both its streams, for the report of its death. For any thread.
final class Tail {

    private static final int LINES = 50;
    private static final int CHARS = 16_384;

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private int chars;

    synchronized void add(String line) {
        lines.addLast(line);
        chars += line.length();
        while (lines.size() > LINES || (chars > CHARS && lines.size() > 1)) {
            chars -= lines.removeFirst().length();
        }
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
