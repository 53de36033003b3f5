// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// A custom loader that was given a number, and the class files of it that workers have or may be sent.
///
/// One loader has several of these, one after the other, if its classes are replaced while the program runs: each is
/// a *generation* with a number of its own. What belongs to a number never changes, so a number and a name always
/// mean the same bytes, whatever worker has them and whenever it got them.
///
/// Safe for use by several threads; holds the loader weakly.
final class Exported {

    final int id;
    final int parentId;
    final LoaderKind kind;
    private final int flags;
    private final String label;
    private final WeakReference<ClassLoader> loader;

    /// Whether class files are pushed at all. What a worker had to ask for itself, it is asked for in turn.
    private final boolean remembers;

    /// The class files that were looked at, by class name; empty for a class that the loader does not define or
    /// that is better asked for.
    private final Map<String, Optional<ClassBytes>> files = new ConcurrentHashMap<>();

    Exported(int id, int parentId, ClassLoader loader) {
        this.id = id;
        this.parentId = parentId;
        this.kind = LoaderKind.of(loader);
        this.label = Objects.requireNonNullElse(loader.getName(), "");
        this.loader = new WeakReference<>(loader);
        this.remembers = kind == LoaderKind.PARENT_FIRST || (kind == LoaderKind.ASK && !(loader instanceof Twin));
        boolean fixed = kind == LoaderKind.URLS || LoaderKind.isSourceLauncher(loader) || loader instanceof Twin;
        this.flags = (seesLibrary(loader) ? Protocol.SEES_LIBRARY : 0)
                | (fixed ? 0 : Protocol.CHANGES)
                | (LoaderKind.isJshell(loader) ? Protocol.JSHELL : 0);
    }

    /// The next generation.
    private Exported(int id, Exported previous) {
        this.id = id;
        this.parentId = previous.parentId;
        this.kind = previous.kind;
        this.flags = previous.flags;
        this.label = previous.label;
        this.loader = previous.loader;
        this.remembers = previous.remembers;
    }

    private static boolean seesLibrary(ClassLoader loader) {
        try {
            return Class.forName(Exported.class.getName(), false, loader) == Exported.class;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /// {@return the loader, or `null` if the program dropped it}
    @Nullable
    ClassLoader loader() {
        return loader.get();
    }

    boolean isJshell() {
        return (flags & Protocol.JSHELL) != 0;
    }

    /// {@return whether this number was given for this loader}
    boolean isFor(ClassLoader other) {
        return loader.refersTo(other);
    }

    /// {@return the places of the loader now: some loaders get more of them over time}
    List<String> places() {
        ClassLoader own = loader.get();
        return own == null ? List.of() : LoaderKind.places(own);
    }

    void writeDefinition(WireWriter out, List<String> places) {
        out.putByte(Protocol.LOADER);
        out.putCount(id);
        out.putCount(parentId);
        out.putByte(kind.code);
        out.putByte(flags);
        out.putText(label);
        out.putCount(places.size());
        places.forEach(out::putText);
    }

    /// {@return the class file to push for this class, or `null` if the loader does not define it, or a worker finds
    /// it better by itself}
    @Nullable
    ClassBytes pushed(String name) {
        if (!remembers) {
            return null;
        }
        Optional<ClassBytes> known = files.get(name);
        if (known == null) { // not computeIfAbsent: the loader's code must not run under a lock
            known = Optional.ofNullable(find(name));
            Optional<ClassBytes> raced = files.putIfAbsent(name, known);
            known = raced == null ? known : raced;
        }
        return known.orElse(null);
    }

    private @Nullable ClassBytes find(String name) {
        ClassLoader own = loader.get();
        if (own == null || name.startsWith("java.")) {
            return null;
        }
        try {
            Class<?> type = Class.forName(name, false, own);
            return type.getClassLoader() == own && !isLibrary(type) && isInMemory(type) ? ClassBytes.of(type) : null;
        } catch (ClassNotFoundException | LinkageError | IOException | RuntimeException e) {
            return null; // a dependency that is optional; if it is not, the worker will say so
        }
    }

    private static boolean isLibrary(Class<?> type) {
        return Origin.of(type) == Origin.Place.LIBRARY;
    }

    /// Pushing whole libraries costs seconds; programs in memory are small. So what has a place on disk, or a place
    /// of which we know nothing, is asked for class by class.
    private boolean isInMemory(Class<?> type) throws IOException {
        URL place = ClassFiles.locate(type);
        if (place == null) {
            return true;
        }
        String protocol = place.getProtocol();
        return protocol.startsWith("sourcelauncher")
                || protocol.equals("jshell")
                || protocol.equals(Twin.PROTOCOL)
                || protocol.startsWith("mem");
    }

    /// {@return this, or the generation that follows it if one of the class files was replaced}
    Exported current(IntSupplier ids) {
        ClassLoader own = loader.get();
        if (own == null || (flags & Protocol.CHANGES) == 0 || !hasChanged(own)) {
            return this;
        }
        return new Exported(ids.getAsInt(), this);
    }

    private boolean hasChanged(ClassLoader own) {
        for (Map.Entry<String, Optional<ClassBytes>> known : files.entrySet()) {
            ClassBytes file = known.getValue().orElse(null);
            if (file != null && hasChanged(own, known.getKey(), file)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasChanged(ClassLoader own, String name, ClassBytes file) {
        try {
            byte[] now = ClassFiles.read(Class.forName(name, false, own));
            return now != null && !Arrays.equals(now, file.bytes());
        } catch (ClassNotFoundException | LinkageError | IOException | RuntimeException e) {
            return false;
        }
    }
}
