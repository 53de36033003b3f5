// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.SharedObjectGoneException;
import dev.cenote.internal.Nanos;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An object of the user that other processes call through an interface.
///
/// Calls run in the thread that brings them, one at a time, unless the interface is one of `java.util.concurrent`,
/// whose implementations may block and look after themselves. This is the one lock of ours under which code of the user
/// runs. Its holder is a thread of some process, which may hold it over several calls, and may call again from within a
/// call.
final class ObjectResource extends Resource {

    /// Calls the method whose key is the first of the arguments.
    static final int INVOKE = 1;

    /// Lets nobody else call until [#UNLOCK].
    static final int LOCK = 2;

    /// See there.
    static final int UNLOCK = 3;

    /// For whom this thread runs a call.
    private static final ThreadLocal<Wait> RUNNING = new ThreadLocal<>();

    private final Class<?> type;
    private final Object target;
    private final String pool;
    private final @Nullable LockResource lock;
    private final Map<String, Method> methods = new HashMap<>();

    /// For each method the one that may be called: what a proxy hands over is equal, but bound to who may see it.
    private final Map<Method, Method> own = new HashMap<>();

    /// Calls that run or wait for the lock, and their threads; guarded by itself.
    private final Map<Wait, Call> running = new HashMap<>();

    private volatile boolean closed;

    private record Call(Thread thread, boolean interruptible) {}

    ObjectResource(Class<?> type, Object target, String pool) {
        this.type = type;
        this.target = target;
        this.pool = pool;
        this.lock = type.getPackageName().startsWith("java.util.concurrent") ? null : new LockResource(true, null);
        for (Method method : methods(type)) {
            methods.put(key(method), method);
            own.put(method, method);
        }
    }

    /// {@return the methods that can be called}
    static Iterable<Method> methods(Class<?> type) {
        try {
            Map<String, Method> all = new HashMap<>();
            for (Method method : type.getMethods()) {
                if (!Modifier.isStatic(method.getModifiers())) {
                    boolean _ = method.trySetAccessible(); // the interface need not be public
                    all.merge(key(method), method, (one, other) -> one.isDefault() ? other : one);
                }
            }
            for (Method method : new Method[] {
                Object.class.getMethod("equals", Object.class),
                Object.class.getMethod("hashCode"),
                Object.class.getMethod("toString")
            }) {
                all.put(key(method), method);
            }
            return all.values();
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    /// {@return what names a method}
    static String key(Method method) {
        return method.getName()
                + MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                        .toMethodDescriptorString();
    }

    @Override
    @Nullable
    Object begin(int operation, @Nullable Object argument, Wait wait) {
        refuseIfClosed();
        return switch (operation) {
            case INVOKE -> invoke((Object[]) Objects.requireNonNull(argument), wait);
            case LOCK -> lock == null ? true : lock.begin(LockResource.LOCK, null, wait);
            case UNLOCK -> lock == null ? null : lock.begin(LockResource.UNLOCK, null, wait);
            default -> throw unknown(operation);
        };
    }

    private @Nullable Object invoke(Object[] arguments, Wait wait) {
        Method method = methods.get((String) arguments[0]);
        if (method == null) {
            throw new IllegalArgumentException(type.getName() + " has no method " + arguments[0] + " here; does it"
                    + " differ between the processes?");
        }
        try {
            return invoke(method, Arrays.copyOfRange(arguments, 1, arguments.length), wait);
        } catch (Throwable e) {
            return new Failed(e);
        }
    }

    /// Calls the object for a thread of this process.
    ///
    /// @return what can be given to the caller
    @Nullable
    Object invoke(Method method, @Nullable Object[] arguments) throws Throwable {
        refuseIfClosed();
        Method accessible = own.getOrDefault(method, method);
        Wait outer = RUNNING.get();
        return invoke(accessible, arguments, outer == null ? new LocalWait(Nanos.FOREVER) : outer);
    }

    private @Nullable Object invoke(Method method, @Nullable Object[] arguments, Wait wait) throws Throwable {
        Wait outer = RUNNING.get();
        Call around = wait.party == Party.SELF ? null : enter(wait, method);
        LocalWait holder = null;
        try {
            holder = lock == null ? null : hold(lock, wait);
            RUNNING.set(wait);
            return Snapshots.of(method, method.invoke(target, arguments));
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        } finally {
            if (outer == null) {
                RUNNING.remove();
            } else {
                RUNNING.set(outer);
            }
            if (lock != null && holder != null) {
                lock.begin(LockResource.UNLOCK, null, holder);
            }
            leave(wait, around);
        }
    }

    private @Nullable Call enter(Wait wait, Method method) {
        boolean canEnd = Arrays.asList(method.getExceptionTypes()).contains(InterruptedException.class);
        synchronized (running) {
            return running.put(wait, new Call(Thread.currentThread(), canEnd));
        }
    }

    private void leave(Wait wait, @Nullable Call around) {
        if (wait.party == Party.SELF) {
            return; // which cannot be interrupted from elsewhere, and does not end
        }
        synchronized (running) {
            if (around != null) {
                running.put(wait, around);
                return;
            }
            running.remove(wait);
        }
        Thread.interrupted(); // what the caller may have left in the thread that serves it
        if (wait.party.isGone()) {
            freeIfIdle(wait.party);
        }
    }

    /// Waits for the lock in the thread that runs the call, in the name of whoever makes it.
    private static LocalWait hold(LockResource lock, Wait wait) throws InterruptedException {
        LocalWait holder = new LocalWait(wait.party, wait.thread);
        Object answer = lock.begin(LockResource.LOCK, null, holder);
        if (answer == LATER) {
            answer = holder.await(lock, false);
        }
        if (answer != Boolean.TRUE) {
            throw new IllegalStateException("the caller is gone");
        }
        return holder;
    }

    /// Takes back the lock that a party held over several calls, unless one of these still runs: nobody else may be let
    /// in before it has ended.
    private void freeIfIdle(Party party) {
        synchronized (running) {
            for (Wait wait : running.keySet()) {
                if (wait.party == party) {
                    return;
                }
            }
        }
        if (lock != null) {
            lock.gone(party, true);
        }
    }

    void refuseIfClosed() {
        if (closed) {
            throw new SharedObjectGoneException(
                    "pool \"" + pool + "\", which shares this " + type.getSimpleName() + ", is closed", null);
        }
    }

    /// Lets nobody call any more.
    void close() {
        closed = true;
    }

    @Override
    void giveUp(Wait wait, Object why) {
        if (lock != null) {
            lock.giveUp(wait, why);
        }
        synchronized (running) {
            Call call = running.get(wait);
            if (call != null && call.interruptible) {
                call.thread.interrupt();
            }
        }
    }

    @Override
    boolean isUsedBy(Party party) {
        synchronized (running) {
            return (lock != null && lock.isUsedBy(party))
                    || running.keySet().stream().anyMatch(wait -> wait.party == party);
        }
    }

    @Override
    void gone(Party party, boolean killed) {
        synchronized (running) {
            running.forEach((wait, call) -> {
                if (wait.party == party && call.interruptible) {
                    call.thread.interrupt();
                }
            });
        }
        freeIfIdle(party);
    }
}
