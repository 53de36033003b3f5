// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Progress;
import dev.cenote.TaskException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TextTest {

    private static final Object UNPRINTABLE = new Object() {
        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    };

    @Test
    void of_quotesAndCuts() {
        assertThat(Text.of((Object) null)).isEqualTo("null");
        assertThat(Text.of("a")).isEqualTo("\"a\"");
        assertThat(Text.of(7)).isEqualTo("7");
        assertThat(Text.of("x".repeat(100))).isEqualTo('"' + "x".repeat(80) + "...\"");
    }

    @Test
    void of_survivesABrokenToString() {
        assertThat(Text.of(UNPRINTABLE)).contains("whose toString failed with java.lang.IllegalStateException");
    }

    @Test
    void ofPlain_runsNoCodeOfTheUser() {
        assertThat(Text.ofPlain(UNPRINTABLE)).startsWith(UNPRINTABLE.getClass().getName() + "@");
        assertThat(Text.ofPlain("a")).isEqualTo("\"a\"");
        assertThat(Text.ofPlain(7L)).isEqualTo("7");
        assertThat(Text.ofPlain(Path.of("a"))).doesNotContain("null");
    }

    @Test
    void durations_readWell() {
        assertThat(Text.of(Duration.ofMillis(250))).isEqualTo("250 ms");
        assertThat(Text.of(Duration.ofMillis(1_500))).isEqualTo("1.5 s");
        assertThat(Text.of(Duration.ofSeconds(30))).isEqualTo("30 s");
        assertThat(Text.of(Duration.ofMinutes(2))).isEqualTo("2 min");
        assertThat(Text.of(Duration.ofNanos(5))).isEqualTo("5 ns");
    }

    @Test
    void nanos_saturate() {
        assertThat(Nanos.of(Duration.ofNanos(5))).isEqualTo(5);
        assertThat(Nanos.of(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Nanos.FOREVER);
        assertThat(Nanos.of(Duration.ofSeconds(-1))).isZero();
    }

    @Test
    void taskException_keepsItsTextWhenItTravels() throws Exception {
        TaskException sent = new TaskException(3, UNPRINTABLE, 2, "p-1", new IOException("gone"));
        TaskException received = copy(sent);
        assertThat(received)
                .hasMessage(sent.getMessage())
                .hasMessageContaining("item 3")
                .hasMessageContaining("gone");
        assertThat(received.item()).isNull();
        assertThat(received.attempts()).isEqualTo(2);
    }

    private static TaskException copy(TaskException exception) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(exception);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (TaskException) in.readObject();
        }
    }

    @Test
    void progressLine_tellsRateRestAndFailures() {
        Progress half = new Progress("parsing", 45, 5, 0, OptionalLong.of(100), Duration.ofSeconds(10), false);
        assertThat(ConsoleProgress.line(half)).isEqualTo("parsing  50/100 (50 %)  10 s left  5/s  5 failed");
        Progress unknown = new Progress("parsing", 50, 0, 0, OptionalLong.empty(), Duration.ofSeconds(10), false);
        assertThat(ConsoleProgress.line(unknown)).isEqualTo("parsing  50  5/s");
        Progress large = new Progress("parsing", 1, 0, 0.5, OptionalLong.of(4), Duration.ofSeconds(3), false);
        assertThat(ConsoleProgress.line(large)).isEqualTo("parsing  1/4 (37 %)  5 s left  0/s");
    }

    @Test
    void progressLine_isRedrawnOnATerminalOnly() {
        Progress last = new Progress("p", 1, 0, 0, OptionalLong.of(1), Duration.ofSeconds(1), true);
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        new ConsoleProgress(new PrintStream(shown, true, StandardCharsets.UTF_8), true).accept(last);
        assertThat(shown.toString(StandardCharsets.UTF_8))
                .startsWith("\rp  1/1")
                .endsWith("\n");
        ByteArrayOutputStream hidden = new ByteArrayOutputStream();
        new ConsoleProgress(new PrintStream(hidden, true, StandardCharsets.UTF_8), false).accept(last);
        assertThat(hidden.size()).isZero();
    }
}
