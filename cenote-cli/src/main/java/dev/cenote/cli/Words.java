// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads an option that is one of a few words, in any case, and guesses what was meant by something else.
///
/// @param <E> the type of the values, whose `toString` is the word
abstract class Words<E extends Enum<E>> implements ITypeConverter<E> {

    private static final int SIMILAR = 3;

    private final String what;
    private final List<E> values;

    Words(String what, E[] values) {
        this.what = what;
        this.values = List.of(values);
    }

    @Override
    public final E convert(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        for (E value : values) {
            if (value.toString().equals(word)) {
                return value;
            }
        }
        String known = values.stream().map(Enum::toString).collect(Collectors.joining(", "));
        throw new TypeConversionException("there is no " + what + " '" + text + "', only " + known + guess(word));
    }

    private String guess(String word) {
        return values.stream()
                .map(Enum::toString)
                .min(Comparator.comparingInt(value -> distance(value, word)))
                .filter(value -> distance(value, word) <= SIMILAR)
                .map(value -> "; did you mean " + value + "?")
                .orElse("");
    }

    /// How many letters must be changed, added or taken away to make one word of the other (Levenshtein).
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
