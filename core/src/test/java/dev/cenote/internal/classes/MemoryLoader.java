// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/// A loader of classes in memory that gives their files away as streams only; a class may be replaced.
class MemoryLoader extends ClassLoader {

    final Map<String, byte[]> files;
    private final boolean givesFiles;

    MemoryLoader(Map<String, byte[]> files, ClassLoader parent, boolean givesFiles) {
        super("memory", parent);
        this.files = new HashMap<>(files);
        this.givesFiles = givesFiles;
    }

    MemoryLoader(Compiled compiled) {
        this(compiled.classes(), MemoryLoader.class.getClassLoader(), true);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = files.get(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        byte[] bytes = files.get(name.replace(".class", "").replace('/', '.'));
        return givesFiles && bytes != null ? new ByteArrayInputStream(bytes) : super.getResourceAsStream(name);
    }
}
