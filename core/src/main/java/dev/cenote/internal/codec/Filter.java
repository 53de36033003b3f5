// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.FilterInfo;
import java.io.ObjectInputFilter.Status;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// What the pool's process lets in, and who has refused what it does not.
///
/// Three have a say: this library, which wants neither functions nor proxies nor arrays that are longer than the
/// rest of the message; the filter of the pool, if it has one; and the serial filter of the JVM. The last has to be
/// asked here: `ObjectInputStream.setObjectInputFilter` replaces it, so that a class which the application has
/// refused on its command line would come in. An application with a filter *factory* is asked by `java.io` itself,
/// for each stream.
///
/// Plain values of the JDK (strings, numbers, collections, times) are let in by all three unasked unless they travel
/// in a stream of `java.io`.
///
/// It does not make a worker of the same user harmless, which may do anything that this process may: it protects
/// from corrupted bytes, from bombs, and from mistakes.
///
/// Immutable.
final class Filter {

    /// An element of an array takes a byte at least; the hash tables of collections are up to four times as long as
    /// what is in them.
    private static final int SLACK = 4;

    private final @Nullable ObjectInputFilter ofPool;

    Filter(@Nullable ObjectInputFilter ofPool) {
        this.ofPool = ofPool;
    }

    /// Checks a class on its own.
    ///
    /// @param type the class, not initialized
    /// @throws InvalidClassException if it is refused, with the name of who did
    void check(Class<?> type) throws InvalidClassException {
        String refusal = refuse(new OneClass(type, -1));
        if (refusal != null) {
            throw new InvalidClassException(type.getName(), refusal);
        }
    }

    private @Nullable String refuse(FilterInfo info) {
        Class<?> type = info.serialClass();
        if (type != null && Handle.class.isAssignableFrom(type)) {
            return null;
        }
        if (type != null && (type == SerializedLambda.class || type == LambdaRef.class)) {
            return "a task may not return a lambda: it would run in this process";
        }
        if (type == ImplicitStand.class) {
            return "a task may not return the object of a compact source file";
        }
        if (type != null && Proxy.isProxyClass(type)) {
            return "a task may not return a dynamic proxy";
        }
        if (type == Stand.class || type == ThrowableRef.class || type == AttachedRef.class) {
            return null; // what they stand for is asked about on its own
        }
        if (ofPool != null && ofPool.checkInput(info) == Status.REJECTED) {
            return "refused by the filter of this pool";
        }
        ObjectInputFilter ofJvm = ObjectInputFilter.Config.getSerialFilter();
        if (ofJvm != null && ofJvm.checkInput(info) == Status.REJECTED) {
            return "refused by the serial filter of this JVM (jdk.serialFilter)";
        }
        return null;
    }

    /// {@return a filter for one stream}
    ///
    /// @param length how many bytes the stream has
    /// @param depth how deep it may be nested
    Stream stream(int length, int depth) {
        return new Stream(length, depth);
    }

    /// The filter of one stream; for one thread.
    final class Stream implements ObjectInputFilter {

        private final int length;
        private final int depth;
        private @Nullable String refusal;
        private boolean tooDeep;

        /// The length of an array of this stream that is not in it; -1 for none.
        private long attached = -1;

        private Stream(int length, int depth) {
            this.length = length;
            this.depth = depth;
        }

        @Override
        public Status checkInput(FilterInfo info) {
            if (info.depth() > depth) {
                tooDeep = true;
                refusal = "nested more than " + depth + " deep";
                return Status.REJECTED;
            }
            String why = null;
            if (info.arrayLength() >= 0) {
                why = info.arrayLength() == attached ? null : tooLong(info);
                attached = -1;
            }
            if (why == null) {
                why = refuse(info);
            }
            if (why != null) {
                Class<?> type = info.serialClass();
                refusal = type == null ? why : type.getName() + ": " + why;
                return Status.REJECTED;
            }
            return Status.UNDECIDED;
        }

        /// Checks an array that is attached, before anything is made for it. `java.io` asks once more afterwards.
        ///
        /// @param type the type of the array
        /// @param arrayLength its length, which was not believed
        void admit(Class<?> type, long arrayLength) throws InvalidClassException {
            String why = refuse(new OneClass(type, arrayLength));
            if (why != null) {
                refusal = type.getName() + ": " + why;
                throw new InvalidClassException(type.getName(), why);
            }
            attached = arrayLength;
        }

        private @Nullable String tooLong(FilterInfo info) {
            Class<?> component =
                    info.serialClass() == null ? null : info.serialClass().getComponentType();
            long bytes = component != null && component.isPrimitive()
                    ? info.arrayLength() * bytesOf(component)
                    : info.arrayLength() / SLACK;
            long left = length - info.streamBytes();
            return bytes > left + Long.BYTES * SLACK
                    ? "refused by the length check: " + info.arrayLength() + " elements promised, " + left
                            + " bytes left"
                    : null;
        }

        private static long bytesOf(Class<?> primitive) {
            return switch (primitive.getName()) {
                case "long", "double" -> Long.BYTES;
                case "int", "float" -> Integer.BYTES;
                case "short", "char" -> Short.BYTES;
                default -> 1;
            };
        }

        /// {@return what was refused and by whom; `null` if it was not this filter}
        @Nullable
        String refusal() {
            return refusal;
        }

        /// {@return whether the stream was refused only for its depth}
        boolean tooDeep() {
            return tooDeep;
        }
    }

    /// A class that comes outside of a stream.
    private record OneClass(Class<?> type, long arrayLength) implements FilterInfo {

        @Override
        public Class<?> serialClass() {
            return type;
        }

        @Override
        public long depth() {
            return 1;
        }

        @Override
        public long references() {
            return 1;
        }

        @Override
        public long streamBytes() {
            return 0;
        }
    }
}
