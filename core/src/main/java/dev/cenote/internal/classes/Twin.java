// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Stands in a worker for one custom loader of the process that runs the pool: same parents, same name, same classes
/// with the same code sources.
///
/// It also serves, as resources, the class files that it was pushed or has asked for, so that libraries which read
/// class files work, and a pool within the worker can send them on.
///
/// Classes of this library never come from here: a task's functions must implement the interfaces that the worker
/// itself calls. Safe for use by several threads; two may load two classes at once.
final class Twin extends URLClassLoader {

    /// The protocol of the URLs of class files; they work as long as they are not turned into text.
    static final String PROTOCOL = "mem-cenote";

    /// What is kept of answers about resources: names, and bytes each.
    private static final int MOST_ANSWERS = 1_000;

    private static final int LARGEST_KEPT = 64 << 10;

    static {
        registerAsParallelCapable();
    }

    private final Imports imports;
    private final int id;
    private final LoaderKind kind;
    private final int flags;
    private final Map<String, Pushed> pushed = new ConcurrentHashMap<>();
    private final Set<String> missing = ConcurrentHashMap.newKeySet();
    private final Map<String, List<byte[]>> answers = new ConcurrentHashMap<>();
    private final Map<String, Optional<CodeSource>> sources = new ConcurrentHashMap<>();

    /// A class file that came from the pool.
    private static final class Pushed {

        private final String source;
        private final byte[] bytes;

        Pushed(String source, byte[] bytes) {
            this.source = source;
            this.bytes = bytes;
        }
    }

    Twin(Imports imports, int id, String label, @Nullable ClassLoader parent, LoaderKind kind, int flags) {
        super(label.isEmpty() ? null : label, new URL[0], parent);
        this.imports = imports;
        this.id = id;
        this.kind = kind;
        this.flags = flags;
    }

    int id() {
        return id;
    }

    LoaderKind kind() {
        return kind;
    }

    boolean isJshell() {
        return (flags & Protocol.JSHELL) != 0;
    }

    boolean isOf(Imports other) {
        return imports == other;
    }

    void push(String name, String source, byte[] bytes) {
        pushed.put(name, new Pushed(source, bytes));
    }

    /// Adds the places that are new; a loader may get more of them over time.
    synchronized void addPlaces(List<URL> places) {
        Set<String> known = new HashSet<>();
        for (URL url : getURLs()) {
            known.add(url.toExternalForm());
        }
        for (URL place : places) {
            if (known.add(place.toExternalForm())) {
                addURL(place);
            }
        }
    }

    /// Loads a class that some code of this loader refers to, in the order of its {@link LoaderKind}.
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            Class<?> type = known != null ? known : libraryClass(name);
            if (type == null && pushed.containsKey(name)) {
                type = findClass(name);
            }
            if (type == null) {
                type = kind == LoaderKind.ASK ? fromPlatformOrAsked(name) : super.loadClass(name, false);
            }
            if (resolve) {
                resolveClass(type);
            }
            return type;
        }
    }

    /// Loads a class of which is known that the other loader has defined it. Its own parents are not asked first:
    /// they may know another class of that name.
    Class<?> loadOwn(String name) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            try {
                return findClass(name);
            } catch (ClassNotFoundException e) {
                return retry(name, e);
            }
        }
    }

    /// The places may have changed since; whatever can be found under that name is better than nothing.
    private Class<?> retry(String name, ClassNotFoundException first) throws ClassNotFoundException {
        try {
            return loadClass(name, false);
        } catch (ClassNotFoundException e) {
            first.addSuppressed(e);
            throw first;
        }
    }

    private @Nullable Class<?> libraryClass(String name) {
        if ((flags & Protocol.SEES_LIBRARY) == 0 || !name.startsWith(Origin.LIBRARY_PREFIX)) {
            return null;
        }
        try {
            Class<?> type = Class.forName(name, false, Origin.LIBRARY_LOADER);
            return Origin.of(type) == Origin.Place.LIBRARY ? type : null;
        } catch (ClassNotFoundException | UnnamedClassException e) {
            return null;
        }
    }

    private Class<?> fromPlatformOrAsked(String name) throws ClassNotFoundException {
        if (!missing.contains(name)) {
            try {
                return getPlatformClassLoader().loadClass(name);
            } catch (ClassNotFoundException e) {
                // then it is one to ask for
            }
        }
        return findClass(name);
    }

    /// Finds a class of this loader itself.
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        Pushed file = pushed.get(name);
        if (file != null) {
            return define(name, file);
        }
        if (kind == LoaderKind.ASK) {
            return ask(name);
        }
        try {
            return super.findClass(name);
        } catch (ClassNotFoundException e) {
            return ask(name); // a place may be unreadable here, or gone since
        }
    }

    private Class<?> define(String name, Pushed file) {
        CodeSource source =
                sources.computeIfAbsent(file.source, Twin::codeSource).orElse(null);
        return defineClass(name, file.bytes, 0, file.bytes.length, new ProtectionDomain(source, null, this, null));
    }

    private static Optional<CodeSource> codeSource(String text) {
        URL known = text.isEmpty() ? null : ClassFiles.url(text);
        URL location = known != null || text.isEmpty() ? known : unreadable(text);
        return location == null ? Optional.empty() : Optional.of(new CodeSource(location, (Certificate[]) null));
    }

    /// Programs print where a class is from, or ask whether two are from one place; for that it need not be
    /// readable.
    private static @Nullable URL unreadable(String text) {
        try {
            return URL.of(URI.create(text), new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) throws IOException {
                    throw new FileNotFoundException(url + " cannot be read in a worker");
                }
            });
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    private Class<?> ask(String name) throws ClassNotFoundException {
        if (missing.contains(name)) {
            throw notFound(name, "it had no such class before", null);
        }
        try {
            return take(name, new WireReader(imports.ask(Protocol.request(Protocol.ASK_CLASS, id, name))));
        } catch (IOException e) {
            throw notFound(name, "the process that runs the pool did not answer: " + e.getMessage(), e);
        }
    }

    private Class<?> take(String name, WireReader in) throws IOException, ClassNotFoundException {
        int answer = in.getByte();
        return switch (answer) {
            case Protocol.NOT_FOUND -> {
                if ((flags & Protocol.CHANGES) == 0 && missing.size() < MOST_ANSWERS) {
                    missing.add(name);
                }
                throw notFound(name, "the process that runs the pool says: " + in.getText(), null);
            }
            case Protocol.FOUND_CLASS -> {
                Pushed file = new Pushed(in.getText(), in.getBlock());
                pushed.put(name, file);
                yield define(name, file);
            }
            case Protocol.ELSEWHERE -> {
                int owner = Protocol.getId(in);
                imports.accept(in.getBlock());
                if (owner == id) {
                    throw new CorruptFrameException(name + " is said to be elsewhere, and just here");
                }
                yield imports.find(owner, name);
            }
            default -> throw new CorruptFrameException("an answer of kind " + answer + " to a question for a class");
        };
    }

    private ClassNotFoundException notFound(String name, String why, @Nullable Throwable cause) {
        return new ClassNotFoundException(name + " in " + this + ": " + why, cause);
    }

    /// Finds a resource of this loader itself; its parents were asked before.
    @Override
    public @Nullable URL findResource(String name) {
        Pushed file = classFile(name);
        if (file != null) {
            return url(name, file.bytes);
        }
        URL place = super.findResource(name);
        if (place != null) {
            return place;
        }
        List<byte[]> asked = askForResources(name);
        return asked.isEmpty() ? null : url(name, asked.getFirst());
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        Pushed file = classFile(name);
        if (file != null) {
            return Collections.enumeration(List.of(url(name, file.bytes)));
        }
        List<URL> all = new ArrayList<>(Collections.list(super.findResources(name)));
        if (all.isEmpty()) {
            for (byte[] content : askForResources(name)) {
                all.add(url(name, content));
            }
        }
        return Collections.enumeration(all);
    }

    private @Nullable Pushed classFile(String name) {
        return name.endsWith(".class")
                ? pushed.get(
                        name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                : null;
    }

    /// Libraries look for the same few names again and again, so answers are kept, above all those that say no.
    private List<byte[]> askForResources(String name) {
        if (kind == LoaderKind.URLS) {
            return List.of();
        }
        List<byte[]> known = answers.get(name);
        if (known != null) {
            return known;
        }
        List<byte[]> contents = new ArrayList<>();
        try {
            WireReader in = new WireReader(imports.ask(Protocol.request(Protocol.ASK_RESOURCES, id, name)));
            if (in.getByte() == Protocol.RESOURCES) {
                for (int count = in.getLength(1); count > 0; count--) {
                    contents.add(in.getBlock());
                }
            }
        } catch (IOException e) {
            return List.of(); // to a library it is a resource that is not there; the worker ends of it by itself
        }
        long size = contents.stream().mapToLong(content -> content.length).sum();
        boolean lasts = (flags & Protocol.CHANGES) == 0 || !name.endsWith(".class");
        if (lasts && answers.size() < MOST_ANSWERS && size <= LARGEST_KEPT) {
            answers.put(name, contents);
        }
        return contents;
    }

    private URL url(String name, byte[] content) {
        try {
            return URL.of(new URI(PROTOCOL, null, "/" + id + "/" + name, null), new Memory(content));
        } catch (URISyntaxException | IOException e) {
            throw new UncheckedIOException(new IOException("no URL for the resource " + name, e));
        }
    }

    @Override
    public String toString() {
        String name = getName();
        return "the twin of class loader " + id + (name == null ? "" : " '" + name + "'");
    }

    /// Opens a URL that stands for bytes in memory.
    private static final class Memory extends URLStreamHandler {

        private final byte[] content;

        Memory(byte[] content) {
            this.content = content;
        }

        @Override
        protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
                @Override
                public void connect() {}

                @Override
                public InputStream getInputStream() throws IOException {
                    if (!getURL().getProtocol().equals(PROTOCOL)) {
                        throw new FileNotFoundException(getURL().toExternalForm());
                    }
                    return new ByteArrayInputStream(content);
                }

                @Override
                public long getContentLengthLong() {
                    return content.length;
                }
            };
        }
    }
}
