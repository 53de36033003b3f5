// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.io.IOException;
import java.io.InputStream;

/// Defines one test's own classes again, as the loaders of a worker do.
final class TwinLoader extends ClassLoader {

    private final String prefix;

    TwinLoader(Class<?> test) {
        super("twin", test.getClassLoader());
        this.prefix = test.getName();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(prefix)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? define(name) : known;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
