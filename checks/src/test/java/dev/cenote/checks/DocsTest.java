// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Holds the documentation to its word: Java blocks compile, console and jshell blocks print what they show.
///
/// A block directly below a line `<!-- not compiled: reason -->` is left out.
class DocsTest {
    private final Repository repository = Repository.current();

    @Test
    void javaBlocks_compile() throws IOException {
        List<String> errors = new ArrayList<>();
        for (Markdown.Block block : blocks("java")) {
            errors.addAll(new Snippet(block).errors());
        }

        assertThat(errors).as("Java blocks that do not compile").isEmpty();
    }

    @Test
    void consoleBlocks_printWhatTheyShow() throws IOException, InterruptedException {
        buildTheCommand();
        List<String> errors = new ArrayList<>();
        for (Markdown.Block block : blocks("console")) {
            errors.addAll(new Console(repository, block).errors());
        }

        assertThat(errors).as("console blocks that are not true").isEmpty();
    }

    @Test
    void jshellBlocks_answerWhatTheyShow() throws IOException, InterruptedException {
        buildTheCommand();
        List<String> errors = new ArrayList<>();
        for (Markdown.Block block : blocks("jshell")) {
            errors.addAll(new Session(repository, block).errors());
        }

        assertThat(errors).as("jshell blocks that are not true").isEmpty();
    }

    /// The first use of the command builds it, and says so, which no block shows.
    private void buildTheCommand() throws IOException, InterruptedException {
        Process first = new ProcessBuilder("./cenote", "--version")
                .directory(repository.root().toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(first.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(first.waitFor()).as(output).isZero();
    }

    @Test
    void skippedBlocks_giveAReason() throws IOException {
        List<String> errors = new ArrayList<>();
        for (Path file : documents()) {
            Markdown.read(file).blocks().stream()
                    .filter(block -> "".equals(block.skipped()))
                    .map(block ->
                            repository.name(file) + ":" + (block.line() - 2) + ": 'not compiled' without a reason")
                    .forEach(errors::add);
        }

        assertThat(errors).isEmpty();
    }

    private List<Markdown.Block> blocks(String language) throws IOException {
        List<Markdown.Block> blocks = new ArrayList<>();
        for (Path file : documents()) {
            Markdown.read(file).blocks().stream()
                    .filter(Markdown.Block::isRun)
                    .filter(block -> block.language().equals(language))
                    .forEach(blocks::add);
        }
        return blocks;
    }

    private List<Path> documents() throws IOException {
        return repository.files(".md").stream()
                .filter(file -> repository.name(file).matches("README\\.md|docs/.*"))
                .toList();
    }
}
