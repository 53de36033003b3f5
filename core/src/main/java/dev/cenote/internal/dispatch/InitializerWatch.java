// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.Func;
import dev.cenote.internal.Log;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Notices a call that waits for itself: made in the static initializer of a class that its workers need.
///
/// The JVM lets no other thread use a class before its initializer has ended. If the initializer waits for a call, and
/// the workers of the call use the class, neither goes on: for ever, and without a word. No class says that somebody
/// waits for it, so this is found by what can be seen from outside:
///
/// - The code of the function is a static method of the class, as that of each lambda in the initializer is, and
///   threads of this JVM are to run it. Then no item can ever begin.
/// - A thread of the pool is inside the one method of the JDK by which reflection and serialization wait for the
///   initializer of a class. Threads that stand for worker processes get there with an item, a result or an
///   exception of the class.
///
/// In both cases the call ends with an exception, by which the initializer ends too, and with it the wait of the
/// others. Where neither is seen, as when the function calls other code that uses the class, a warning is all that can
/// be said.
///
/// A call looks after a second without any result, so the search costs nothing where nothing is wrong.
///
/// For the thread that waits.
final class InitializerWatch {

    /// When to look for the first time; each time after that takes twice as long.
    static final long FIRST_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long WARN_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final Dispatcher dispatcher;
    private final String call;
    private final Set<String> classes;

    private InitializerWatch(Dispatcher dispatcher, String call, Set<String> classes) {
        this.dispatcher = dispatcher;
        this.call = call;
        this.classes = classes;
    }

    /// {@return a watch for a call of this thread; `null` if it is in no static initializer}
    static @Nullable InitializerWatch of(Dispatcher dispatcher, String call) {
        Set<String> classes = StackWalker.getInstance().walk(frames -> {
            Set<String> found = new TreeSet<>();
            frames.filter(frame -> frame.getMethodName().equals("<clinit>"))
                    .forEach(frame -> found.add(frame.getClassName()));
            return found;
        });
        return classes.isEmpty() ? null : new InitializerWatch(dispatcher, call, classes);
    }

    /// Looks once.
    ///
    /// @param fn what the call runs
    /// @param nothing whether no item has ended
    /// @param stands whether none has ended since the last look
    /// @param nanos for how long the call runs
    /// @return what to end the call with, or `null` to wait on
    @Nullable
    IllegalStateException look(Func<?, ?> fn, boolean nothing, boolean stands, long nanos) {
        boolean inThisJvm = dispatcher.remotes == null;
        if ((nothing && inThisJvm && isCodeOfThose(fn)) || (stands && someoneWaits())) {
            return new IllegalStateException("pool \"" + dispatcher.name + "\": \"" + call
                    + "\" waits for itself: it was called in the static initializer of " + names()
                    + ", and its workers need that class, which no other thread may use before the initializer has"
                    + " ended; call it in main(), or where its results are needed");
        }
        if (stands && nanos >= WARN_NANOS && nanos < 2 * WARN_NANOS) {
            Log.get()
                    .log(
                            System.Logger.Level.WARNING,
                            "pool \"" + dispatcher.name + "\": \"" + call
                                    + "\" was called in the static initializer of "
                                    + names() + " and has no result after " + TimeUnit.NANOSECONDS.toSeconds(nanos)
                                    + " s; if its tasks need that class they wait for the initializer, which waits for them");
        }
        return null;
    }

    private String names() {
        return String.join(", ", classes);
    }

    private boolean someoneWaits() {
        for (WorkerContext worker : dispatcher.liveWorkers()) {
            StackTraceElement[] stack = worker.stack();
            if (stack.length > 0 && stack[0].getMethodName().equals("ensureClassInitialized0")) {
                return true;
            }
        }
        return false;
    }

    /// {@return whether a function, or one that it has captured, cannot be run before the initializers have ended}
    private boolean isCodeOfThose(Object fn) {
        SerializedLambda form = form(fn);
        if (form == null) {
            return false;
        }
        boolean needsClass = form.getImplMethodKind() == MethodHandleInfo.REF_invokeStatic
                || form.getImplMethodKind() == MethodHandleInfo.REF_newInvokeSpecial;
        if (needsClass && classes.contains(form.getImplClass().replace('/', '.'))) {
            return true;
        }
        for (int i = 0; i < form.getCapturedArgCount(); i++) {
            Object captured = form.getCapturedArg(i);
            if (captured != null && captured.getClass().isHidden() && isCodeOfThose(captured)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable SerializedLambda form(Object fn) {
        if (!fn.getClass().isHidden()) {
            return null;
        }
        try {
            Method method = fn.getClass().getDeclaredMethod("writeReplace");
            method.setAccessible(true);
            return method.invoke(fn) instanceof SerializedLambda form ? form : null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // not such a lambda, or of a module that is closed
        }
    }
}
