// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinesTest {

    private static List<String> lines(InputStream in) {
        List<String> lines = new ArrayList<>();
        new Lines(in, (byte) '\n').forEachRemaining(lines::add);
        return lines;
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void lineEnds_areLineFeedAndCarriageReturnLineFeed() {
        assertThat(lines(bytes("a\nb\r\n\r\n\nc\rd\ne"))).containsExactly("a", "b", "", "", "c\rd", "e");
        assertThat(lines(bytes(""))).isEmpty();
        assertThat(lines(bytes("\n"))).containsExactly("");
        assertThat(lines(bytes("a\n"))).containsExactly("a");
        assertThat(lines(bytes("a\r"))).containsExactly("a\r");
    }

    @Test
    void text_isUtf8AndMalformedBytesAreReplaced() {
        assertThat(lines(bytes("ä€😀\n"))).containsExactly("ä€😀");
        assertThat(lines(new ByteArrayInputStream(new byte[] {'a', (byte) 0xff, 'b', '\n', (byte) 0xc3})))
                .containsExactly("a�b", "�");
    }

    @Test
    void linesOfAnyLength_areTheSameInPiecesOfAnySize() {
        Random random = new Random(42);
        List<String> expected = new ArrayList<>();
        for (int length : new int[] {0, 1, 65_535, 65_536, 65_537, 3_000_000, 5, 131_072, 7}) {
            expected.add("x".repeat(length));
        }
        byte[] all = (String.join("\n", expected) + "\n").getBytes(StandardCharsets.UTF_8);
        List<InputStream> pieces = new ArrayList<>();
        for (int at = 0; at < all.length; ) {
            int length = Math.min(all.length - at, 1 + random.nextInt(100_000));
            pieces.add(new ByteArrayInputStream(all, at, length));
            at += length;
        }

        assertThat(lines(new SequenceInputStream(Collections.enumeration(pieces))))
                .isEqualTo(expected);
    }

    @Test
    void line_isGivenBeforeMoreIsThere() throws Exception {
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out)) {
            Lines lines = new Lines(in, (byte) '\n');
            out.write("first\nsec".getBytes(StandardCharsets.UTF_8));
            out.flush();

            assertThat(lines.next()).isEqualTo("first");
            out.write("ond\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertThat(lines.next()).isEqualTo("second");
        }
    }

    @Test
    void otherDelimiter_leavesLineEndsAlone() {
        List<String> items = new ArrayList<>();
        new Lines(bytes("a\r\nb\0c\0"), (byte) 0).forEachRemaining(items::add);

        assertThat(items).containsExactly("a\r\nb", "c");
    }
}
