// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Func;
import dev.cenote.internal.classes.Compiled;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/// Source files that a test compiles, for classes that must not be those of the tests.
final class Sources {

    private final Path folder;
    private final List<String> files = new ArrayList<>();

    Sources(Path folder) {
        this.folder = folder;
    }

    void add(String name, String text) throws IOException {
        Path file = folder.resolve("src").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        files.add(file.toString());
    }

    /// {@return the folder with the classes}
    Path compile() {
        Path classes = folder.resolve("classes");
        List<String> arguments =
                new ArrayList<>(List.of("-cp", Compiled.path(Func.class).toString(), "-d", classes.toString()));
        arguments.addAll(files);
        StringWriter said = new StringWriter();
        PrintWriter printer = new PrintWriter(said);
        ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
        assertThat(compiler.run(printer, printer, arguments.toArray(String[]::new)))
                .as(said.toString())
                .isZero();
        return classes;
    }
}
