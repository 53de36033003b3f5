// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticListener;
import javax.tools.JavaFileObject;

/// The errors that the compiler found in one unit, told in terms of the user's text; nothing of the code around it
/// shows.
final class Diagnostics implements DiagnosticListener<JavaFileObject> {

    private static final int SHOWN = 5;

    /// Details of a message that speak of the generated code.
    private static final Pattern OURS = Pattern.compile("(?m)^\\s*location: .*(?:"
            + Pattern.quote(Expression.CLASS_NAME) + "|" + Pattern.quote(Expression.FUNCTION_NAME) + ").*$\\R?");

    /// Package names that javac writes out although everybody knows the class.
    private static final Pattern KNOWN_PACKAGE = Pattern.compile("\\bjava\\.(?:lang|util|util\\.function)\\.(?=[A-Z])");

    private static final Pattern UNKNOWN_CLASS =
            Pattern.compile("symbol:\\s+(?:class|variable) (\\p{javaUpperCase}\\w*)");

    private final SourceText source;
    private final List<Diagnostic<? extends JavaFileObject>> errors = new ArrayList<>();

    Diagnostics(SourceText source) {
        this.source = source;
    }

    @Override
    public void report(Diagnostic<? extends JavaFileObject> diagnostic) {
        if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
            errors.add(diagnostic);
        }
    }

    int count() {
        return errors.size();
    }

    /// Tells whether these errors explain more than those of another attempt at the same text: there are fewer, or
    /// they are not just about a number on which nothing can be called.
    boolean isBetterThan(Diagnostics other) {
        return count() < other.count() || (count() == other.count() && other.isAboutPrimitive() && !isAboutPrimitive());
    }

    private boolean isAboutPrimitive() {
        return errors.stream().anyMatch(error -> error.getCode().endsWith(".cant.deref"));
    }

    /// {@return the first error as text; what comes after an error of syntax seldom means anything}
    String describeFirst() {
        return describe(errors.get(0));
    }

    /// {@return the errors as text, several lines each}
    String describe() {
        return errors.stream().limit(SHOWN).map(this::describe).distinct().collect(Collectors.joining("\n"));
    }

    private String describe(Diagnostic<? extends JavaFileObject> error) {
        String message = OURS.matcher(error.getMessage(Locale.ENGLISH)).replaceAll("");
        message = KNOWN_PACKAGE.matcher(message).replaceAll("").stripTrailing();
        String headline = message.lines().findFirst().orElse("");
        String details = message.lines().skip(1).map(line -> "\n" + line).collect(Collectors.joining());
        int offset = source.offset(error.getPosition());
        if (error.getPosition() == Diagnostic.NOPOS) {
            return "error: " + message;
        } else if (offset < 0) {
            return "error: in import " + source.importAt(error.getPosition()) + ": " + message;
        }
        return source.point(offset, endsTooEarly(offset, headline) ? "the expression is not complete" : headline)
                + details
                + hint(details);
    }

    private static String hint(String details) {
        Matcher matcher = UNKNOWN_CLASS.matcher(details);
        return matcher.find()
                ? "\n  if " + matcher.group(1) + " is a class: --import names its package, --class-path where it is"
                : "";
    }

    /// An error behind the text is about our code, which the compiler took for the rest of the expression.
    private boolean endsTooEarly(int offset, String headline) {
        return offset == source.offset(Long.MAX_VALUE) && !headline.contains("expected");
    }
}
