// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The way to a shared object from this process: straight, if it lives here, or over a connection.
///
/// Safe for use by several threads.
public abstract sealed class Port permits LocalPort, RemotePort {

    Port() {}

    /// Makes the way to an object of this process.
    ///
    /// @param resource the object
    /// @return the way
    public static Port to(Resource resource) {
        return new LocalPort(resource);
    }

    /// Calls the object.
    ///
    /// @param operation what it shall do
    /// @param argument what with
    /// @param nanos how long it may wait, 0 not to wait, [dev.cenote.internal.Nanos#FOREVER] for no limit
    /// @return the answer
    /// @throws InterruptedException if this thread was interrupted before there was an answer
    /// @throws dev.cenote.SharedObjectGoneException if the process of the object is gone
    public abstract @Nullable Object call(int operation, @Nullable Object argument, long nanos)
            throws InterruptedException;

    /// Calls the object; an interrupt does not end the wait, but is set again after it.
    ///
    /// @param operation what it shall do
    /// @param argument what with
    /// @param nanos how long it may wait
    /// @return the answer
    /// @throws dev.cenote.SharedObjectGoneException if the process of the object is gone
    public abstract @Nullable Object callUninterruptibly(int operation, @Nullable Object argument, long nanos);

    /// Tells the object something that needs no answer, and nothing if it lives in this process.
    ///
    /// @param operation what
    public abstract void tell(int operation);

    /// Returns what stands for the object in other processes. From now on they may call it.
    ///
    /// @param face how the program sees the object in this process
    /// @return what another process turns into a way
    public abstract Ref ref(Object face);

    /// Finds the object that is meant.
    ///
    /// @param ref what stands for it
    /// @param make makes what the program shall see of it, unless this process has that already
    /// @return what the program sees
    public static Object find(Ref ref, Function<? super Port, ?> make) {
        return ref.home().isThisProcess() ? Home.find(ref) : Links.find(ref, make);
    }

    /// {@return whether an answer is the one that says that the time is up}
    ///
    /// @param answer an answer
    public static boolean isTimeout(@Nullable Object answer) {
        return answer == Resource.TIMED_OUT;
    }

    /// Throws an answer that is an exception.
    ///
    /// @param answer the answer
    /// @return the answer, which is none
    static @Nullable Object check(@Nullable Object answer) {
        if (answer instanceof Failed failed) {
            throw Failed.thrown(failed.why());
        }
        return answer;
    }
}
