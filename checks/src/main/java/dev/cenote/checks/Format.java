// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Formats every Java file of the repository in place; [FormatTest] fails for each file that this would change.
final class Format {
    /// The command that repairs what the gate complains about.
    static final String COMMAND = "mvn -q -pl checks compile -Dformat";

    private static final JavaFormatterOptions.Style STYLE = JavaFormatterOptions.Style.PALANTIR;
    private static final int COLUMNS = 120;

    // The compiler reports consecutive lines of Markdown documentation as one comment, and the formatter cuts the
    // lines of such a comment too early and without repeating the slashes, so that the rest of a sentence becomes code.
    // Each line is therefore an ordinary short comment while the formatter works.
    private static final Pattern MARKDOWN = Pattern.compile("(?<=^[ \t]{0,100})///.*$", Pattern.MULTILINE);
    private static final Pattern HIDDEN = Pattern.compile("// <(\\d+)>");

    private final Formatter formatter = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(STYLE).build());
    private final Repository repository;

    Format(Repository repository) {
        this.repository = repository;
    }

    static void main() throws IOException {
        var format = new Format(Repository.current());
        List<String> broken = format.apply();
        if (!broken.isEmpty()) {
            System.err.println(String.join("\n", broken));
            System.exit(1);
        }
    }

    /// Rewrites the files that need it; returns one line for each that cannot be parsed.
    List<String> apply() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path file : sources()) {
            try {
                rewrite(file);
            } catch (FormatterException e) {
                broken.add(repository.name(file) + ": " + e.getMessage());
            }
        }
        return broken;
    }

    /// One line for each file that is not as the formatter would write it.
    List<String> findings() throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path file : sources()) {
            try {
                String source = Files.readString(file);
                if (!source.equals(formatted(source))) {
                    findings.add(repository.name(file));
                }
                findings.addAll(overlong(repository.name(file), source.lines().toList()));
            } catch (FormatterException e) {
                findings.add(repository.name(file) + ": " + e.getMessage());
            }
        }
        return findings;
    }

    /// All but the programs of the documentation: compact source files are not known to the formatter.
    private List<Path> sources() throws IOException {
        return repository.files(".java").stream()
                .filter(file -> !repository.name(file).startsWith("docs/"))
                .toList();
    }

    String formatted(String source) throws FormatterException {
        String imports = ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(source), STYLE);
        List<String> comments = new ArrayList<>();
        String hidden = MARKDOWN.matcher(imports).replaceAll(comment -> {
            comments.add(comment.group());
            return "// <" + (comments.size() - 1) + ">";
        });
        String formatted = formatter.formatSource(hidden);
        return HIDDEN.matcher(formatted)
                .replaceAll(place -> Matcher.quoteReplacement(comments.get(Integer.parseInt(place.group(1)))));
    }

    /// The formatter does not wrap these, and neither do we: where to break a sentence is for its author to say.
    private static List<String> overlong(String name, List<String> lines) {
        return IntStream.range(0, lines.size())
                .filter(i ->
                        lines.get(i).strip().startsWith("///") && lines.get(i).length() > COLUMNS)
                .mapToObj(i -> name + ":" + (i + 1) + ": longer than " + COLUMNS + " columns, to be wrapped by hand")
                .toList();
    }

    private void rewrite(Path file) throws IOException, FormatterException {
        String source = Files.readString(file);
        String formatted = formatted(source);
        if (!source.equals(formatted)) {
            Files.writeString(file, formatted);
            System.out.println("formatted " + repository.name(file));
        }
    }
}
