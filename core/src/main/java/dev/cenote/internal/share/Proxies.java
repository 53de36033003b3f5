// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.codec.Handle;
import java.io.Serial;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Objects;
import java.util.Spliterator;
import org.jspecify.annotations.Nullable;

/// Makes what the program sees of a shared object: an instance of its interface, in every process.
public final class Proxies {

    private static final @Nullable Object[] NONE = {};

    private Proxies() {}

    /// What every proxy is besides its interface: it leaves the process as what stands for it.
    public interface Travels extends Handle {

        /// {@return what stands for this}
        Object writeReplace();
    }

    /// A shared object and how it ends.
    ///
    /// @param proxy what the program sees
    /// @param end lets nobody call it any more
    public record Shared(Object proxy, Runnable end) {}

    /// What stands for a shared object in other processes.
    ///
    /// @param ref which
    /// @param type its interface
    record Stub(Ref ref, Class<?> type) implements Handle {

        @Serial
        private Object readResolve() {
            return Port.find(ref, port -> make(type, new Away(port, type)));
        }
    }

    /// Shares an object of this process.
    ///
    /// @param type its interface
    /// @param target the object
    /// @param pool the name of the pool that shares it
    /// @return the shared object
    /// @throws IllegalArgumentException if the type is no interface, or the object none of it
    public static Shared share(Class<?> type, Object target, String pool) {
        if (!type.isInterface() || type.isSealed() || type.isAnnotation()) {
            throw new IllegalArgumentException("pool \"" + pool + "\": an object is shared by an interface that others"
                    + " may implement, not by " + type.getName());
        }
        if (!type.isInstance(target)) {
            throw new IllegalArgumentException(
                    "pool \"" + pool + "\": " + target.getClass().getName() + " is no " + type.getName());
        }
        if (!isAccessible(type)) {
            throw new IllegalArgumentException("pool \"" + pool + "\": " + type.getName() + " cannot be called by "
                    + name(Proxies.class.getModule())
                    + ": make it public and export its package, or open the package, in "
                    + name(type.getModule()));
        }
        ObjectResource resource = new ObjectResource(type, target, pool);
        Object proxy = make(type, new Here(resource, type));
        return new Shared(proxy, () -> {
            resource.close();
            Home.forget(resource);
        });
    }

    private static String name(Module module) {
        return module.isNamed() ? "module " + module.getName() : "the class path";
    }

    private static boolean isAccessible(Class<?> type) {
        Module module = type.getModule();
        Module own = Proxies.class.getModule();
        return module.isOpen(type.getPackageName(), own)
                || (Modifier.isPublic(type.getModifiers()) && module.isExported(type.getPackageName(), own));
    }

    private static Object make(Class<?> type, InvocationHandler handler) {
        ClassLoader loader = type.getClassLoader();
        if (loader == null || !sees(loader)) {
            loader = Proxies.class.getClassLoader();
        }
        return Proxy.newProxyInstance(loader, new Class<?>[] {type, Travels.class}, handler);
    }

    private static boolean sees(ClassLoader loader) {
        try {
            return Class.forName(Travels.class.getName(), false, loader) == Travels.class;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /// Calls an object of this process.
    private record Here(ObjectResource resource, Class<?> type) implements InvocationHandler {

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            if (method.getDeclaringClass() == Travels.class) {
                resource.refuseIfClosed();
                return new Stub(Home.export(resource, proxy), type);
            }
            if (isSelf(proxy, method, arguments)) {
                return true;
            }
            @Nullable Object[] given = arguments == null ? NONE : arguments;
            if (method.isDefault() && method.getReturnType() == Spliterator.class) {
                return runDefault(proxy, method, given);
            }
            Object cursor = cursor(proxy, method, given);
            return cursor != null ? cursor : Snapshots.open(proxy, method, resource.invoke(method, given));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private static @Nullable Object runDefault(Object proxy, Method method, @Nullable Object[] arguments)
            throws Throwable {
        Class<?> type = method.getDeclaringClass();
        if (Modifier.isPublic(type.getModifiers())) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                .unreflectSpecial(method, type)
                .bindTo(proxy)
                .invokeWithArguments(arguments);
    }

    private static boolean isSelf(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return method.getName().equals("equals")
                && method.getDeclaringClass() == Object.class
                && arguments != null
                && arguments[0] == proxy;
    }

    @SuppressWarnings("unchecked") // a list of something
    private static @Nullable Object cursor(Object proxy, Method method, @Nullable Object[] arguments) {
        if (method.getReturnType() != ListIterator.class || !(proxy instanceof List<?> list)) {
            return null;
        }
        int from = arguments.length == 0 ? 0 : (Integer) Objects.requireNonNull(arguments[0]);
        return Snapshots.listIterator((List<@Nullable Object>) list, from);
    }

    /// Calls an object of another process.
    private static final class Away implements InvocationHandler {

        private final Port port;
        private final Class<?> type;
        private final Map<Method, String> keys = new HashMap<>();
        private final Map<Method, Boolean> runsHere = new HashMap<>();

        Away(Port port, Class<?> type) {
            this.port = port;
            this.type = type;
            for (Method method : ObjectResource.methods(type)) {
                keys.put(method, ObjectResource.key(method));
                runsHere.put(method, runsHere(method));
            }
        }

        /// Default methods that take a function, which could not travel to the home, or return what could not travel
        /// from there, do here what they do, while nobody else may call the object.
        private static boolean runsHere(Method method) {
            if (!method.isDefault()) {
                return false;
            }
            if (method.getReturnType() == Spliterator.class) {
                return true;
            }
            for (Class<?> parameter : method.getParameterTypes()) {
                if (parameter.isAnnotationPresent(FunctionalInterface.class)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            if (method.getDeclaringClass() == Travels.class) {
                return new Stub(port.ref(proxy), type);
            }
            if (isSelf(proxy, method, arguments)) {
                return true;
            }
            @Nullable Object[] given = arguments == null ? NONE : arguments;
            Object cursor = cursor(proxy, method, given);
            if (cursor != null) {
                return cursor;
            }
            return runsHere.getOrDefault(method, false)
                    ? runHere(proxy, method, given)
                    : Snapshots.open(proxy, method, call(method, given));
        }

        private @Nullable Object call(Method method, @Nullable Object[] given) throws InterruptedException {
            @Nullable Object[] all = new @Nullable Object[given.length + 1];
            all[0] = keys.getOrDefault(method, method.getName());
            System.arraycopy(given, 0, all, 1, given.length);
            for (Class<?> thrown : method.getExceptionTypes()) {
                if (thrown == InterruptedException.class) {
                    return port.call(ObjectResource.INVOKE, all, Nanos.FOREVER);
                }
            }
            return port.callUninterruptibly(ObjectResource.INVOKE, all, Nanos.FOREVER);
        }

        private @Nullable Object runHere(Object proxy, Method method, @Nullable Object[] given) throws Throwable {
            port.callUninterruptibly(ObjectResource.LOCK, null, Nanos.FOREVER);
            try {
                return runDefault(proxy, method, given);
            } finally {
                port.callUninterruptibly(ObjectResource.UNLOCK, null, 0);
            }
        }
    }
}
