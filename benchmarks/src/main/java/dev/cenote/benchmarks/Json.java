// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Reads and writes JSON as maps, lists, strings, numbers, booleans and nulls; as much as result files need.
public final class Json {

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /// {@return what the text says: maps, lists, strings, doubles, booleans and nulls}
    ///
    /// @param text the JSON
    /// @throws IllegalArgumentException if it is none
    public static @Nullable Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value();
        json.blanks();
        if (json.at < text.length()) {
            throw json.unexpected("the end");
        }
        return value;
    }

    /// {@return the JSON of a value, in one line; numbers that are not finite become null}
    ///
    /// @param value a map, an iterable, a number, a boolean, or null; anything else is written as its string
    public static String write(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Double number -> Double.isFinite(number) ? rounded(number) : "null";
            case Number number -> number.toString();
            case Boolean truth -> truth.toString();
            case Map<?, ?> members -> {
                StringJoiner object = new StringJoiner(", ", "{", "}");
                members.forEach((name, member) -> object.add(quoted(String.valueOf(name)) + ": " + write(member)));
                yield object.toString();
            }
            case Iterable<?> elements -> {
                StringJoiner array = new StringJoiner(", ", "[", "]");
                elements.forEach(element -> array.add(write(element)));
                yield array.toString();
            }
            default -> quoted(value.toString());
        };
    }

    private static String rounded(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private @Nullable Object value() {
        blanks();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        expect('{');
        while (!closes('}', members.isEmpty())) {
            blanks();
            String name = string();
            blanks();
            expect(':');
            members.put(name, value());
        }
        return members;
    }

    private List<@Nullable Object> array() {
        List<@Nullable Object> elements = new ArrayList<>();
        expect('[');
        while (!closes(']', elements.isEmpty())) {
            elements.add(value());
        }
        return elements;
    }

    private boolean closes(char end, boolean first) {
        blanks();
        if (peek() == end) {
            at++;
            return true;
        }
        if (!first) {
            expect(',');
        }
        return false;
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            value.append(c == '\\' ? escaped() : c);
        }
        at++;
        return value.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> (char) Integer.parseInt(text.substring(at, at += 4), 16);
            default -> c;
        };
    }

    private Double number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at == start) {
            throw unexpected("a value");
        }
        return Double.valueOf(text.substring(start, at));
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw unexpected(word);
        }
        at += word.length();
        return value;
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private void expect(char c) {
        if (peek() != c) {
            throw unexpected("'" + c + "'");
        }
        at++;
    }

    private char peek() {
        if (at >= text.length()) {
            throw unexpected("more");
        }
        return text.charAt(at);
    }

    private IllegalArgumentException unexpected(String expected) {
        return new IllegalArgumentException("not JSON: expected " + expected + " at position " + at);
    }
}
