// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A gate that lets everything pass looks like one that works: these blocks must fail, and those must not.
class DocsToolsTest {
    private final Repository repository = Repository.current();

    @Test
    void markdown_splitsBlocksAndSkipComments() {
        Markdown markdown =
                parse("a", "```java", "x();", "```", "<!-- not compiled: a sketch -->", "```java", "```", "b");

        assertThat(markdown.prose()).extracting(Markdown.Line::number).containsExactly(1, 5, 8);
        assertThat(markdown.blocks()).extracting(Markdown.Block::line).containsExactly(3, 7);
        assertThat(markdown.blocks()).extracting(Markdown.Block::isRun).containsExactly(true, false);
        assertThat(markdown.blocks().getLast().skipped()).isEqualTo("a sketch");
    }

    @Test
    void java_body_usesFixtureAndImports() throws IOException {
        assertThat(java("import java.util.zip.CRC32;", "var crc = new CRC32();", "Page page = fetch(urls.getFirst());"))
                .isEmpty();
    }

    @Test
    void java_unit_bringsItsOwnImports() throws IOException {
        assertThat(java("void main() {", "    IO.println(List.of());", "}")).isEmpty();
        assertThat(java("public class Example {", "    URI uri;", "}", "class B { nonsense }"))
                .isNotEmpty();
    }

    @Test
    void java_members_areAReading() throws IOException {
        assertThat(java("static int twice(int n) {", "    return 2 * n;", "}")).isEmpty();
    }

    @Test
    void java_error_namesFileAndLine() throws IOException {
        assertThat(java("int a = 1;", "int b = \"b\";"))
                .singleElement()
                .asString()
                .startsWith("docs/x.md:3: incompatible");
    }

    @Test
    void console_comparesOutputAndStatus() throws Exception {
        assertThat(console("$ printf 'a\\nb\\nc'", "a", "...", "$ echo took 12 ms", "took ... ms"))
                .isEmpty();
        assertThat(console("$ echo one \\", "  two", "one two", "$ exit 3", "[exit 3]"))
                .isEmpty();
        assertThat(console("$ java -version", "openjdk version \"...", "...")).isEmpty();
        assertThat(console("$ echo a", "b")).singleElement().asString().startsWith("docs/x.md:2: $ echo a");
        assertThat(console("$ false")).singleElement().asString().contains("exit 1 instead of 0");
    }

    private List<String> java(String... lines) throws IOException {
        return new Snippet(block("java", lines)).errors();
    }

    private List<String> console(String... lines) throws IOException, InterruptedException {
        return new Console(repository, block("console", lines)).errors();
    }

    private Markdown.Block block(String language, String... lines) {
        return new Markdown.Block(file(), language, 2, List.of(lines), null);
    }

    private Markdown parse(String... lines) {
        return Markdown.parse(file(), List.of(lines));
    }

    private Path file() {
        return repository.root().resolve("docs/x.md");
    }
}
