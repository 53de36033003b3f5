// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// What this JVM runs, as the options with which another one runs the same: class path, modules, and the rights that
/// the manifest of a main jar gives.
///
/// | this JVM was started by | a worker gets |
/// | --- | --- |
/// | `-cp` | the same class path, absolute, this library first |
/// | `-jar` | the same jar as class path; as options, what its manifest adds to `-jar` only |
/// | `-jar` with jars inside the jar | the same, and a copy of this library in front |
/// | `--module-path ... -m` | the same module path, all modules that are not of the JDK as roots, `-m` |
/// | an image made by jlink | the same without a module path |
/// | `java Main.java`, jshell | the class path; classes that exist in memory only are sent later, by others |
///
/// The library comes first because a JVM opens every jar in front of the one it finds a class in: 100 jars cost 25 ms.
/// It only moves if its jar holds nothing else; a jar into which an application was packed keeps its place, as the
/// order decides which of two classes of one name is found.
///
/// Read once per process; immutable, for any thread.
final class Program {

    /// More entries than the library will ever have; looking through a larger jar would cost more than it saves.
    private static final int OUR_ENTRIES = 2_000;

    private static @Nullable Program current;

    private final List<String> options;
    private final List<String> classPath;
    private final @Nullable String module;
    private final @Nullable URL nested;
    private final @Nullable Path ownFirst;

    private Program(
            List<String> options,
            List<String> classPath,
            @Nullable String module,
            @Nullable URL nested,
            @Nullable Path ownFirst) {
        this.options = options;
        this.classPath = classPath;
        this.module = module;
        this.nested = nested;
        this.ownFirst = ownFirst;
    }

    /// {@return what this JVM runs}
    static synchronized Program current() {
        Program known = current;
        if (known == null) {
            known = read();
            current = known;
        }
        return known;
    }

    private static Program read() {
        Module own = Program.class.getModule();
        List<String> options = JvmOptions.inherited(JvmOptions.own());
        List<ModuleDescriptor> modules = userModules();
        if (!modules.isEmpty()) {
            addModules(options, modules, own);
        }
        List<String> classPath = classPath();
        addManifest(options, classPath);
        // loaders of nested jars name their URL handlers at run time; a worker has to find the same
        String handlers = System.getProperty("java.protocol.handler.pkgs");
        if (handlers != null && !options.contains("-Djava.protocol.handler.pkgs=" + handlers)) {
            options.add("-Djava.protocol.handler.pkgs=" + handlers);
        }
        if (own.getLayer() == ModuleLayer.boot()) {
            return new Program(List.copyOf(options), List.copyOf(classPath), own.getName(), null, null);
        }
        URL nested = null;
        Path ownFirst = null;
        CodeSource source = Program.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location != null && location.getProtocol().equals("file")) {
            Path library = pathOf(location);
            boolean alone = isOursAlone(library);
            classPath = withFirst(classPath, library, alone);
            if (alone && Files.isRegularFile(library)) {
                ownFirst = Path.of(classPath.getFirst());
            }
        } else {
            nested = location;
        }
        return new Program(List.copyOf(options), List.copyOf(classPath), null, nested, ownFirst);
    }

    /// {@return the options for a worker, up to the class path, without the main class}
    ///
    /// @param folder where a copy of the library may be put
    /// @throws IOException if the library is where no other JVM can read it from, and cannot be copied
    List<String> options(Path folder) throws IOException {
        List<String> result = new ArrayList<>(options);
        List<String> entries = new ArrayList<>(classPath);
        if (isLost()) {
            throw new IOException(
                    "workers cannot be started: the class loader of this library does not say where it has"
                            + " it from, so another JVM cannot load it; put its jar on the class path");
        }
        if (nested != null) {
            entries.addFirst(copy(nested, folder.resolve("cenote.jar")).toString());
        }
        if (!entries.isEmpty()) {
            result.add("-cp");
            result.add(String.join(File.pathSeparator, entries));
        }
        return result;
    }

    /// {@return whether a worker would find no library: no place is known, and the class path has none}
    private boolean isLost() {
        return module == null
                && nested == null
                && Program.class.getProtectionDomain().getCodeSource() == null
                && ClassLoader.getSystemResource(Program.class.getName().replace('.', '/') + ".class") == null;
    }

    /// {@return the jar of this library if the class path of a worker begins with it; else `null`}
    @Nullable
    Path library() {
        return ownFirst;
    }

    /// {@return the arguments that name the main class}
    ///
    /// @param mainClass its name
    List<String> main(String mainClass) {
        return module == null ? List.of(mainClass) : List.of("-m", module + "/" + mainClass);
    }

    /// The modules of the boot layer that the JDK does not bring, by name: in an image made by jlink all modules have
    /// the same kind of location.
    private static List<ModuleDescriptor> userModules() {
        List<ModuleDescriptor> result = new ArrayList<>();
        for (Module module : ModuleLayer.boot().modules()) {
            String name = module.getName();
            if (!name.startsWith("java.") && !name.startsWith("jdk.")) {
                result.add(module.getDescriptor());
            }
        }
        return result;
    }

    private static void addModules(List<String> options, List<ModuleDescriptor> modules, Module own) {
        options.removeIf(option -> option.startsWith("--module-path=")); // named again below
        String path = System.getProperty("jdk.module.path");
        if (path != null && !path.isEmpty()) {
            options.add("--module-path=" + JvmOptions.absolutePaths(path));
        }
        List<String> names = new ArrayList<>();
        for (ModuleDescriptor module : modules) {
            if (!module.name().equals(own.getName())) { // ours is the root that -m names
                names.add(module.name());
            }
            if (own.getLayer() == ModuleLayer.boot()
                    && !module.name().equals(own.getName())
                    && !module.isOpen()
                    && !module.isAutomatic()) {
                // a worker builds records and links lambdas of these packages; here that needs nobody's leave, as
                // their values come with their classes
                for (String name : module.packages()) {
                    options.add("--add-opens=" + module.name() + "/" + name + "=" + own.getName());
                }
            }
        }
        if (!names.isEmpty()) { // the option costs 30 ms
            options.add("--add-modules=" + String.join(",", names));
        }
    }

    private static List<String> classPath() {
        String path = System.getProperty("java.class.path", "");
        if (path.isEmpty() && System.getProperty("jdk.module.main") != null) {
            return List.of(); // for a program of modules no class path is none, otherwise it is the working directory
        }
        return List.of(JvmOptions.absolutePaths(path).split(File.pathSeparator, -1));
    }

    /// `java -jar` gives rights that the same jar as a class path does not have.
    private static void addManifest(List<String> options, List<String> classPath) {
        String jar = System.getProperty("java.class.path", "");
        String command = System.getProperty("sun.java.command", "");
        if (classPath.size() != 1 || !jar.endsWith(".jar") || !(command + " ").startsWith(jar + " ")) {
            return;
        }
        try (JarFile file = new JarFile(jar)) {
            if (file.getManifest() == null) {
                return;
            }
            Attributes main = file.getManifest().getMainAttributes();
            addRights(options, "--add-exports=", main.getValue("Add-Exports"));
            addRights(options, "--add-opens=", main.getValue("Add-Opens"));
            String natives = main.getValue("Enable-Native-Access");
            if (natives != null) {
                options.add("--enable-native-access=" + natives.strip());
            }
        } catch (IOException e) {
            // the jar was replaced while its program runs; a worker will say what it misses
        }
    }

    private static void addRights(List<String> options, String option, @Nullable String packages) {
        if (packages != null) {
            for (String name : packages.strip().split("\\s+", -1)) {
                options.add(option + name + "=ALL-UNNAMED");
            }
        }
    }

    private static List<String> withFirst(List<String> classPath, Path library, boolean alone) {
        String entry = entryOf(classPath, library);
        if (entry != null && !alone) {
            return classPath;
        }
        String first = entry == null ? library.toString() : entry;
        List<String> result = new ArrayList<>();
        result.add(first);
        for (String other : classPath) {
            if (!other.equals(first)) {
                result.add(other);
            }
        }
        return result;
    }

    /// {@return the entry that is this file; `null` if there is none}
    private static @Nullable String entryOf(List<String> classPath, Path library) {
        String name = library.toString();
        if (classPath.contains(name)) {
            return name;
        }
        for (String entry : classPath) { // class loaders resolve links, the class path is as the user wrote it
            try {
                if (Files.isSameFile(Path.of(entry), library)) {
                    return entry;
                }
            } catch (IOException | InvalidPathException e) {
                // nothing is there
            }
        }
        return null;
    }

    private static boolean isOursAlone(Path library) {
        if (Files.isDirectory(library)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(library)) {
                for (Path entry : entries) {
                    if (!isOurs(entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""))) {
                        return false;
                    }
                }
                return true;
            } catch (IOException e) {
                return false;
            }
        }
        try (ZipFile zip = new ZipFile(library.toFile())) {
            if (zip.size() > OUR_ENTRIES) {
                return false;
            }
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                if (!isOurs(entries.nextElement().getName())) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isOurs(String entry) {
        return entry.equals("dev/")
                || entry.startsWith("dev/cenote/")
                || entry.startsWith("META-INF/")
                || entry.equals("module-info.class");
    }

    private static Path pathOf(URL location) {
        try {
            return Path.of(location.toURI());
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Path.of(location.getPath()); // a loader that does not escape what a URL must
        }
    }

    /// Copies the library out of a jar inside a jar. The URL itself comes first: it may bring the only handler that can
    /// read it.
    private static Path copy(URL location, Path target) throws IOException {
        String text = location.toString();
        String inner = text.endsWith("!/") ? text.substring(0, text.length() - 2) : text;
        List<String> candidates = inner.startsWith("jar:")
                ? List.of(text, inner.substring("jar:".length()), inner)
                : List.of(text, inner);
        IOException failure = null;
        for (String candidate : candidates) {
            URL url = candidate.equals(text) ? location : urlOf(candidate);
            if (url == null) {
                continue;
            }
            try (InputStream in = url.openStream()) {
                byte[] bytes = in.readAllBytes();
                if (bytes.length > 4 && bytes[0] == 'P' && bytes[1] == 'K') {
                    return Files.write(target, bytes);
                }
            } catch (IOException | RuntimeException e) { // of a handler of the user
                failure = e instanceof IOException io ? io : new IOException(e);
            }
        }
        throw new IOException(
                "workers cannot be started: this library was loaded from " + location
                        + ", from where another JVM cannot load it; put its jar on the class path",
                failure);
    }

    private static @Nullable URL urlOf(String text) {
        try {
            return URI.create(text).toURL();
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }
}
