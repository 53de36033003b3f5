// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the class files and resources that a loader has itself, leaving out those of the loader that it asks: what
/// the class path has is nobody's to request, and what a worker's class path has would be the wrong version.
///
/// Runs the loader's own code, so it may throw whatever that throws.
final class ClassFiles {

    /// The largest file that is sent; ten times the largest class that the class file format allows in practice.
    static final int LARGEST = 64 << 20;

    private ClassFiles() {}

    /// {@return the class file of a class of a custom loader, or `null` if the loader does not give it away}
    ///
    /// @throws IOException if it cannot be read, or is too large
    static byte @Nullable [] read(Class<?> type) throws IOException {
        ClassLoader loader = type.getClassLoader();
        if (loader == null) {
            return null;
        }
        String name = Origin.fileOf(type.getName());
        List<URL> own = own(loader, name);
        if (!own.isEmpty()) {
            return read(bestOf(own, type));
        }
        ClassLoader parent = loader.getParent();
        if (parent != null && parent.getResource(name) != null) {
            return null; // the stream below would be the other loader's
        }
        try (InputStream in = loader.getResourceAsStream(name)) {
            return in == null ? null : limited(in, name);
        }
    }

    /// {@return where the class file of a class is, or `null` if the loader names no such place}
    static @Nullable URL locate(Class<?> type) throws IOException {
        ClassLoader loader = type.getClassLoader();
        List<URL> own = loader == null ? List.of() : own(loader, Origin.fileOf(type.getName()));
        return own.isEmpty() ? null : bestOf(own, type);
    }

    /// {@return the content of each resource of this name that the loader has itself}
    ///
    /// @throws IOException if one cannot be read, or they are too large
    static List<byte[]> resources(ClassLoader loader, String name) throws IOException {
        List<byte[]> contents = new ArrayList<>();
        long size = 0;
        for (URL url : own(loader, name)) {
            if (!isFolder(url)) {
                byte[] content = read(url);
                size += content.length;
                if (size > LARGEST) {
                    throw tooLarge(name);
                }
                contents.add(content);
            }
        }
        return contents;
    }

    private static List<URL> own(ClassLoader loader, String name) throws IOException {
        if (loader instanceof URLClassLoader urls) {
            return Collections.list(urls.findResources(name));
        }
        Map<String, URL> all = new LinkedHashMap<>(); // by text: URL.equals asks the network
        for (URL url : Collections.list(loader.getResources(name))) {
            all.put(url.toExternalForm(), url);
        }
        ClassLoader parent = loader.getParent();
        if (parent != null && !all.isEmpty()) {
            for (URL url : Collections.list(parent.getResources(name))) {
                all.remove(url.toExternalForm());
            }
        }
        return List.copyOf(all.values());
    }

    /// A loader may have a class twice, in two jars; it says itself which one it took.
    private static URL bestOf(List<URL> candidates, Class<?> type) {
        URL source = candidates.size() == 1 ? null : Origin.source(type);
        if (source != null) {
            for (URL candidate : candidates) {
                if (candidate.toExternalForm().contains(source.toExternalForm())) {
                    return candidate;
                }
            }
        }
        return candidates.getFirst();
    }

    /// A folder has content too, for a URL: the names of its files.
    private static boolean isFolder(URL url) {
        if (!url.getProtocol().equals("file")) {
            return false;
        }
        try {
            return !Files.isRegularFile(Path.of(url.toURI()));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            return true;
        }
    }

    private static byte[] read(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false); // a cached jar stays open, and cannot be deleted on Windows
        try (InputStream in = connection.getInputStream()) {
            return limited(in, url.toExternalForm());
        }
    }

    private static byte[] limited(InputStream in, String name) throws IOException {
        byte[] bytes = in.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw tooLarge(name);
        }
        return bytes;
    }

    private static IOException tooLarge(String name) {
        return new IOException(name + " is larger than " + (LARGEST >> 20) + " MB");
    }

    /// {@return a URL made of its text, or `null` if this process knows no such protocol}
    @SuppressWarnings("deprecation") // the constructor takes what URI does not, such as spaces and nested jars
    static @Nullable URL url(String text) {
        try {
            return URI.create(text).toURL();
        } catch (IllegalArgumentException | IOException e) {
            try {
                return new URL(text);
            } catch (IOException unknown) {
                return null;
            }
        }
    }
}
