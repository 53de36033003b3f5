// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.classes.Origin.Place;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The classes that one task uses, seen while the task and its items are encoded, and what must be in a worker
/// before they are decoded there.
///
/// ## Order
///
/// 1. Encode the task through this.
/// 2. Ask for its {@link #newGlobals() globals} and encode their values through this too, until there are no more:
///    a value may be a lambda that reads further variables.
/// 3. For each worker: send the {@link #prelude prelude}, the globals, the task. For items that are encoded
///    later the prelude alone, in front of them; it is empty unless they bring new classes.
///
/// For a program on the class path, 2 and 3 are nothing and cost a look at an empty set.
///
/// ## Globals
///
/// A jshell variable is a static field of a class that jshell makes for its snippet. The code in `do_it$` sets it,
/// and that is not run in a worker, where the field would silently be 0. So the variables that a task reads are
/// looked for in the code of its lambdas and of all methods they call, and travel by value, as captured variables
/// do. What the task does to them is lost with the task's end, or seen by the next one: as with any static in
/// another process.
///
/// ## Generations
///
/// jshell replaces the code of a class when a method is defined again. A worker keeps the code it has, and would go
/// on with it silently. So when a task is the first of its kind to use a loader whose classes may change, all class
/// files that workers have of it are compared with what they are now; if one differs, the loader gets a new number
/// and each worker a fresh twin. Within one task the number stays as it was at first, so that its items fit it.
///
/// Safe for use by several threads, but for {@link #newGlobals}, which one at a time may call.
public final class Uses implements ClassNames {

    /// More than a program in memory has; a library that is in memory for some reason is asked for class by class.
    private static final int MOST_CLASSES = 2_000;

    private static final int MOST_BYTES = 8 << 20;

    private final Exports exports;

    /// The loaders used, each with the generation it had at first; guarded by this.
    private final IdentityHashMap<ClassLoader, Exported> loaders = new IdentityHashMap<>();

    /// The classes of these loaders; guarded by this.
    private final Set<Class<?>> classes = Collections.newSetFromMap(new IdentityHashMap<>());

    /// For each loader of jshell, what of its code was looked at; guarded by this.
    private final Map<Exported, GlobalScan> scans = new HashMap<>();

    Uses(Exports exports) {
        this.exports = exports;
    }

    @Override
    public void write(WireWriter out, Class<?> type) {
        Class<?> element = Origin.element(type);
        Place place = Origin.of(element);
        if (place == Place.CUSTOM) {
            Protocol.putName(out, use(element).id, type.getName());
        } else {
            Protocol.putName(out, place == Place.SYSTEM ? Origin.SYSTEM_ID : Origin.LIBRARY_ID, type.getName());
        }
    }

    @Override
    public Class<?> read(WireReader in) throws ClassNotFoundException, IOException {
        return exports.read(in);
    }

    @Override
    public void lambda(Class<?> capturing, String implClass, String implMethod, String implDescriptor) {
        if (Origin.of(capturing) == Place.CUSTOM) {
            Exported loader = use(capturing);
            if (loader.isJshell()) {
                synchronized (this) {
                    scan(loader).addMethod(implClass, implMethod, implDescriptor);
                }
            }
        }
    }

    /// {@return the number of a loader, such as the context class loader of the caller, of which the prelude tells}
    ///
    /// @param loader the loader; `null` means the system's
    public int idOf(@Nullable ClassLoader loader) {
        return loader == null || Origin.isSystem(loader) ? Origin.SYSTEM_ID : use(loader).id;
    }

    private Exported use(Class<?> type) {
        Exported loader = use(type.getClassLoader());
        synchronized (this) {
            if (classes.add(type) && loader.isJshell()) {
                scan(loader).addClass(type);
            }
        }
        return loader;
    }

    private Exported use(ClassLoader loader) {
        synchronized (this) {
            Exported known = loaders.get(loader);
            if (known != null) {
                return known;
            }
        }
        Exported current = exports.of(loader); // runs the loader's code: not under the lock
        synchronized (this) {
            Exported raced = loaders.putIfAbsent(loader, current);
            return raced == null ? current : raced;
        }
    }

    private GlobalScan scan(Exported loader) {
        return scans.computeIfAbsent(loader, GlobalScan::new);
    }

    /// {@return the variables that the task reads and that were not returned before; empty outside of jshell}
    ///
    /// It takes their values as they are now, and initializes the classes that declare them.
    public List<Global> newGlobals() {
        List<GlobalScan> all;
        synchronized (this) {
            if (scans.isEmpty()) {
                return List.of();
            }
            all = List.copyOf(scans.values());
        }
        List<Global> found = new ArrayList<>();
        for (GlobalScan scan : all) {
            found.addAll(scan.next());
        }
        return found;
    }

    /// {@return what a worker must {@linkplain Imports#accept accept} before what was written here; `null` if it
    /// lacks nothing}
    ///
    /// The view counts it as known from now on, so it must be sent, or the view be dropped.
    ///
    /// @param view the worker
    public byte @Nullable [] prelude(WorkerView view) {
        List<Exported> usedLoaders;
        List<Class<?>> usedClasses;
        synchronized (this) {
            if (loaders.isEmpty()) {
                return null;
            }
            usedLoaders = List.copyOf(loaders.values());
            usedClasses = List.copyOf(classes);
        }
        WireWriter out = new WireWriter();
        for (Exported loader : usedLoaders) {
            exports.define(loader, view, out);
        }
        Deque<Step> next = new ArrayDeque<>();
        for (Class<?> type : usedClasses) {
            next.add(new Step(use(type.getClassLoader()), type.getName()));
        }
        push(next, view, out);
        return out.position() == 0 ? null : out.toByteArray();
    }

    private record Step(Exported loader, String name) {}

    /// Breadth first, so that what is nearest to the task is what goes along if there is too much.
    private static void push(Deque<Step> next, WorkerView view, WireWriter out) {
        for (int sent = 0; !next.isEmpty() && sent < MOST_CLASSES && out.position() < MOST_BYTES; ) {
            Step step = next.remove();
            ClassBytes file = step.loader.pushed(step.name);
            if (file != null && view.learns(step.loader.id, step.name)) {
                out.putByte(Protocol.CLASS);
                Protocol.putName(out, step.loader.id, step.name);
                file.write(out);
                file.references().forEach(name -> next.add(new Step(step.loader, name)));
                sent++;
            }
        }
    }
}
