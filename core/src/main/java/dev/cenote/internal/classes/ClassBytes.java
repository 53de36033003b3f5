// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.ConstantPool;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URL;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A class file, where it came from, and which classes it names. Immutable, as nobody changes the bytes.
final class ClassBytes {

    private final byte[] bytes;

    /// The code source as text, or the empty string.
    private final String source;

    private final List<String> references;

    private ClassBytes(byte[] bytes, String source) {
        this.bytes = bytes;
        this.source = source;
        this.references = references(bytes);
    }

    /// {@return the class file of a class, or `null` if its loader does not give it away}
    static @Nullable ClassBytes of(Class<?> type) throws IOException {
        byte[] bytes = ClassFiles.read(type);
        if (bytes == null) {
            return null;
        }
        URL source = Origin.source(type);
        return new ClassBytes(bytes, source == null ? "" : source.toExternalForm());
    }

    byte[] bytes() {
        return bytes;
    }

    /// {@return the names of the classes in its constant pool and its descriptors, without those of `java`}
    List<String> references() {
        return references;
    }

    void write(WireWriter out) {
        out.putText(source);
        out.putBlock(bytes);
    }

    private static List<String> references(byte[] bytes) {
        Set<String> names = new LinkedHashSet<>();
        try {
            ClassModel model = ClassFile.of().parse(bytes);
            addConstants(model.constantPool(), names);
            model.fields().forEach(field -> addDescriptor(field.fieldType().stringValue(), names));
            model.methods().forEach(method -> addDescriptor(method.methodType().stringValue(), names));
        } catch (IllegalArgumentException e) { // of a newer format than this JVM knows
            return List.of();
        }
        return List.copyOf(names);
    }

    private static void addConstants(ConstantPool pool, Set<String> names) {
        for (PoolEntry entry : pool) {
            switch (entry) {
                case ClassEntry type -> addClass(type.asInternalName(), names);
                case NameAndTypeEntry member -> addDescriptor(member.type().stringValue(), names);
                case MethodTypeEntry type -> addDescriptor(type.descriptor().stringValue(), names);
                default -> {}
            }
        }
    }

    private static void addClass(String internalName, Set<String> names) {
        if (internalName.startsWith("[")) {
            addDescriptor(internalName, names);
        } else {
            add(internalName, names);
        }
    }

    /// Adds what stands between each `L` and its `;`.
    private static void addDescriptor(String descriptor, Set<String> names) {
        int at = 0;
        while (at < descriptor.length()) {
            if (descriptor.charAt(at) == 'L') {
                int end = descriptor.indexOf(';', at);
                add(descriptor.substring(at + 1, end), names);
                at = end;
            }
            at++;
        }
    }

    private static void add(String internalName, Set<String> names) {
        if (!internalName.startsWith("java/")) {
            names.add(internalName.replace('/', '.'));
        }
    }
}
