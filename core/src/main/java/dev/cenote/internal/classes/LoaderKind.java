// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.wire.CorruptFrameException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// How the twin of a loader finds classes.
///
/// | kind | for | order |
/// | --- | --- | --- |
/// | `URLS` | a plain `URLClassLoader`, or Spring Boot's, with places that a worker can read | parent, places, ask |
/// | `PARENT_FIRST` | the source launcher, jshell, all that keep the usual order | pushed, parent, places, ask |
/// | `ASK` | those with an order of their own: containers, module systems | pushed, the platform, ask |
///
/// To ask is always right and costs a round trip for each class; the others are short cuts, taken only where they
/// give the same answers. A place that turns out to be unreadable in the worker, as when its protocol is unknown
/// there, costs the short cut only: what the places do not have is asked for, of all kinds.
enum LoaderKind {
    URLS(1),
    PARENT_FIRST(2),
    ASK(3);

    private static final String SOURCE_LAUNCHER = "com.sun.tools.javac.launcher.MemoryClassLoader";
    private static final String JSHELL = "jdk.jshell.execution.DefaultLoaderDelegate$RemoteClassLoader";

    /// Overrides of the loaders of Spring Boot do not change the order; `jar:nested:` is a protocol that its class
    /// path brings along.
    private static final String SPRING_BOOT = "org.springframework.boot.loader.";

    /// Checks who may ask, and asks as its superclass does.
    private static final String FACTORY_MADE = "java.net.FactoryURLClassLoader";

    private static final Set<String> READABLE = Set.of("file", "jar", "nested", "http", "https");

    /// What is sent for it.
    final int code;

    LoaderKind(int code) {
        this.code = code;
    }

    /// {@return the kind for which this was sent}
    static LoaderKind ofCode(int code) throws CorruptFrameException {
        for (LoaderKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new CorruptFrameException("a class loader of kind " + code);
    }

    /// {@return the kind of a custom loader}
    static LoaderKind of(ClassLoader loader) {
        if (loader instanceof Twin twin) {
            return twin.kind(); // a pool within a worker
        }
        if (isSourceLauncher(loader) || isJshell(loader)) {
            return PARENT_FIRST;
        }
        if (loader instanceof URLClassLoader plain && isPlain(plain)) {
            List<String> places = places(plain);
            return places.isEmpty() || places.size() < plain.getURLs().length ? PARENT_FIRST : URLS;
        }
        return overrides(loader.getClass(), ClassLoader.class, "loadClass") ? ASK : PARENT_FIRST;
    }

    /// {@return whether a loader is that of `java Example.java`; its classes never change}
    static boolean isSourceLauncher(ClassLoader loader) {
        return loader.getClass().getName().equals(SOURCE_LAUNCHER);
    }

    /// {@return whether a loader is that of jshell, or a twin of one}
    static boolean isJshell(ClassLoader loader) {
        return loader instanceof Twin twin
                ? twin.isJshell()
                : loader.getClass().getName().equals(JSHELL);
    }

    /// {@return the places of a loader that a worker on this machine can read as well}
    static List<String> places(ClassLoader loader) {
        List<String> places = new ArrayList<>();
        if (loader instanceof URLClassLoader urls && urls.getURLs() != null) {
            for (URL url : urls.getURLs()) {
                if (isReadable(url)) {
                    places.add(url.toExternalForm());
                }
            }
        }
        return places;
    }

    private static boolean isReadable(URL url) {
        String protocol = url.getProtocol();
        if (!protocol.equals("file")) {
            return READABLE.contains(protocol);
        }
        try {
            return Files.isReadable(Path.of(url.toURI()));
        } catch (URISyntaxException | RuntimeException e) {
            return false;
        }
    }

    private static boolean isPlain(URLClassLoader loader) {
        String name = loader.getClass().getName();
        return name.equals(FACTORY_MADE)
                || name.startsWith(SPRING_BOOT)
                || !overrides(loader.getClass(), URLClassLoader.class, "loadClass", "findClass", "findResource");
    }

    /// {@return whether a class, or one between it and the base, declares a method of one of these names}
    private static boolean overrides(Class<?> type, Class<?> base, String... names) {
        Set<String> wanted = Set.of(names);
        for (Class<?> next = type;
                next != null && next != base && next != URLClassLoader.class;
                next = next.getSuperclass()) {
            if (Arrays.stream(next.getDeclaredMethods()).map(Method::getName).anyMatch(wanted::contains)) {
                return true;
            }
        }
        return false;
    }
}
