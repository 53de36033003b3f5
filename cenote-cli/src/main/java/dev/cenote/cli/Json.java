// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/// Writes values as JSON (RFC 8259).
///
/// `null`, booleans and numbers are themselves, except that numbers JSON lacks (`NaN`, the infinities) are `null`.
/// Collections, arrays, streams and iterators are arrays; maps and records are objects; an `Optional` is its value
/// or `null`; bytes are the text they encode. Everything else is a string: what its `toString` says.
final class Json {

    private static final HexFormat HEX = HexFormat.of();

    private final StringBuilder out = new StringBuilder();

    /// {@return the JSON text of a value}
    ///
    /// @param value the value
    static String of(@Nullable Object value) {
        return new Json().value(value).toString();
    }

    @Override
    public String toString() {
        return out.toString();
    }

    /// Appends text as it is.
    Json raw(String text) {
        out.append(text);
        return this;
    }

    /// Appends a value.
    Json value(@Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case String text -> string(text);
            case Double number -> number(number, Double.isFinite(number));
            case Float number -> number(number, Float.isFinite(number));
            case Boolean _, Number _ -> out.append(value);
            case Optional<?> optional -> value(optional.orElse(null));
            case Map<?, ?> map -> object(map);
            case Record tuple -> object(tuple);
            case byte[] text -> string(new String(text, StandardCharsets.UTF_8));
            case char[] text -> string(new String(text));
            default -> other(value);
        }
        return this;
    }

    private void number(Number number, boolean finite) {
        out.append(finite ? number.toString() : "null");
    }

    private void other(Object value) {
        Iterator<?> elements = elements(value);
        if (elements == null) {
            string(String.valueOf(value));
        } else {
            array(elements);
        }
    }

    /// The elements of something that stands for many values, or `null`. Not of every iterable: a path is one, and
    /// it is one value.
    ///
    /// @param value what a function returned
    /// @return its elements
    static @Nullable Iterator<?> elements(Object value) {
        return switch (value) {
            case Collection<?> many -> many.iterator();
            case BaseStream<?, ?> stream -> stream.iterator();
            case Iterator<?> iterator -> iterator;
            default -> value.getClass().isArray() ? new ArrayElements(value) : null;
        };
    }

    private void array(Iterator<?> elements) {
        out.append('[');
        while (elements.hasNext()) {
            value(elements.next());
            if (elements.hasNext()) {
                out.append(',');
            }
        }
        out.append(']');
    }

    private void object(Map<?, ?> map) {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            string(String.valueOf(entry.getKey()));
            out.append(':');
            value(entry.getValue());
            separator = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private void object(Record tuple) {
        String separator = "{";
        RecordComponent[] components = tuple.getClass().getRecordComponents();
        for (RecordComponent component : components) {
            out.append(separator);
            string(component.getName());
            out.append(':');
            value(read(component, tuple));
            separator = ",";
        }
        out.append(components.length == 0 ? "{}" : "}");
    }

    private static @Nullable Object read(RecordComponent component, Record tuple) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(tuple);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "cannot read " + component + " of " + tuple.getClass().getName(), e);
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f || isLone(text, i)) {
                        out.append("\\u").append(HEX.toHexDigits(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /// Half of a surrogate pair without its other half has no UTF-8 form, but it has an escape.
    private static boolean isLone(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    /// The elements of an array of any type.
    private static final class ArrayElements implements Iterator<@Nullable Object> {

        private final Object array;
        private int next;

        ArrayElements(Object array) {
            this.array = array;
        }

        @Override
        public boolean hasNext() {
            return next < Array.getLength(array);
        }

        @Override
        public @Nullable Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return Array.get(array, next++);
        }
    }
}
