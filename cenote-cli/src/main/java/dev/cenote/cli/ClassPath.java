// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The class path of the user's expression: directories and jars that exist.
///
/// @param entries the entries
record ClassPath(List<Path> entries) {

    static final ClassPath EMPTY = new ClassPath(List.of());

    /// Copies the entries.
    ClassPath {
        entries = List.copyOf(entries);
    }

    /// Reads a class path as `java` takes it; an entry that ends with `*` stands for the jars of a directory.
    ///
    /// @param text entries, with the separator of the platform between them
    /// @return the class path
    /// @throws IllegalArgumentException if an entry does not exist: `java` would ignore it and be puzzling later
    static ClassPath parse(String text) {
        List<Path> entries = new ArrayList<>();
        for (String entry : text.split(File.pathSeparator, -1)) {
            if (entry.endsWith("*")) {
                entries.addAll(jarsOf(existing(entry.substring(0, entry.length() - 1))));
            } else if (!entry.isEmpty()) {
                entries.add(existing(entry));
            }
        }
        return new ClassPath(entries);
    }

    private static Path existing(String entry) {
        Path path = Path.of(entry);
        if (!Files.exists(path)) {
            throw new IllegalArgumentException("no such file or directory on the class path: " + entry);
        }
        return path;
    }

    private static List<Path> jarsOf(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URL[] urls() {
        return entries.stream().map(ClassPath::url).toArray(URL[]::new);
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("not a usable path: " + path, e);
        }
    }
}
