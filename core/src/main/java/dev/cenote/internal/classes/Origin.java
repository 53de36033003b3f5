// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;

/// Where a class comes from, as far as that is the same for every pool. Kept with the class, so that the question
/// costs next to nothing for all but the first value of a class.
///
/// @param place which kind of loader
/// @param refusal why the class can have no name in another process, or `null`
record Origin(Place place, @Nullable String refusal) {

    /// Kinds of loaders.
    enum Place {
        /// The platform and the class path.
        SYSTEM,
        /// The loader of this library, and a class of this library.
        LIBRARY,
        /// Any other.
        CUSTOM
    }

    /// The number of the system's loader.
    static final int SYSTEM_ID = 0;

    /// The number of this library's loader.
    static final int LIBRARY_ID = 1;

    /// As a parent of a loader: only the platform.
    static final int PLATFORM_ID = 2;

    /// As a parent of a loader: only what the JVM itself loads.
    static final int BOOTSTRAP_ID = 3;

    /// The first number of a custom loader.
    static final int FIRST_ID = 8;

    /// The loader of this library.
    static final @Nullable ClassLoader LIBRARY_LOADER = Origin.class.getClassLoader();

    /// What the names of this library's classes begin with. Asked rather than written down: who packs all jars into
    /// one may have moved the packages.
    static final String LIBRARY_PREFIX = Origin.class.getPackageName().replaceAll("internal\\.classes$", "");

    private static final String HIDDEN =
            "is a hidden class, and hidden classes cannot be found by name in another process";

    private static final String GENERATED =
            "was generated at run time and has no class file that could be sent to another process";

    private static final ClassValue<Origin> ORIGINS = new ClassValue<>() {
        @Override
        protected Origin computeValue(Class<?> type) {
            return compute(type);
        }
    };

    /// {@return where a class comes from that is neither an array nor primitive}
    ///
    /// @throws UnnamedClassException if it can have no name in another process
    static Place of(Class<?> type) {
        Origin origin = ORIGINS.get(type);
        if (origin.refusal != null) {
            throw new UnnamedClassException(type, origin.refusal);
        }
        return origin.place;
    }

    /// {@return the class of the innermost elements of an array class, and any other class itself}
    static Class<?> element(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.componentType();
        }
        return element;
    }

    /// {@return whether a loader is the system's or one that the system's asks}
    static boolean isSystem(@Nullable ClassLoader loader) {
        if (loader == null || loader == ClassLoader.getPlatformClassLoader()) {
            return true;
        }
        for (ClassLoader next = ClassLoader.getSystemClassLoader(); next != null; next = next.getParent()) {
            if (next == loader) {
                return true;
            }
        }
        return false;
    }

    /// {@return the name of a class file as a resource}
    static String fileOf(String className) {
        return className.replace('.', '/') + ".class";
    }

    private static Origin compute(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        if (type.isHidden()) {
            return new Origin(Place.CUSTOM, HIDDEN);
        }
        if (loader == null || loader == ClassLoader.getPlatformClassLoader()) {
            return new Origin(Place.SYSTEM, null);
        }
        if (isLibrary(type)) {
            return new Origin(Place.LIBRARY, null);
        }
        boolean system = isSystem(loader);
        return new Origin(system ? Place.SYSTEM : Place.CUSTOM, hasFile(type, loader) ? null : GENERATED);
    }

    /// In a fat jar the user's classes have the same loader as the library, and may even be in the same jar.
    private static boolean isLibrary(Class<?> type) {
        return type.getClassLoader() == LIBRARY_LOADER
                && type.getName().startsWith(LIBRARY_PREFIX)
                && String.valueOf(source(type)).equals(String.valueOf(source(Origin.class)));
    }

    /// {@return where a class says that it was loaded from, or `null`}
    static @Nullable URL source(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null ? null : source.getLocation();
    }

    /// A class that the compiler made and that has a dollar in its name is nested in another; one that a library
    /// made at run time is not. To look for the file of each class would cost the first tasks of a program 10 ms.
    private static boolean looksGenerated(Class<?> type) {
        try {
            return type.getName().indexOf('$') >= 0 && type.getEnclosingClass() == null;
        } catch (LinkageError e) {
            return true;
        }
    }

    /// A loader may fail when it is asked, and no answer is no reason to refuse: the worker will ask again.
    private static boolean hasFile(Class<?> type, ClassLoader loader) {
        if (Proxy.isProxyClass(type)) {
            return false;
        }
        if (isSystem(loader) && (type.getModule().isNamed() || !looksGenerated(type))) {
            return true; // from the image, the module path or the class path, which the worker has too
        }
        try {
            return loader.getResource(fileOf(type.getName())) != null || ClassFiles.read(type) != null;
        } catch (IOException | RuntimeException e) {
            return true;
        }
    }
}
