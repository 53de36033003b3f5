// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.cli.Expression.ItemType;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {

    private static @Nullable Object line(String text, String item) throws ExpressionException {
        return Expression.compile(text, ItemType.LINE, List.of(), ClassPath.EMPTY)
                .apply(item);
    }

    private static @Nullable Object number(String text, long item) throws ExpressionException {
        return Expression.compile(text, ItemType.NUMBER, List.of(), ClassPath.EMPTY)
                .apply(item);
    }

    private static String error(String text, ItemType type, String... imports) {
        try {
            Expression.compile(text, type, List.of(imports), ClassPath.EMPTY);
        } catch (ExpressionException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("it compiles: " + text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n -> n.length()",
                "(n) -> n.length()",
                "(String n) -> n.length()",
                "(final var n) -> n.length()",
                "(n -> n.length())",
                "n -> { int x = n.length(); return x; }",
                "n -> n.length();",
                "String::length",
                "java.lang.String :: length",
                "line.length()",
                "line.length() // a comment",
                "/* a comment */ line -> line.length()",
                "{ return line.length(); }",
                " { var s = line;\n return s.length(); } ",
                "line.chars().mapToObj(c -> c).toList().size()",
                "switch (line) { case \"abc\" -> 3; default -> 0; }",
            })
    void lineOfAnyForm_isCompiled(String text) throws Exception {
        assertThat(line(text, "abc")).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "n * n, 9",
        "x -> x + 1, 4",
        "Math::abs, 3",
        "Long::toString, 3",
        "BigInteger::valueOf, 3",
        "Long::intValue, 3",
        "n.intValue() + 0, 3",
        "(int) n, 3",
        "(Long x) -> x.hashCode(), 3",
        "sqrt(n * 3), 3.0",
        "n % 2 == 0 ? n : null, ",
    })
    void number_isPrimitiveOrBoxedAsNeeded(String text, @Nullable String expected) throws Exception {
        Object result = number(text, 3);

        assertThat(result == null ? null : result.toString()).isEqualTo(expected);
    }

    @Test
    void statementWithoutValue_givesNull() throws Exception {
        assertThat(line("System.setProperty(\"cenote.test\", line)", "a")).isNull();
        assertThat(line("line -> { System.setProperty(\"cenote.test\", line); }", "b"))
                .isNull();
        assertThat(line("System::gc0".replace("gc0", "clearProperty"), "cenote.test"))
                .isEqualTo("b");
        assertThat(line("new StringBuilder().ensureCapacity(line.length())", "b"))
                .isNull();
    }

    @Test
    void checkedException_comesAsItself() {
        assertThatThrownBy(() -> line("{ throw new IOException(line); }", "x"))
                .isInstanceOf(IOException.class)
                .hasMessage("x");
    }

    @Test
    void defaultImports_coverWhatOneLinersNeed() throws Exception {
        assertThat(line(
                        "Stream.of(line).collect(Collectors.joining()) + List.of() + Path.of(line) + BigInteger.ONE"
                                + " + Duration.ZERO + URI.create(line) + Pattern.compile(line) + max(1, 2)",
                        "a"))
                .isEqualTo("a[]a1PT0Saa2");
        assertThat(line("HttpClient.Version.HTTP_2", "a")).hasToString("HTTP_2");
    }

    @Test
    void unknownMethod_isShownWithItsColumn() {
        assertThat(error("n -> Long.parsLong(n) * 2", ItemType.LINE)).isEqualTo("""
                        expression:1:10: error: cannot find symbol
                          n -> Long.parsLong(n) * 2
                                   ^
                          symbol:   method parsLong(String)
                          location: class Long""");
    }

    @Test
    void errorInSecondLine_isShownWithThatLine() {
        assertThat(error("line -> { // first\n\treturn line.foo(); }", ItemType.LINE))
                .startsWith("expression:2:13: error: cannot find symbol\n  \treturn line.foo(); }\n  \t           ^\n");
    }

    @Test
    void unknownNumberMethod_isLookedUpInTheBoxedType() {
        assertThat(error("n.foo()", ItemType.NUMBER)).contains("method foo()", "variable n of type Long");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "line +        | expression:1:7: error: the expression is not complete",
                "line ->       | expression:1:8: error: the expression is not complete",
                "foo(          | expression:1:5: error: the expression is not complete",
                "\"abc         | expression:1:1: error: unclosed string literal",
                "(a, b) -> a   | expression:1:1: error: the function takes one item, not 2 parameters",
                "() -> 1       | expression:1:1: error: the function takes one item, not 0 parameters",
                "return line   | expression:1:1: error: this is not one expression; put statements into braces",
                "var x = line; return x; | expression:1:1: error: this is not one expression; put statements",
                "1; int x = 2  | expression:1:1: error: this is not one expression",
                "String::lenght | expression:1:1: error: invalid method reference",
                "Integer.parseInt(1) | expression:1:18: error: incompatible types: int cannot be converted to String",
                "Foo.bar(line) | expression:1:1: error: cannot find symbol",
            })
    void error_isShownAtItsPlace(String text, String expected) {
        assertThat(error(text, ItemType.LINE))
                .startsWith(expected)
                .contains("\n  " + text.replaceFirst(";$", "") + "\n")
                .doesNotContain("$");
    }

    @Test
    void unknownClass_hintsAtTheOptions() {
        assertThat(error("Foo::bar", ItemType.LINE)).contains("if Foo is a class: --import names its package");
    }

    @Test
    void unknownImport_isNamed() {
        assertThat(error("line", ItemType.LINE, "foo.bar.Baz"))
                .isEqualTo("error: in import foo.bar.Baz: package foo.bar does not exist");
    }

    @Test
    void receiverThatFails_isReportedBeforeTheFirstItem() {
        assertThat(error("Pattern.compile(\"(\")::matcher", ItemType.LINE))
                .startsWith("the expression failed before the first item: java.util.regex.PatternSyntaxException");
    }

    @Test
    void blankText_isRefused() {
        assertThat(error("  ", ItemType.LINE)).isEqualTo("the expression is empty");
    }
}
