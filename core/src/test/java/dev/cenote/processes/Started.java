// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import dev.cenote.Pool;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/// Compiles programs, packs them, and starts them as their users would: with the tools of this JDK, and with nothing of
/// these tests on their class path.
final class Started {

    private static final int SECONDS = 60;

    private Started() {}

    /// {@return where this library is: a folder of classes, or a jar}
    static Path library() {
        try {
            return Path.of(Pool.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Runs a tool in this process, such as `javac` or `jlink`.
    ///
    /// @return what it printed if it failed; else nothing
    static String tool(String name, List<String> arguments) {
        StringWriter said = new StringWriter();
        PrintWriter print = new PrintWriter(said);
        int status = ToolProvider.findFirst(name).orElseThrow().run(print, print, arguments.toArray(String[]::new));
        return status == 0 ? "" : name + " ended with " + status + ":\n" + said;
    }

    /// Compiles source files with all debug information.
    static void compile(Path out, List<String> options, Path... sources) {
        List<String> arguments = new ArrayList<>(List.of("-g", "-proc:none", "-d", out.toString()));
        arguments.addAll(options);
        for (Path source : sources) {
            arguments.add(source.toString());
        }
        String problems = tool("javac", arguments);
        if (!problems.isEmpty()) {
            throw new AssertionError(problems);
        }
    }

    static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /// {@return a jar, as bytes}
    static byte[] jar(Path folder) throws IOException {
        Path file = Files.createTempFile("packed", ".jar");
        try {
            try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
                add(jar, "", folder);
            }
            return Files.readAllBytes(file);
        } finally {
            Files.delete(file);
        }
    }

    /// {@return this library as a jar, as bytes}
    static byte[] libraryJar() throws IOException {
        return Files.isDirectory(library()) ? jar(library()) : Files.readAllBytes(library());
    }

    static Manifest manifest(String mainClass) {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
        return manifest;
    }

    /// Adds all files of a folder to a jar.
    static void add(JarOutputStream jar, String prefix, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (!name.equals("META-INF/MANIFEST.MF")) {
                    jar.putNextEntry(new ZipEntry(prefix + name));
                    Files.copy(file, jar);
                }
            }
        }
    }

    /// {@return the path of a launcher of this JDK}
    static String launcher(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /// Starts a program and waits for its end, which must be in order.
    ///
    /// @param folder where it runs
    /// @param input what it reads
    /// @param command its command line
    /// @return the lines that it printed, on either stream
    static List<String> run(Path folder, String input, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // it ended before it had read all; what it printed says why
            }
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(command + (ended ? " ended with " + process.exitValue() : " did not end")
                        + ":\n" + Files.readString(output));
            }
            return Files.readAllLines(output);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
