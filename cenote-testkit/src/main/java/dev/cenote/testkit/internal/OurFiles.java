// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the pools of this process have in the folder for temporary files, and in memory that looks like files.
public final class OurFiles {

    private OurFiles() {}

    /// {@return the files and folders by path}
    public static Set<String> all() {
        Set<String> files = new HashSet<>();
        String ours = "cenote-" + ProcessHandle.current().pid() + "-*";
        for (Path place : List.of(
                Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath(), Path.of("/tmp"), Path.of("/dev/shm"))) {
            if (Files.isDirectory(place)) {
                addAll(files, place, ours);
            }
        }
        return files;
    }

    private static void addAll(Set<String> files, Path place, String pattern) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(place, pattern)) {
            found.forEach(file -> files.add(file.toString()));
        } catch (IOException e) {
            // what cannot be listed is not checked
        }
    }
}
