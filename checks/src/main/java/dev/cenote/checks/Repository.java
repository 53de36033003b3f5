// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The files of this repository as its authors see them: no build output, nothing that version control ignores.
record Repository(Path root) {
    private static final Set<String> SKIPPED =
            Set.of("target", ".git", ".idea", ".vscode", ".settings", "node_modules");

    /// The repository around the working directory, recognised by its `.mvn` directory.
    static Repository current() {
        Path start = Path.of("").toAbsolutePath();
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(".mvn"))) {
                return new Repository(at);
            }
        }
        throw new IllegalStateException("no .mvn directory in or above " + start);
    }

    /// Every file, sorted, as an absolute path.
    List<Path> files() throws IOException {
        List<Path> tracked = gitFiles();
        return tracked.isEmpty() ? walk() : tracked;
    }

    List<Path> files(String suffix) throws IOException {
        return files().stream().filter(file -> file.toString().endsWith(suffix)).toList();
    }

    /// The path from the root with forward slashes, as messages show it.
    String name(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    /// Empty where there is no git or no work tree, as in a source archive.
    private List<Path> gitFiles() throws IOException {
        try {
            Process git = new ProcessBuilder("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
                    .directory(root.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return git.waitFor() == 0 ? regular(names.split("\0")) : List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while listing files", e);
        } catch (IOException noGit) {
            return List.of();
        }
    }

    private List<Path> regular(String[] names) {
        return Stream.of(names)
                .filter(name -> !name.isEmpty())
                .map(root::resolve)
                .filter(Files::isRegularFile)
                .filter(this::isOurs)
                .distinct()
                .sorted()
                .toList();
    }

    private List<Path> walk() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .filter(this::isOurs)
                    .sorted()
                    .toList();
        }
    }

    private boolean isOurs(Path file) {
        for (Path part : root.relativize(file)) {
            if (SKIPPED.contains(part.toString())) {
                return false;
            }
        }
        return true;
    }
}
