// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.classes.Origin.Place;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The classes of a process that runs a pool, as the workers of that pool may name them and ask for them.
///
/// ## How a class gets into a worker
///
/// Classes of the platform, the class path and the module path are there already: the name is enough, and nothing
/// here does any work. A class of another loader is sent as the number of that loader and its name. The worker has
/// a *twin* of each such loader, with the same parents, so that one name may mean two classes there as it does here.
/// What a twin needs comes by three ways, see {@link LoaderKind}: it reads the same jars; it was *pushed* what the
/// constant pools reach, in front of the task; or it asks. Pushing is for programs that live in memory (the source
/// launcher, jshell), as it saves a round trip for each of their few classes; whole libraries pushed that way would
/// take seconds.
///
/// ## What is sent in front of a task
///
/// Encode a task through a {@link Uses}, which sees what classes are in it. Then, for each worker that is to get it,
/// {@link Uses#prelude} gives what this worker lacks. Nothing depends on it for being right: a worker asks for each
/// loader and each class that it was not told of.
///
/// ## Who may ask for what
///
/// A worker runs what it is told to and may be corrupted by it, so a request is a number that was given out by this
/// very object, and a name; never a place. Nothing of the class path is given away, names that could lead out of a
/// loader's places are refused, and so are folders and files of more than 64 MB. Symbolic links within a folder of
/// classes are followed, as the loader itself follows them.
///
/// One for each pool, because what was given out to the workers of one pool is nothing to those of another. Safe for
/// use by several threads. Loaders are held weakly.
public final class Exports implements ClassNames {

    private final Map<LoaderKey, Exported> byLoader = new ConcurrentHashMap<>();
    private final Map<Integer, Exported> byId = new ConcurrentHashMap<>();
    private final AtomicInteger nextId = new AtomicInteger(Origin.FIRST_ID);
    private final ReferenceQueue<ClassLoader> dropped = new ReferenceQueue<>();

    /// Creates the table of a pool.
    public Exports() {}

    /// {@return a view for one task and the items it is mapped over, which sees what classes they use}
    public Uses uses() {
        return new Uses(this);
    }

    @Override
    public void write(WireWriter out, Class<?> type) {
        Protocol.putName(out, idOf(type), type.getName());
    }

    private int idOf(Class<?> type) {
        Class<?> element = Origin.element(type);
        return switch (Origin.of(element)) {
            case Place.SYSTEM -> Origin.SYSTEM_ID;
            case Place.LIBRARY -> Origin.LIBRARY_ID;
            case Place.CUSTOM -> of(element.getClassLoader()).id;
        };
    }

    /// {@return the number of a loader, such as the context class loader of the caller of a pool}
    ///
    /// @param loader the loader; `null` means the system's
    public int idOf(@Nullable ClassLoader loader) {
        return loader == null || Origin.isSystem(loader) ? Origin.SYSTEM_ID : of(loader).id;
    }

    /// Reads the name of a class that a worker has written. Only loaders whose number was given out are asked. The
    /// class is not initialized, but its loader runs: not for a thread that others wait for.
    @Override
    public Class<?> read(WireReader in) throws ClassNotFoundException, IOException {
        int id = Protocol.getId(in);
        String name = Protocol.getName(in);
        Class<?> primitive = id == Origin.SYSTEM_ID ? Class.forPrimitiveName(name) : null;
        return primitive == null ? Class.forName(name, false, loader(id, name)) : primitive;
    }

    private @Nullable ClassLoader loader(int id, String name) throws ClassNotFoundException, CorruptFrameException {
        if (id == Origin.SYSTEM_ID) {
            return ClassLoader.getSystemClassLoader();
        }
        if (id == Origin.LIBRARY_ID) {
            return Origin.LIBRARY_LOADER;
        }
        Exported exported = byId.get(id);
        if (exported == null) {
            throw new CorruptFrameException("number " + id + " was given to no class loader");
        }
        ClassLoader loader = exported.loader();
        if (loader == null) {
            throw new ClassNotFoundException(name + ": its class loader was dropped by this process");
        }
        return loader;
    }

    /// {@return the current generation of a custom loader}
    Exported of(ClassLoader loader) {
        forgetDropped();
        LoaderKey key = new LoaderKey(loader, null);
        Exported known = byLoader.get(key);
        return known == null ? add(loader) : current(key, known);
    }

    /// Whatever else this is about, it must not run the loader's code under a lock; so two may add the same loader,
    /// and one of the two numbers is never used.
    private Exported add(ClassLoader loader) {
        ClassLoader parent = loader.getParent();
        Exported made = new Exported(nextId.getAndIncrement(), parentId(parent), loader);
        byId.put(made.id, made); // before any other thread can write the number
        Exported raced = byLoader.putIfAbsent(new LoaderKey(loader, dropped), made);
        return raced == null ? made : raced;
    }

    private int parentId(@Nullable ClassLoader parent) {
        if (parent == null) {
            return Origin.BOOTSTRAP_ID;
        }
        return parent == ClassLoader.getPlatformClassLoader() ? Origin.PLATFORM_ID : idOf(parent);
    }

    private Exported current(LoaderKey key, Exported known) {
        Exported current = known.current(nextId::getAndIncrement);
        if (current == known) {
            return known;
        }
        byId.put(current.id, current);
        return byLoader.replace(key, known, current) ? current : byLoader.getOrDefault(key, current);
    }

    private void forgetDropped() {
        for (Object key = dropped.poll(); key != null; key = dropped.poll()) {
            byLoader.remove(key); // the numbers stay: workers may still use them, and are told
        }
    }

    /// {@return the loader of this number, or `null` if it is not a custom loader's}
    @Nullable
    Exported byId(int id) {
        return byId.get(id);
    }

    /// Writes what a worker must know of a loader and its parents, parents first, leaving out what it knows.
    void define(Exported loader, WorkerView view, WireWriter out) {
        Deque<Exported> chain = new ArrayDeque<>();
        for (Exported next = loader; next != null; next = byId.get(next.parentId)) {
            chain.push(next);
        }
        for (Exported next : chain) {
            List<String> places = next.places();
            if (view.learns(next.id, places.size())) {
                next.writeDefinition(out, places);
            }
        }
    }

    /// Answers a request of a worker. It runs the code of the loader that is asked, so it must not be called on the
    /// thread that reads what the worker sends.
    ///
    /// @param request what {@link Asker#ask} was given in the worker
    /// @return the answer
    /// @throws IOException if the request is no request
    public byte[] answer(byte[] request) throws IOException {
        WireReader in = new WireReader(request);
        int kind = in.getByte();
        int id = Protocol.getId(in);
        String name = in.getText();
        if (in.left() > 0) {
            throw new CorruptFrameException(in.left() + " bytes follow a request for a class");
        }
        Exported loader = byId.get(id);
        if (loader == null) {
            return Protocol.notFound(
                    id < Origin.FIRST_ID ? "the class path is not given away" : "unknown class loader");
        }
        try {
            return switch (kind) {
                case Protocol.ASK_CLASS -> answerClass(loader, name);
                case Protocol.ASK_RESOURCES -> answerResources(loader, name);
                case Protocol.ASK_LOADER -> answerLoader(loader, Protocol.LOADERS);
                default -> throw new CorruptFrameException("a request of kind " + kind);
            };
        } catch (CorruptFrameException e) {
            throw e;
        } catch (IOException | ClassNotFoundException | LinkageError | RuntimeException e) {
            return Protocol.notFound(e.toString()); // whatever a loader of the user throws
        }
    }

    private byte[] answerClass(Exported exported, String name) throws IOException, ClassNotFoundException {
        ClassLoader loader = exported.loader();
        if (loader == null) {
            return Protocol.notFound("its class loader was dropped");
        }
        if (!isSafe(name) || name.contains("/")) {
            return Protocol.notFound("not a class name");
        }
        ClassBytes pushed = exported.pushed(name);
        if (pushed != null) {
            return classAnswer(pushed);
        }
        Class<?> type = Class.forName(name, false, loader);
        if (type.isArray() || type.isHidden()) {
            return Protocol.notFound("not a class that has a file");
        }
        if (type.getClassLoader() != loader || Origin.of(type) == Place.LIBRARY) {
            return elsewhere(type);
        }
        ClassBytes file = ClassBytes.of(type);
        return file == null
                ? Protocol.notFound("it exists there, but has no class file that could be sent")
                : classAnswer(file);
    }

    private static byte[] classAnswer(ClassBytes file) {
        WireWriter out = new WireWriter(file.bytes().length + 128);
        out.putByte(Protocol.FOUND_CLASS);
        file.write(out);
        return out.toByteArray();
    }

    private byte[] elsewhere(Class<?> type) {
        int id = idOf(type);
        Exported exported = byId.get(id);
        if (exported != null) {
            return answerLoader(exported, Protocol.ELSEWHERE);
        }
        WireWriter out = new WireWriter(16);
        out.putByte(Protocol.ELSEWHERE);
        out.putCount(id);
        out.putBlock(new byte[0]);
        return out.toByteArray();
    }

    private byte[] answerLoader(Exported loader, int kind) {
        WireWriter definitions = new WireWriter();
        define(loader, new WorkerView(), definitions);
        WireWriter out = new WireWriter(definitions.position() + 16);
        out.putByte(kind);
        out.putCount(loader.id);
        out.putBlock(definitions.toByteArray());
        return out.toByteArray();
    }

    private byte[] answerResources(Exported exported, String name) throws IOException {
        ClassLoader loader = exported.loader();
        if (loader == null) {
            return Protocol.notFound("its class loader was dropped");
        }
        if (!isSafe(name)) {
            return Protocol.notFound("not the name of a resource");
        }
        Collection<byte[]> contents = ClassFiles.resources(loader, name);
        WireWriter out = new WireWriter();
        out.putByte(Protocol.RESOURCES);
        out.putCount(contents.size());
        contents.forEach(out::putBlock);
        return out.toByteArray();
    }

    /// A colon makes a place of a name: a `URLClassLoader` over the network would resolve `file:/etc/passwd` to just
    /// that.
    private static boolean isSafe(String name) {
        return !name.isEmpty()
                && !name.startsWith("/")
                && !name.endsWith("/")
                && !name.contains("..")
                && name.chars().noneMatch(c -> c == ':' || c == '\\' || c == '%' || c < ' ');
    }

    /// A loader as a key, compared by identity and held weakly.
    private static final class LoaderKey extends WeakReference<ClassLoader> {

        private final int hash;

        LoaderKey(ClassLoader loader, @Nullable ReferenceQueue<ClassLoader> queue) {
            super(loader, queue);
            hash = System.identityHashCode(loader);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            ClassLoader own = get();
            return own != null && other instanceof LoaderKey key && key.refersTo(own);
        }
    }
}
