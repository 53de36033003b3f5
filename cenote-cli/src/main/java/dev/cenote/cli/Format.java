// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.Outcome;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How results are written. What is costly, turning a value into bytes, is done in the workers.
enum Format {
    /// One line for each value; `null` is no line, and a stream, array, collection or iterator is one for each
    /// element.
    TEXT {
        @Override
        byte @Nullable [] encode(Object item, @Nullable Object value) {
            return switch (value) {
                case null -> null;
                case String text -> text.getBytes(StandardCharsets.UTF_8);
                case Number number -> number.toString().getBytes(StandardCharsets.UTF_8);
                case byte[] text -> text;
                case char[] text -> new String(text).getBytes(StandardCharsets.UTF_8);
                case Optional<?> optional -> encode(item, optional.orElse(null));
                default -> encodeOther(item, value);
            };
        }

        private byte @Nullable [] encodeOther(Object item, Object value) {
            Iterator<?> elements = Json.elements(value);
            if (elements == null) {
                return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
            }
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            while (elements.hasNext()) {
                byte[] line = encode(item, elements.next());
                if (line != null) {
                    lines.writeBytes(line);
                    lines.write('\n');
                }
            }
            byte[] all = lines.toByteArray();
            return all.length == 0 ? null : Arrays.copyOf(all, all.length - 1);
        }

        @Override
        byte[] head(long index) {
            return NOTHING;
        }
    },

    /// One object for each item.
    JSON {
        @Override
        byte[] encode(Object item, @Nullable Object value) {
            return new Json()
                    .raw(",\"item\":")
                    .value(item)
                    .raw(",\"value\":")
                    .value(value)
                    .raw("}")
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
        }

        @Override
        byte[] head(long index) {
            return ("{\"index\":" + index).getBytes(StandardCharsets.UTF_8);
        }
    };

    private static final byte[] NOTHING = {};

    /// Turns a value into a record without its head and its line end.
    ///
    /// @param item the item
    /// @param value what the function returned for it
    /// @return the record, or `null` for none
    abstract byte @Nullable [] encode(Object item, @Nullable Object value);

    /// Returns what the record of an item begins with.
    ///
    /// @param index the position of the item in the input
    /// @return the bytes
    abstract byte[] head(long index);

    /// Turns a failure into a JSON record without its head and its line end.
    ///
    /// @param failure the failure
    /// @return the record
    static byte[] encode(Outcome.Failure<?, ?> failure) {
        return new Json()
                .raw(",\"item\":")
                .value(failure.item())
                .raw(",\"error\":{\"type\":")
                .value(failure.error().getClass().getName())
                .raw(",\"message\":")
                .value(failure.error().getMessage())
                .raw("},\"attempts\":")
                .value(failure.attempts())
                .raw("}")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /// {@return the word for the format}
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Reads a format.
    static final class Converter extends Words<Format> {

        Converter() {
            super("format", Format.values());
        }
    }
}
