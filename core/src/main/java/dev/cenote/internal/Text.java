// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Short texts of values for messages; never throws, whatever a value's own `toString` does.
public final class Text {

    private static final int LONGEST = 80;

    private Text() {}

    /// {@return the value as a message shows it: strings quoted, cut after 80 characters}
    ///
    /// @param value any value of the user
    public static String of(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        String text;
        try {
            text = String.valueOf(value);
        } catch (Throwable e) { // a value that cannot be printed must not hide the message it was meant for
            return "a " + value.getClass().getName() + " whose toString failed with "
                    + e.getClass().getName();
        }
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
        return value instanceof CharSequence ? '"' + cut + '"' : cut;
    }

    /// {@return the value as text if it is a plain value of the JDK, otherwise its class: for places where no code
    /// of the user may run}
    ///
    /// @param value any value of the user
    public static String ofPlain(@Nullable Object value) {
        if (value == null || isPlain(value)) {
            return of(value);
        }
        return value.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(value));
    }

    private static boolean isPlain(Object value) {
        return value.getClass().getModule() == Object.class.getModule()
                && (value instanceof Comparable<?> || value instanceof Number)
                && !(value instanceof BigInteger
                        || value instanceof BigDecimal
                        || value instanceof Buffer); // may be huge
    }

    /// {@return a duration as a message shows it: `250 ms`, `1.5 s`, `2 min`}
    ///
    /// @param duration a duration
    public static String of(Duration duration) {
        if (duration.abs().compareTo(Duration.ofDays(100_000)) > 0) {
            return duration.toString(); // more than a long can count in the units below
        }
        long millis = duration.toMillis();
        if (millis >= 120_000 && millis % 60_000 == 0) {
            return millis / 60_000 + " min";
        }
        if (millis >= 1_000) {
            return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis / 1_000.0 + " s";
        }
        return millis > 0 ? millis + " ms" : duration.toNanos() + " ns";
    }
}
