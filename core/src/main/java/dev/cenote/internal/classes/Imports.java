// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The classes of a worker, under the names that the process of its pool gave them.
///
/// It has a {@linkplain Twin twin} of each custom loader of that process. How they are filled is written down in
/// {@link Exports}. The worker trusts its pool: what comes from there is run.
///
/// One for each worker process. Safe for use by several threads. A twin lives as long as the process.
public final class Imports implements ClassNames {

    /// More than a program names; it only keeps a wrong number from filling the memory.
    private static final int MOST_LOADERS = 100_000;

    private final Asker asker;
    private final Map<Integer, Twin> twins = new ConcurrentHashMap<>();

    /// Creates the table of a worker.
    ///
    /// @param asker how to ask the process of the pool
    public Imports(Asker asker) {
        this.asker = asker;
    }

    /// Takes what the pool has sent in front of a task. It runs no code of the user, so it may be called on the
    /// thread that reads what comes, and should be, so that it is done before the task is decoded.
    ///
    /// @param prelude what {@link Uses#prelude} returned
    /// @throws IOException if it is corrupt
    public void accept(byte[] prelude) throws IOException {
        WireReader in = new WireReader(prelude);
        while (in.left() > 0) {
            int kind = in.getByte();
            switch (kind) {
                case Protocol.LOADER -> acceptLoader(in);
                case Protocol.CLASS -> acceptClass(in);
                default -> throw new CorruptFrameException("a record of kind " + kind + " in front of a task");
            }
        }
    }

    private void acceptLoader(WireReader in) throws IOException {
        int id = Protocol.getId(in);
        int parentId = Protocol.getId(in);
        LoaderKind kind = LoaderKind.ofCode(in.getByte());
        int flags = in.getByte();
        String label = in.getText();
        int count = in.getLength(1);
        List<URL> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            URL place = ClassFiles.url(in.getText());
            if (place != null) {
                places.add(place);
            }
        }
        if (id < Origin.FIRST_ID || twins.size() >= MOST_LOADERS) {
            throw new CorruptFrameException("class loader " + id + ", beside " + twins.size() + " others");
        }
        ClassLoader parent = parent(parentId);
        Twin twin = twins.computeIfAbsent(id, key -> new Twin(this, key, label, parent, kind, flags));
        twin.addPlaces(places);
    }

    private @Nullable ClassLoader parent(int id) throws CorruptFrameException {
        return switch (id) {
            case Origin.SYSTEM_ID -> ClassLoader.getSystemClassLoader();
            case Origin.PLATFORM_ID -> ClassLoader.getPlatformClassLoader();
            case Origin.BOOTSTRAP_ID -> null;
            default -> {
                Twin twin = twins.get(id);
                if (twin == null) {
                    throw new CorruptFrameException("the parent of a class loader has the unknown number " + id);
                }
                yield twin;
            }
        };
    }

    private void acceptClass(WireReader in) throws IOException {
        int id = Protocol.getId(in);
        String name = Protocol.getName(in);
        String source = in.getText();
        byte[] bytes = in.getBlock();
        Twin twin = twins.get(id);
        if (twin == null) {
            throw new CorruptFrameException("a class for class loader " + id + ", which is unknown");
        }
        twin.push(name, source, bytes);
    }

    /// Sets variables that a task reads, see {@link Uses}.
    ///
    /// @param globals the variables, decoded through this
    /// @throws IOException if one cannot be set
    public void setGlobals(List<Global> globals) throws IOException {
        for (Global global : globals) {
            global.set();
        }
    }

    /// Returns the loader of a number, for the context class loader of a task. If the pool did not tell of it, the
    /// pool is asked.
    ///
    /// @param id the number that the pool wrote
    /// @return the loader
    /// @throws IOException if the pool gave out no such number, or does not answer
    public ClassLoader loaderOf(int id) throws IOException {
        if (id == Origin.SYSTEM_ID) {
            return ClassLoader.getSystemClassLoader();
        }
        if (id == Origin.LIBRARY_ID) {
            ClassLoader own = Origin.LIBRARY_LOADER;
            return own == null ? ClassLoader.getSystemClassLoader() : own;
        }
        Twin known = twins.get(id);
        return known == null ? askForLoader(id) : known;
    }

    private Twin askForLoader(int id) throws IOException {
        WireReader in = new WireReader(ask(Protocol.request(Protocol.ASK_LOADER, id, "")));
        int kind = in.getByte();
        if (kind == Protocol.NOT_FOUND) {
            throw new IOException("class loader " + id + ": the process that runs the pool says: " + in.getText());
        }
        if (kind != Protocol.LOADERS) {
            throw new CorruptFrameException("an answer of kind " + kind + " to a question for a class loader");
        }
        Protocol.getId(in);
        accept(in.getBlock());
        Twin twin = twins.get(id);
        if (twin == null) {
            throw new CorruptFrameException("class loader " + id + " is not in the answer to the question for it");
        }
        return twin;
    }

    byte[] ask(byte[] request) throws IOException {
        return asker.ask(request);
    }

    /// Finds a class that is known to be defined by the loader of this number.
    Class<?> find(int id, String name) throws ClassNotFoundException, IOException {
        ClassLoader loader = loaderOf(id);
        try {
            return loader instanceof Twin twin ? twin.loadOwn(name) : Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            throw loader instanceof Twin ? e : missing(name, e);
        }
    }

    /// The class path of the worker is the one thing that helps to see why, so it is in the message.
    private static ClassNotFoundException missing(String name, ClassNotFoundException cause) {
        return new ClassNotFoundException(
                name + ": the process that runs the pool has it on its class path, or has made it at run time; it is"
                        + " not found in this worker, whose class path is " + System.getProperty("java.class.path"),
                cause);
    }

    @Override
    public Class<?> read(WireReader in) throws ClassNotFoundException, IOException {
        int id = Protocol.getId(in);
        String name = Protocol.getName(in);
        Class<?> primitive = id == Origin.SYSTEM_ID ? Class.forPrimitiveName(name) : null;
        if (primitive != null) {
            return primitive;
        }
        int depth = 0;
        while (depth < name.length() && name.charAt(depth) == '[') {
            depth++;
        }
        if (depth == 0) {
            return find(id, name);
        }
        if (!name.endsWith(";") || name.length() < depth + 3 || depth > 255) {
            return Class.forName(name, false, null); // an array of primitive elements, or no class at all
        }
        Class<?> type = find(id, name.substring(depth + 1, name.length() - 1));
        for (int i = 0; i < depth; i++) {
            type = type.arrayType();
        }
        return type;
    }

    @Override
    public void write(WireWriter out, Class<?> type) {
        Class<?> element = Origin.element(type);
        int id = switch (Origin.of(element)) {
            case SYSTEM -> Origin.SYSTEM_ID;
            case LIBRARY -> Origin.LIBRARY_ID;
            case CUSTOM -> customId(element);
        };
        Protocol.putName(out, id, type.getName());
    }

    private int customId(Class<?> type) {
        if (type.getClassLoader() instanceof Twin twin && twin.isOf(this)) {
            return twin.id();
        }
        throw new UnnamedClassException(
                type,
                "was loaded by " + type.getClassLoader()
                        + ", a class loader that a task made in this worker and that no other process has");
    }
}
