// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The table of examples and the commands in the file headers follow the files.
final class ReadmeTest {

    private static final Pattern COMMAND =
            Pattern.compile("java .*-cp core/target/classes (?:\\\\\\n///)? *(examples/\\S+\\.java)");

    private static final Pattern FILE = Pattern.compile("examples/src/main/java/dev/cenote/examples/(\\w+)\\.java");

    @Test
    void readme_hasACommandForEachExample() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<String> named = FILE.matcher(readme)
                .results()
                .map(file -> file.group(1))
                .distinct()
                .sorted()
                .toList();
        assertThat(named).isEqualTo(examples());
    }

    @Test
    void header_hasTheCommandOfItsFile() throws IOException {
        for (String example : examples()) {
            String source = Files.readString(Program.SOURCES.resolve(example + ".java"));
            assertThat(COMMAND.matcher(source).results().map(ReadmeTest::path))
                    .as("commands in %s.java", example)
                    .containsExactly("examples/src/main/java/dev/cenote/examples/" + example + ".java");
        }
    }

    private static String path(MatchResult command) {
        return command.group(1);
    }

    private static List<String> examples() throws IOException {
        try (Stream<Path> files = Files.list(Program.SOURCES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("package-info.java"))
                    .map(name -> name.substring(0, name.lastIndexOf('.')))
                    .sorted()
                    .toList();
        }
    }
}
