// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// One Java block of a document, as source that the compiler accepts.
///
/// A block that declares a top-level type or `void main(` is a compilation unit and brings its own imports. Any
/// other is the body of a method, or the members of a class, beside the names of [DocsFixture]. Whatever is put
/// around a block stands on the line where the block begins, so that line numbers stay true.
final class Snippet {
    private static final Pattern UNIT = Pattern.compile(
            "^((public|final|sealed|non-sealed|abstract|static) )*(@?interface|class|record|enum) \\w"
                    + "|^((public|static) )*void main\\(",
            Pattern.MULTILINE);
    private static final Pattern IMPORT = Pattern.compile("^import [^;]+;$", Pattern.MULTILINE);
    private static final String IMPORTS = Stream.of(
                    "java.util.*",
                    "java.time.*",
                    "java.util.concurrent.*",
                    "java.util.function.*",
                    "java.util.stream.*",
                    "java.math.BigInteger",
                    "java.nio.file.*",
                    "java.net.URI",
                    "static java.time.Duration.*",
                    "dev.cenote.*",
                    "dev.cenote.checks.DocsFixture")
            .map(name -> "import " + name + ";")
            .collect(Collectors.joining());

    private final Markdown.Block block;

    Snippet(Markdown.Block block) {
        this.block = block;
    }

    /// One line `file:line: message` for each error; empty when any reading of the block compiles.
    List<String> errors() throws IOException {
        List<String> first = List.of();
        for (String source : readings()) {
            List<String> errors = compile(source);
            if (errors.isEmpty()) {
                return errors;
            }
            first = first.isEmpty() ? errors : first;
        }
        return first;
    }

    /// The likeliest reading first: its errors are the ones worth showing.
    private List<String> readings() {
        List<String> readings = new ArrayList<>();
        if (UNIT.matcher(block.text()).find()) {
            readings.add(block.text());
        }
        String head = IMPORTS
                + IMPORT.matcher(block.text())
                        .results()
                        .map(match -> match.group())
                        .collect(Collectors.joining());
        String body = IMPORT.matcher(block.text()).replaceAll("");
        String type = head + "class Snippet extends DocsFixture {";
        readings.add(type + "void run() throws Exception {" + body + "\n}}");
        readings.add(type + body + "\n}");
        return readings;
    }

    private List<String> compile(String source) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        List<String> options =
                List.of("-proc:none", "-implicit:none", "-classpath", System.getProperty("java.class.path"));
        var task = (JavacTask) compiler.getTask(null, null, found, options, null, List.of(new Source(source)));
        task.analyze();
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(this::message)
                .toList();
    }

    private String message(Diagnostic<?> diagnostic) {
        long line = block.line() + Math.max(0, diagnostic.getLineNumber() - 1);
        return Repository.current().name(block.file()) + ":" + line + ": " + diagnostic.getMessage(Locale.ROOT);
    }

    /// Source in memory, under a name that suits every public type.
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("memory:///Snippet.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return kind == Kind.SOURCE;
        }
    }
}
