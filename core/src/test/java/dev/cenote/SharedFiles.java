// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What this process holds of the files behind shared memory, on Linux; nothing elsewhere.
public final class SharedFiles {

    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final Path OPEN = Path.of("/proc/self/fd");

    /// Their names are gone as soon as they are made.
    private static final String ENDING = ".m (deleted)";

    private SharedFiles() {}

    /// {@return how many this process has mapped}
    public static long mapped() throws IOException {
        if (!Files.exists(MAPS)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(MAPS)) {
            return lines.filter(line -> line.endsWith(ENDING)).count();
        }
    }

    /// {@return how many this process has open}
    public static long opened() throws IOException {
        if (!Files.isDirectory(OPEN)) {
            return 0;
        }
        try (Stream<Path> links = Files.list(OPEN)) {
            return links.filter(link -> {
                        try {
                            return Files.readSymbolicLink(link).toString().endsWith(ENDING);
                        } catch (IOException e) {
                            return false; // that of the list itself
                        }
                    })
                    .count();
        }
    }
}
