// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JsonTest {

    private record Point(int x, String name) {}

    private record Nothing() {}

    @Test
    void scalars_areThemselves() {
        assertThat(Json.of(null)).isEqualTo("null");
        assertThat(Json.of(true)).isEqualTo("true");
        assertThat(Json.of(-1)).isEqualTo("-1");
        assertThat(Json.of(Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
        assertThat(Json.of(1.5)).isEqualTo("1.5");
        assertThat(Json.of(1e300)).isEqualTo("1.0E300");
        assertThat(Json.of(new BigDecimal("1E+3"))).isEqualTo("1E+3");
    }

    @Test
    void numbersThatJsonLacks_areNull() {
        assertThat(Json.of(List.of(Double.NaN, Double.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)))
                .isEqualTo("[null,null,null]");
    }

    @Test
    void strings_areEscaped() {
        assertThat(Json.of("\"\\\n\r\t\b\0 /é€")).isEqualTo("\"\\\"\\\\\\n\\r\\t\\u0008\\u0000 /é€\"");
        assertThat(Json.of("\u007f\u001f")).isEqualTo("\"\\u007f\\u001f\"");
        assertThat(Json.of("😀")).isEqualTo("\"😀\"");
        assertThat(Json.of("a\ud83d")).isEqualTo("\"a\\ud83d\"");
        assertThat(Json.of("\ude00b\ud83dc")).isEqualTo("\"\\ude00b\\ud83dc\"");
        assertThat(Json.of('c')).isEqualTo("\"c\"");
    }

    @Test
    void manyValues_areArrays() {
        assertThat(Json.of(Arrays.asList(1, null, "a"))).isEqualTo("[1,null,\"a\"]");
        assertThat(Json.of(new int[] {1, 2})).isEqualTo("[1,2]");
        assertThat(Json.of(new String[][] {{"a"}, {}})).isEqualTo("[[\"a\"],[]]");
        assertThat(Json.of(Stream.of(1, 2))).isEqualTo("[1,2]");
        assertThat(Json.of(IntStream.range(0, 2))).isEqualTo("[0,1]");
        assertThat(Json.of(List.of(1).iterator())).isEqualTo("[1]");
    }

    @Test
    void mapsAndRecords_areObjects() {
        assertThat(Json.of(Map.of(1, List.of("a")))).isEqualTo("{\"1\":[\"a\"]}");
        assertThat(Json.of(Map.of())).isEqualTo("{}");
        assertThat(Json.of(new Point(1, "p"))).isEqualTo("{\"x\":1,\"name\":\"p\"}");
        assertThat(Json.of(new Nothing())).isEqualTo("{}");
    }

    @Test
    void otherValues_areTheirText() {
        assertThat(Json.of(Path.of("a", "b"))).isEqualTo("\"a" + java.io.File.separator + "b\"");
        assertThat(Json.of(TimeUnit.DAYS)).isEqualTo("\"DAYS\"");
        assertThat(Json.of(Optional.of(1))).isEqualTo("1");
        assertThat(Json.of(Optional.empty())).isEqualTo("null");
        assertThat(Json.of("é".getBytes(StandardCharsets.UTF_8))).isEqualTo("\"é\"");
        assertThat(Json.of(new char[] {'a'})).isEqualTo("\"a\"");
    }
}
