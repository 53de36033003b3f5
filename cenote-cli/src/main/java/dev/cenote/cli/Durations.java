// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations as people write them: `30` and `30s` are seconds, `500ms`, `1.5m`, `2h`; also `PT30S`.
final class Durations implements ITypeConverter<Duration> {

    private static final Pattern SYNTAX = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h|d|)");

    @Override
    public Duration convert(String text) {
        Matcher matcher = SYNTAX.matcher(text.toLowerCase(Locale.ROOT));
        try {
            Duration value = matcher.matches() ? of(matcher.group(1), matcher.group(2)) : Duration.parse(text);
            if (value.isPositive()) {
                return value;
            }
        } catch (RuntimeException e) {
            throw new TypeConversionException("'" + text + "' is not a duration such as 30s, 500ms, 2m or 1h");
        }
        throw new TypeConversionException("'" + text + "' is not longer than zero");
    }

    private static Duration of(String number, String unit) {
        long unitNanos = switch (unit) {
            case "ms" -> 1_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "d" -> 86_400_000_000_000L;
            default -> 1_000_000_000L;
        };
        return Duration.ofNanos(
                new BigDecimal(number).multiply(BigDecimal.valueOf(unitNanos)).longValueExact());
    }

    /// {@return a duration as people write it}
    ///
    /// @param duration the duration
    static String text(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
