// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.Outcome;
import dev.cenote.TaskTimeoutException;
import dev.cenote.WorkerDiedException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is said on standard error about an item that failed.
final class FailureText {

    private static final int FRAMES = 8;
    private static final int ITEM_LENGTH = 120;
    private static final Pattern JDK = Pattern.compile("(?:java|javax|jdk|sun|com\\.sun)\\.");

    private final Outcome.Failure<?, ?> failure;
    private final Expression.ItemType type;

    FailureText(Outcome.Failure<?, ?> failure, Expression.ItemType type) {
        this.failure = failure;
        this.type = type;
    }

    /// {@return one line}
    String line() {
        Throwable error = failure.error();
        String attempts = failure.attempts() > 1 ? " after " + failure.attempts() + " attempts" : "";
        return place() + " failed" + attempts + ": " + what(error) + " (item: " + item() + ")";
    }

    /// {@return several lines: the same with the frames of the user's code}
    String report() {
        StringBuilder text = new StringBuilder(line());
        if (failure.error() instanceof WorkerDiedException) {
            return text.toString(); // no frames of the user are known, and what the worker printed was shown
        }
        for (Throwable error = failure.error(); error != null; error = causeOf(error)) {
            if (error != failure.error()) {
                text.append("\n  caused by ").append(what(error));
            }
            if (!(error instanceof TaskTimeoutException)) { // that was made by the pool's timer
                frames(error).forEach(frame -> text.append("\n    at ").append(frame));
            }
        }
        return text.toString();
    }

    private static @Nullable Throwable causeOf(Throwable error) {
        return error.getCause() == error ? null : error.getCause();
    }

    private String place() {
        return type == Expression.ItemType.LINE ? "line " + (failure.index() + 1) : "item " + (failure.index() + 1);
    }

    private static String what(Throwable error) {
        if (error instanceof TaskTimeoutException timeout) {
            String message = String.valueOf(timeout.getMessage());
            String how = message.contains(" reported no progress ") ? "reported no progress for " : "took longer than ";
            return how + Durations.text(timeout.limit());
        } else if (error instanceof WorkerDiedException died) {
            return visible(String.valueOf(died.getMessage()).lines().findFirst().orElse(""));
        }
        return visible(error.toString());
    }

    private String item() {
        String text = String.valueOf(failure.item());
        String shown = text.length() > ITEM_LENGTH ? text.substring(0, ITEM_LENGTH) + "..." : text;
        return visible(shown);
    }

    /// Text from elsewhere, on one line and without control characters that a terminal would obey.
    private static String visible(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /// The frames down to the expression of the user; below it is only this program. Of what the JDK does inside,
    /// only the call that the user's code made is shown.
    private static List<String> frames(Throwable error) {
        StackTraceElement[] all = error.getStackTrace();
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < all.length && frames.size() < FRAMES; i++) {
            if (isExpression(all[i])) {
                frames.add(Expression.describe(all[i]));
                return frames;
            } else if (!isOurs(all[i]) && (!isJdk(all[i]) || (i + 1 < all.length && !isJdk(all[i + 1])))) {
                frames.add(visible(all[i].getClassName() + "." + all[i].getMethodName() + location(all[i])));
            }
        }
        return frames;
    }

    private static String location(StackTraceElement frame) {
        String file = frame.getFileName();
        return file == null ? "" : "(" + file + (frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber()) + ")";
    }

    private static boolean isOurs(StackTraceElement frame) {
        return frame.getClassName().startsWith("dev.cenote.");
    }

    private static boolean isJdk(StackTraceElement frame) {
        return JDK.matcher(frame.getClassName()).lookingAt();
    }

    private static boolean isExpression(StackTraceElement frame) {
        return frame.getClassName().startsWith(Expression.CLASS_NAME);
    }
}
