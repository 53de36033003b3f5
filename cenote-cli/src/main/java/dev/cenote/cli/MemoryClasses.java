// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.Worker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import org.jspecify.annotations.Nullable;

/// Where the compiler puts the classes it makes: into memory, from where a class loader takes them.
///
/// For one thread.
final class MemoryClasses extends ForwardingJavaFileManager<StandardJavaFileManager> {

    /// The one package of this program that an expression sees, as what it calls there is the pool that runs it.
    private static final String API = Worker.class.getPackageName();

    private final ClassPath classPath;

    /// Finds the classes of that package for the compiler.
    private final StandardJavaFileManager api;

    private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

    MemoryClasses(JavaCompiler compiler, ClassPath classPath) throws IOException {
        super(compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8));
        this.classPath = classPath;
        fileManager.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath.entries());
        this.api = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        api.setLocationFromPaths(StandardLocation.CLASS_PATH, List.of(library()));
    }

    private static Path library() throws IOException {
        try {
            return Path.of(Worker.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    @Override
    public Iterable<JavaFileObject> list(
            Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse) throws IOException {
        return (isOfLibrary(location, packageName) ? api : fileManager).list(location, packageName, kinds, recurse);
    }

    private static boolean isOfLibrary(Location location, String packageName) {
        return location == StandardLocation.CLASS_PATH && packageName.equals(API);
    }

    @Override
    public @Nullable String inferBinaryName(Location location, JavaFileObject file) {
        String name = super.inferBinaryName(location, file);
        return name == null ? api.inferBinaryName(location, file) : name;
    }

    @Override
    public void close() throws IOException {
        try (api) {
            super.close();
        }
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
            Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
        return new SimpleJavaFileObject(URI.create("mem:///" + className + kind.extension), kind) {
            @Override
            public OutputStream openOutputStream() {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                classes.put(className, bytes);
                return bytes;
            }
        };
    }

    /// Loads a compiled class, which is a function, and makes its only instance.
    ///
    /// @param name the name of the class
    /// @return the function
    /// @throws ExpressionException if a static part of it fails
    @SuppressWarnings("unchecked") // the generated class is declared as such a function
    Function<Object, @Nullable Object> instantiate(String name) throws ExpressionException {
        try {
            Constructor<?> constructor =
                    new Loader(classPath.urls(), classes).loadClass(name).getDeclaredConstructor();
            constructor.setAccessible(true);
            return (Function<Object, @Nullable Object>) constructor.newInstance();
        } catch (ExceptionInInitializerError e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new ExpressionException("the expression failed before the first item: " + cause, cause);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the generated class cannot be used", e);
        }
    }

    /// Loads the compiled classes, and those of the user's class path. The classes of this program but those of the API
    /// are hidden, so that the user may bring other versions of the same libraries. It gives the class files of the
    /// compiled classes away, because worker processes need them.
    private static final class Loader extends URLClassLoader {

        private static final String CLASS_FILE = ".class";

        private final Map<String, ByteArrayOutputStream> classes;

        Loader(URL[] urls, Map<String, ByteArrayOutputStream> classes) {
            super("expression", urls, ClassLoader.getPlatformClassLoader());
            this.classes = Map.copyOf(classes);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.startsWith(API) && name.lastIndexOf('.') == API.length()
                    ? Class.forName(name, false, Worker.class.getClassLoader())
                    : super.loadClass(name, resolve);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            ByteArrayOutputStream compiled = classes.get(name);
            if (compiled == null) {
                return super.findClass(name);
            }
            byte[] bytes = compiled.toByteArray();
            return defineClass(name, bytes, 0, bytes.length);
        }

        @Override
        public @Nullable InputStream getResourceAsStream(String name) {
            ByteArrayOutputStream compiled = name.endsWith(CLASS_FILE)
                    ? classes.get(name.substring(0, name.length() - CLASS_FILE.length())
                            .replace('/', '.'))
                    : null;
            return compiled == null
                    ? super.getResourceAsStream(name)
                    : new ByteArrayInputStream(compiled.toByteArray());
        }
    }
}
