// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Starts JVMs in the ways that users do, each of which starts a worker.
class ProgramTest {

    private static final String OUTER = "dev.cenote.internal.launch.OuterMain";
    private static final Path MAIN = location(Program.class);
    private static final Path TEST = location(OuterMain.class);
    private static final String CLASS_PATH = TEST + File.pathSeparator + MAIN;

    @TempDir
    Path folder;

    private Process outer;

    @AfterEach
    void end() {
        if (outer != null) {
            outer.descendants().forEach(ProcessHandle::destroyForcibly);
            outer.destroyForcibly();
        }
    }

    private static Path location(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    private void start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.directory(folder.toFile());
        outer = builder.start();
    }

    private String run(Map<String, String> environment, String... arguments) throws Exception {
        start(environment, arguments);
        outer.getOutputStream().close();
        String said = new String(outer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(outer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(said).contains("own options as the bean says: true");
        return said;
    }

    private String run(String... arguments) throws Exception {
        return run(Map.of(), arguments);
    }

    @Test
    void classPath_isTheSame_withTheLibraryFirst() throws Exception {
        assertThat(run("-cp", "nothing.jar" + File.pathSeparator + CLASS_PATH, OUTER, "tell", "java.class.path"))
                .contains("java.class.path=" + MAIN + File.pathSeparator
                        + folder.toRealPath().resolve("nothing.jar") + File.pathSeparator + TEST + "\n");
    }

    @Test
    void debuggerInAVariable_isNotStartedTwice() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String agent = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + port;
        String said = run(
                Map.of("JAVA_TOOL_OPTIONS", agent + " -Dfrom.variable=yes", "JDK_JAVA_OPTIONS", "-Dfrom.other=too"),
                "-cp",
                CLASS_PATH,
                OUTER,
                "tell",
                "from.variable",
                "from.other",
                "$JAVA_TOOL_OPTIONS",
                "options");
        assertThat(said).contains("from.variable=yes\n", "from.other=too\n", "$JAVA_TOOL_OPTIONS=null\n");
        assertThat(said).doesNotContain("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n|");
        assertThat(said).contains("exit code 0");
    }

    @Test
    void longClassPath_fits() throws Exception {
        StringBuilder classPath = new StringBuilder(CLASS_PATH);
        for (int i = 0; classPath.length() < 206_000; i++) {
            classPath.append(File.pathSeparatorChar).append(folder.resolve("a/folder/of/some/length/" + i + ".jar"));
        }
        Path options = Files.writeString(folder.resolve("options"), "-cp \"" + classPath + "\"");
        String said = run("@" + options, OUTER, "tell", "java.class.path");
        assertThat(said).contains("exit code 0").hasSizeGreaterThan(8_000);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void strangePaths_areQuoted() throws Exception {
        Path strange = Files.createDirectories(folder.resolve("a b #c 'd' \"e\" \\f %g \u00e4\u4e16"));
        Path main = Files.createSymbolicLink(strange.resolve("main"), MAIN);
        Path test = Files.createSymbolicLink(strange.resolve("test"), TEST);
        assertThat(run(
                        "-Djava.io.tmpdir=" + strange,
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        test + File.pathSeparator + main,
                        OUTER,
                        "tell",
                        "java.class.path",
                        "java.io.tmpdir"))
                .contains("java.class.path=" + main + File.pathSeparator + test + "\n", "exit code 0");
        Files.delete(main); // JUnit warns of links that lead out of its folder
        Files.delete(test);
    }

    @Test
    void unwritableCharacters_areRefused() {
        assertThatThrownBy(() -> ArgFile.write(
                        folder.resolve("options"),
                        List.of("-Da=b", "-cp", "/home/m\u00fcller/app.jar"),
                        StandardCharsets.US_ASCII))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("US-ASCII")
                .hasMessageContaining("/home/m\u00fcller/app.jar")
                .hasMessageContaining("LC_ALL");
    }

    @Test
    void relativeClassPath_holdsInAnotherDirectory() throws Exception {
        Path here = folder.toRealPath();
        String classPath = here.relativize(TEST.toRealPath()) + File.pathSeparator + here.relativize(MAIN.toRealPath());
        Path other = Files.createDirectory(folder.resolve("other"));
        assertThat(run("-Dtest.directory=" + other, "-cp", classPath, OUTER, "tell", "directory"))
                .contains("directory=" + other.toRealPath() + "\n");
    }

    @Test
    void mainJar_givesItsRights() throws Exception {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, OUTER);
        main.put(Attributes.Name.CLASS_PATH, TEST.toUri() + " " + MAIN.toUri());
        main.put(new Attributes.Name("Add-Opens"), "java.base/java.lang java.base/java.util");
        main.put(new Attributes.Name("Add-Exports"), "java.base/sun.security.x509");
        main.put(new Attributes.Name("Enable-Native-Access"), "ALL-UNNAMED");
        new JarOutputStream(Files.newOutputStream(folder.resolve("my app.jar")), manifest).close();
        assertThat(run("-jar", "my app.jar", "tell", "options"))
                .contains(
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--add-opens=java.base/java.util=ALL-UNNAMED",
                        "--add-exports=java.base/sun.security.x509=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "exit code 0");
    }

    @Test
    void modules_stayModules() throws Exception {
        Path user = Files.createDirectories(folder.resolve("src/user/some"));
        Files.writeString(user.resolveSibling("module-info.java"), "module user { exports some; }");
        Files.writeString(user.resolve("Some.java"), "package some; public class Some {}");
        int result = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-d",
                        folder.resolve("mods/user").toString(),
                        user.resolveSibling("module-info.java").toString(),
                        user.resolve("Some.java").toString());
        assertThat(result).isZero();
        String said = run(
                "--patch-module",
                "dev.cenote=" + TEST,
                "-p",
                MAIN + File.pathSeparator + "mods",
                "--add-modules",
                "user,java.sql",
                "-m",
                "dev.cenote/" + OUTER,
                "tell",
                "jdk.module.main",
                "options");
        assertThat(said).contains("jdk.module.main=dev.cenote\n", "exit code 0");
        assertThat(said)
                .contains(
                        "--module-path=" + MAIN + File.pathSeparator
                                + folder.toRealPath().resolve("mods"),
                        "--add-opens=user/some=dev.cenote",
                        "--add-modules=user,java.sql");
    }

    @Test
    void sourceLauncher_givesItsClassPath() throws Exception {
        Path source = Files.writeString(folder.resolve("Example.java"), """
                void main(String[] args) throws Exception {
                    var main = Class.forName("%s").getDeclaredMethod("main", String[].class);
                    main.setAccessible(true);
                    main.invoke(null, (Object) args);
                }
                """.formatted(OUTER));
        assertThat(run("-cp", CLASS_PATH, source.toString(), "tell", "options"))
                .contains("exit code 0")
                .doesNotContain("ALL-DEFAULT");
    }

    @Test
    void libraryInAJarInAJar_isCopied() throws Exception {
        Path jar = folder.resolve("app.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("lib/inner.jar"));
            JarOutputStream inner = new JarOutputStream(out);
            add(inner, MAIN, "");
            inner.finish();
        }
        ClassLoader loader = new NestedLoader("jar:" + jar.toUri() + "!/lib/inner.jar!/");
        Method options = loader.loadClass(Program.class.getName()).getDeclaredMethod("options", Path.class);
        Method current = options.getDeclaringClass().getDeclaredMethod("current");
        options.setAccessible(true);
        current.setAccessible(true);
        List<?> result = (List<?>) options.invoke(current.invoke(null), folder);
        Path copy = folder.resolve("cenote.jar");
        assertThat(result.getLast().toString()).startsWith(copy + File.pathSeparator);
        assertThat(run("-cp", TEST + File.pathSeparator + copy, OUTER, "return"))
                .contains("exit code 0");
    }

    private static void add(JarOutputStream jar, Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.getFileName().toString().startsWith(name)) {
                    jar.putNextEntry(
                            new ZipEntry(folder.relativize(file).toString().replace('\\', '/')));
                    Files.copy(file, jar);
                }
            }
        }
    }

    @Test
    void archive_isMadeOnce_andUsedByTheNext() throws Exception {
        Path library = folder.resolve("library.jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(library))) {
            add(jar, MAIN, "");
            add(jar, TEST, "ChildMain"); // as the main of workers is in the library
        }
        Path home = Files.createDirectory(folder.resolve("home"));
        Map<String, String> environment =
                Map.of("XDG_CACHE_HOME", home.resolve("cache").toString());
        String classPath = TEST + File.pathSeparator + library;
        String[] tell = {"-Duser.home=" + home, "-cp", classPath, OUTER, "tell", "options"};
        assertThat(run(environment, tell)).doesNotContain("SharedArchiveFile").contains("exit code 0");

        start(environment, "-Duser.home=" + home, "-cp", classPath, OUTER, "wait");
        await().until(() ->
                archives(home).size() == 1 && archives(home).getFirst().endsWith(".jsa"));
        outer.getOutputStream().close();
        outer.waitFor(20, TimeUnit.SECONDS);
        String said = run(environment, tell);
        assertThat(said).contains("-XX:SharedArchiveFile=" + archives(home).getFirst(), "exit code 0");

        damage(Path.of(archives(home).getFirst()));
        assertThat(run(environment, tell))
                .as("damaged")
                .doesNotContain("-XX:SharedArchiveFile")
                .contains("exit code 0");
        assertThat(archives(home)).as("what is damaged is deleted").isEmpty();
        assertThat(run(environment, "-Dcenote.archive=off", "-Duser.home=" + home, "-cp", classPath, OUTER, "return"))
                .contains("exit code 0");
    }

    /// As a power cut leaves a file that was not on the disk: of the right length, and empty in the middle.
    private static void damage(Path archive) throws IOException {
        byte[] content = Files.readAllBytes(archive);
        Arrays.fill(content, content.length / 3, content.length, (byte) 0);
        Files.write(archive, content);
    }

    private static List<String> archives(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(Files::isRegularFile).map(Path::toString).toList();
        }
    }

    /// Loads the library a second time, as if from somewhere else.
    private static final class NestedLoader extends ClassLoader {

        private final String location;

        NestedLoader(String location) {
            super(ProgramTest.class.getClassLoader());
            this.location = location;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.cenote.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                CodeSource source = new CodeSource(URI.create(location).toURL(), (Certificate[]) null);
                return defineClass(name, bytes, 0, bytes.length, new ProtectionDomain(source, null));
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    // ends of the outer JVM

    @Test
    void exit_takesTheWorkersAndTheFolder() throws Exception {
        start(Map.of(), "-cp", CLASS_PATH, OUTER, "wait quietly");
        BufferedReader said = outer.inputReader();
        Path itsFolder = Path.of(after(said, "folder "));
        ProcessHandle worker =
                ProcessHandle.of(Long.parseLong(after(said, "pid "))).orElseThrow();
        outer.getOutputStream().close();
        assertThat(outer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        await().until(() -> !worker.isAlive());
        assertThat(itsFolder).doesNotExist();
    }

    @Test
    void leftovers_areSwept_whenTheirOwnerIsGone() throws Exception {
        Path base = Files.createDirectory(folder.resolve("temporary")); // where no other process sweeps
        start(Map.of(), "-Djava.io.tmpdir=" + base, "-cp", CLASS_PATH, OUTER, "wait");
        BufferedReader said = outer.inputReader();
        Path itsFolder = Path.of(after(said, "folder "));
        ProcessHandle worker =
                ProcessHandle.of(Long.parseLong(after(said, "pid "))).orElseThrow();
        PrivateFolder mine = PrivateFolder.make(base);
        PrivateFolder.sweep(base, mine.path());
        assertThat(itsFolder).as("its owner lives").isDirectory();
        outer.destroyForcibly();
        assertThat(outer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        await().until(() -> !worker.isAlive());
        assertThat(itsFolder).as("or this test shows nothing").isDirectory();
        PrivateFolder.sweep(base, mine.path());
        assertThat(itsFolder).doesNotExist();
        assertThat(mine.path()).isDirectory();
        mine.delete();
        assertThat(mine.path()).doesNotExist();
    }

    private static String after(BufferedReader said, String beginning) throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
        throw new AssertionError("never said: " + beginning);
    }
}
