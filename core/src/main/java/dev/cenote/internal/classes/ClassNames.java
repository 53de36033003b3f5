// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;

/// How classes are named between two processes: a number for the loader, then the name.
///
/// A number stands for a loader of the process that runs the pool; the worker has a twin of each. 0 is the loader
/// of the platform and the class path, which both sides have; 1 is the loader of this library itself.
///
/// Safe for use by several threads.
public interface ClassNames {

    /// Writes which class this is. For arrays and primitive types too.
    ///
    /// @param out where to
    /// @param type the class
    void write(WireWriter out, Class<?> type);

    /// Finds the class that was written. This is the only door through which a name becomes a class.
    ///
    /// @param in where from
    /// @return the class, not initialized
    /// @throws ClassNotFoundException if this process has none; the message says who was asked
    /// @throws IOException if the bytes are corrupt
    Class<?> read(WireReader in) throws ClassNotFoundException, IOException;

    /// Told of each lambda that is written, beside its classes. Only the jshell needs it, see {@link Uses}: one of
    /// its classes may hold several lambdas, and just this one is sent.
    ///
    /// @param capturing the class in which the lambda was created
    /// @param implClass the internal name of the class that has its code
    /// @param implMethod the name of the method that is its code
    /// @param implDescriptor the descriptor of that method
    default void lambda(Class<?> capturing, String implClass, String implMethod, String implDescriptor) {}
}
