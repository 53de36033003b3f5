// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.Func;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Compiles sources that come with a test, so that their classes are nowhere on the test's own class path.
public final class Compiled {

    private static final Pattern NAME = Pattern.compile("(?:class|record|interface|enum)\\s+(\\w+)");

    private final Map<String, byte[]> classes = new TreeMap<>();

    private Compiled() {}

    /// Compiles classes, with all debug information.
    ///
    /// @param sources their sources
    public static Compiled of(String... sources) {
        return with(List.of("-g"), sources);
    }

    /// Compiles classes with options for the compiler.
    public static Compiled with(List<String> options, String... sources) {
        try {
            Path folder = Files.createTempDirectory("compiled");
            try {
                return compile(folder, options, sources);
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Compiled compile(Path folder, List<String> options, String... sources) throws IOException {
        List<String> arguments = new ArrayList<>(options);
        String classPath = path(Func.class) + File.pathSeparator + path(Compiled.class);
        arguments.addAll(List.of(
                "-proc:none", "-cp", classPath, "-d", folder.resolve("out").toString()));
        for (String source : sources) {
            Matcher name = NAME.matcher(source);
            if (!name.find()) {
                throw new AssertionError(source);
            }
            Path file = folder.resolve(arguments.size() + "").resolve(name.group(1) + ".java");
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, source).toString());
        }
        StringWriter problems = new StringWriter();
        PrintWriter print = new PrintWriter(problems);
        if (ToolProvider.findFirst("javac").orElseThrow().run(print, print, arguments.toArray(String[]::new)) != 0) {
            throw new AssertionError(problems);
        }
        Compiled compiled = new Compiled();
        compiled.read(folder.resolve("out"));
        return compiled;
    }

    private void read(Path out) throws IOException {
        try (Stream<Path> files = Files.walk(out)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = out.relativize(file).toString().replace(File.separatorChar, '.');
                classes.put(name.substring(0, name.length() - ".class".length()), Files.readAllBytes(file));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }

    /// {@return the class files by class name}
    public Map<String, byte[]> classes() {
        return classes;
    }

    /// {@return one class file}
    public byte[] file(String name) {
        return classes.get(name);
    }

    /// Writes the class files below a folder.
    public Path into(Path folder) throws IOException {
        for (Map.Entry<String, byte[]> file : classes.entrySet()) {
            Path path = folder.resolve(file.getKey().replace('.', '/') + ".class");
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        return folder;
    }

    /// {@return where a class was loaded from}
    public static Path path(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /// {@return text as bytes}
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
