// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.Options;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The pauses before an item is tried again: `200ms` for the first, or `200ms..10s` with the longest, which is a minute
/// where it is not said.
final class Backoffs implements ITypeConverter<Options.Backoff> {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Override
    public Options.Backoff convert(String text) {
        Durations durations = new Durations();
        int dots = text.indexOf("..");
        Duration first = durations.convert(dots < 0 ? text : text.substring(0, dots));
        Duration limit = dots >= 0 ? durations.convert(text.substring(dots + 2)) : longer(first, LIMIT);
        if (limit.compareTo(first) < 0) {
            throw new TypeConversionException("the longest pause in '" + text + "' is shorter than the first");
        }
        return new Options.Backoff(first, limit);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
