// SPDX-License-Identifier: Apache-2.0
package dev.cenote.processes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// Jars inside a jar, and the loader that reads them, which is packed along and is the main class of the jar: what
/// frameworks do to ship a program as one file. Its URLs have a protocol of its own that no other process knows, and
/// that is registered nowhere.
///
/// It stands alone: in the jar there is nothing else of these tests.
public final class FatJar extends ClassLoader {

    private static final String CLASSES = "inner/classes/";
    private static final String JARS = "inner/lib/";

    static {
        registerAsParallelCapable();
    }

    /// The content of each file by its name, for each inner jar, the classes of the program first.
    private final Map<String, Map<String, byte[]>> places = new LinkedHashMap<>();

    private final String outer;

    private FatJar(Path jar) throws IOException {
        super("fat", FatJar.class.getClassLoader());
        outer = jar.toUri().toString();
        places.put(CLASSES, new LinkedHashMap<>());
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] content = in.readAllBytes();
                if (entry.getName().startsWith(CLASSES)) {
                    places.get(CLASSES).put(entry.getName().substring(CLASSES.length()), content);
                } else if (entry.getName().startsWith(JARS)) {
                    places.put(entry.getName(), read(content));
                    places.get(entry.getName()).put("", content);
                }
            }
        }
    }

    private static Map<String, byte[]> read(byte[] jar) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), in.readAllBytes());
            }
        }
        return files;
    }

    /// Packs a program.
    static Path pack(Path jar, String mainClass, Path classes, byte[]... libraries) throws IOException {
        try (JarOutputStream out =
                new JarOutputStream(Files.newOutputStream(jar), Started.manifest(FatJar.class.getName()))) {
            for (String part : List.of("", "$1", "$1$1")) {
                String name = FatJar.class.getName().replace('.', '/') + part + ".class";
                try (InputStream in = FatJar.class.getClassLoader().getResourceAsStream(name)) {
                    if (in != null) {
                        out.putNextEntry(new ZipEntry(name));
                        in.transferTo(out);
                    }
                }
            }
            out.putNextEntry(new ZipEntry("main"));
            out.write(mainClass.getBytes(StandardCharsets.UTF_8));
            Started.add(out, CLASSES, classes);
            for (int i = 0; i < libraries.length; i++) {
                out.putNextEntry(new ZipEntry(JARS + "library" + i + ".jar"));
                out.write(libraries[i]);
            }
        }
        return jar;
    }

    /// Runs the program.
    public static void main(String[] arguments) throws Exception {
        Path jar = Path.of(
                FatJar.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        FatJar loader = new FatJar(jar);
        Thread.currentThread().setContextClassLoader(loader);
        String main;
        try (InputStream in = FatJar.class.getResourceAsStream("/main")) {
            main = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Class.forName(main, true, loader).getMethod("main", String[].class).invoke(null, (Object) arguments);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        for (Map.Entry<String, Map<String, byte[]>> place : places.entrySet()) {
            byte[] bytes = place.getValue().get(file);
            if (bytes != null) {
                CodeSource source = new CodeSource(url(place.getKey(), ""), (Certificate[]) null);
                return defineClass(name, bytes, 0, bytes.length, new ProtectionDomain(source, null, this, null));
            }
        }
        throw new ClassNotFoundException(name);
    }

    @Override
    protected URL findResource(String name) {
        List<URL> all = Collections.list(findResources(name));
        return all.isEmpty() ? null : all.getFirst();
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        List<URL> urls = new ArrayList<>();
        for (Map.Entry<String, Map<String, byte[]>> place : places.entrySet()) {
            if (place.getValue().containsKey(name)) {
                urls.add(url(place.getKey(), name));
            }
        }
        return Collections.enumeration(urls);
    }

    private URL url(String place, String name) {
        try {
            return URL.of(
                    URI.create("fat:" + outer + "!/" + place + (name.isEmpty() ? "" : "!/" + name)),
                    new URLStreamHandler() {
                        @Override
                        protected URLConnection openConnection(URL url) {
                            return new URLConnection(url) {
                                @Override
                                public void connect() {}

                                @Override
                                public InputStream getInputStream() throws IOException {
                                    byte[] content = places.get(place).get(name);
                                    if (content == null) {
                                        throw new IOException("nothing is at " + url);
                                    }
                                    return new ByteArrayInputStream(content);
                                }
                            };
                        }
                    });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
