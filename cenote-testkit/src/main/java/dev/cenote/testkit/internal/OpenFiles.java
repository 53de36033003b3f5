// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/// The files and sockets that this process has open, where the system shows them.
public final class OpenFiles {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /// Class path entries, devices and what the JDK keeps for itself.
    private static final Pattern FOREIGN =
            Pattern.compile(".*\\.(jar|class|jmod|jsa|so)|/dev/(?!shm/).*|/proc/.*|anon_inode:.*|.*/lib/modules");

    private OpenFiles() {}

    /// {@return the open files and sockets by name; empty where they cannot be listed}
    public static Set<String> all() {
        Set<String> files = new HashSet<>();
        if (!Files.isDirectory(DESCRIPTORS)) {
            return files;
        }
        try (DirectoryStream<Path> links = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path link : links) {
                String target = target(link);
                if (!FOREIGN.matcher(target).matches()) {
                    files.add(target);
                }
            }
        } catch (IOException e) {
            files.clear(); // the check is left out where the list cannot be read
        }
        return files;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "/dev/null"; // closed since it was listed
        }
    }
}
