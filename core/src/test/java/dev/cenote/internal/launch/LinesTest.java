// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {

    private final List<String> taken = new ArrayList<>();
    private final Lines lines = new Lines(Charset.forName("windows-1252"), taken::add);

    private void add(String text, Charset charset) {
        byte[] bytes = text.getBytes(charset);
        lines.add(bytes, bytes.length);
    }

    @Test
    void ends_areAllKnown() {
        for (char c : "a\nb\r\nc\rd\r\r\n\n".toCharArray()) {
            add(Character.toString(c), StandardCharsets.UTF_8); // also when a pair comes in two parts
        }
        assertThat(taken).containsExactly("a", "b", "c", "d", "", "");
    }

    @Test
    void lastLine_needsNoEnd() {
        add("a\nb", StandardCharsets.UTF_8);
        lines.flush();
        lines.flush();
        assertThat(taken).containsExactly("a", "b");
    }

    @Test
    void charset_isToldForEachLine() {
        add("\u00e4\n", StandardCharsets.ISO_8859_1);
        add("\u00e4\u4e16\n", StandardCharsets.UTF_8);
        assertThat(taken).containsExactly("\u00e4", "\u00e4\u4e16");
    }

    @Test
    void rest_ofALongLine_isCounted() {
        add("x".repeat(Lines.LONGEST) + "123\nnext\n", StandardCharsets.UTF_8);
        assertThat(taken).containsExactly("x".repeat(Lines.LONGEST) + " ... (3 more bytes)", "next");
    }
}
