// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.FormatterException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormatTest {
    private final Format format = new Format(Repository.current());

    @Test
    void sources_areFormatted() throws IOException {
        List<String> findings = format.findings();

        assertThat(findings)
                .as("files that are not formatted; to repair them: %s", Format.COMMAND)
                .isEmpty();
    }

    @Test
    void formatter_understandsTheLanguage() throws FormatterException {
        String source = """
            record Pair(int a, int b) {
                /// Sum, with the parts of a [Pair].
                static int sum(Object o) {
                    return switch (o) {
                        case Pair(var a, var _) when a > 0 -> a;
                        default -> 0;
                    };
                }
            }
            """;

        assertThat(format.formatted(source)).isEqualTo(source);
    }

    @Test
    void markdownComments_stayAsTheyAre() throws FormatterException {
        String source = """
            import java.util.List;

            interface Wide {
                /// Of a [List]: a first line that is nearly as wide as a page may be, with all of one hundred
                /// columns, and a second:
                ///
                ///     code $1
                void method();
            }
            """;

        assertThat(format.formatted(source)).isEqualTo(source);
        assertThat(format.formatted(source.replace("    ///", "  ///"))).isEqualTo(source);
    }
}
