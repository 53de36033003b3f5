// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A Markdown file, split into its prose and its fenced blocks.
record Markdown(Path file, List<Block> blocks, List<Line> prose) {
    private static final Pattern FENCE = Pattern.compile("^\\s*(`{3,}|~{3,})\\s*(\\w*).*$");
    private static final Pattern SKIP = Pattern.compile("^\\s*<!--\\s*not compiled:\\s*(.*?)\\s*-->\\s*$");

    /// One line outside of all fences.
    record Line(int number, String text) {}

    /// One fenced block: `line` is the number of the first line of its text, `skipped` the reason of a skip comment.
    record Block(
            Path file,
            String language,
            int line,
            List<String> lines,
            @Nullable String skipped) {
        String text() {
            return String.join("\n", lines);
        }

        boolean isRun() {
            return skipped == null;
        }
    }

    static Markdown read(Path file) throws IOException {
        return parse(file, Files.readAllLines(file));
    }

    static Markdown parse(Path file, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        List<Line> prose = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher fence = FENCE.matcher(lines.get(i));
            if (!fence.matches()) {
                prose.add(new Line(i + 1, lines.get(i)));
                continue;
            }
            int end = end(lines, i + 1, fence.group(1));
            List<String> text = List.copyOf(lines.subList(i + 1, end));
            blocks.add(new Block(file, fence.group(2), i + 2, text, i == 0 ? null : reason(lines.get(i - 1))));
            i = end;
        }
        return new Markdown(file, blocks, prose);
    }

    private static int end(List<String> lines, int from, String fence) {
        for (int i = from; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(fence)) {
                return i;
            }
        }
        return lines.size();
    }

    private static @Nullable String reason(String line) {
        Matcher skip = SKIP.matcher(line);
        return skip.matches() ? skip.group(1) : null;
    }
}
