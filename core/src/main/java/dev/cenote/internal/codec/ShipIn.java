// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.io.Serial;
import java.io.Serializable;
import java.io.StreamCorruptedException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what a [ShipOut] has written. In the pool's process nothing is made of what the [Filter] refuses.
///
/// A [Stand] or a [LambdaRef] becomes what it stands for when its parts have been read. A part that refers back to
/// the whole is handed the stand-in, and `java.io` notices that only where a field has a narrower type. So once
/// there is one in the stream, arrays and the usual collections are searched for it: a record that is among its own
/// components is an error, not a list with something strange in it.
///
/// For one value and one thread.
class ShipIn extends ObjectInputStream {

    /// More than any block of ours inside a stream.
    private static final int LONGEST = 1 << 20;

    private final WireReader in;
    private final ClassGate gate;
    private final Filter.@Nullable Stream filter;

    /// Creates a reader.
    ///
    /// @param in what it reads, to the end
    /// @param gate finds classes
    /// @param depth how deep objects may be nested, if it filters
    ShipIn(WireReader in, ClassGate gate, int depth) throws IOException {
        super(new ByteArrayInputStream(in.array(), in.position(), in.left()));
        this.in = in;
        this.gate = gate;
        if (gate.side() == Side.PARENT) {
            Filter.Stream ours = gate.filter().stream(in.left(), depth);
            setObjectInputFilter(ours);
            this.filter = ours;
        } else {
            this.filter = null;
        }
    }

    /// {@return the object from which the graph was written}
    @Nullable
    Object readGraph() throws IOException, ClassNotFoundException {
        try {
            int ahead = readInt();
            for (int i = 0; i < ahead; i++) {
                readObject();
            }
            return readObject();
        } catch (InvalidClassException e) {
            if (e.getCause() instanceof ClassNotFoundException unknown) {
                throw unknown; // from readClassDescriptor, where java.io expects none
            }
            throw explain(e);
        }
    }

    private IOException explain(InvalidClassException refused) {
        if (filter != null && filter.tooDeep()) {
            return new TooDeepException(String.valueOf(filter.refusal()));
        }
        String refusal = filter == null ? null : filter.refusal();
        if (refusal == null && !String.valueOf(refused.getMessage()).contains("filter status: REJECTED")) {
            return refused;
        }
        InvalidClassException explained = new InvalidClassException(
                refusal != null
                        ? refusal
                        : refused.getMessage() + " by the filter factory of this JVM (jdk.serialFilterFactory)");
        explained.initCause(refused);
        return explained;
    }

    @Override
    protected void readStreamHeader() {}

    @Override
    protected ObjectStreamClass readClassDescriptor() throws IOException, ClassNotFoundException {
        Class<?> type = readName();
        long version = readLong();
        int layout = readInt();
        if (type == Stand.class
                || type == LambdaRef.class
                || type == AttachedRef.class
                || type == ImplicitStand.class) {
            enableResolveObject(true);
        }
        ObjectStreamClass descriptor = ObjectStreamClass.lookupAny(type);
        if (isVersioned(type) && version != descriptor.getSerialVersionUID()) {
            throw new InvalidClassException(
                    type.getName(),
                    "the class differs between the pool's process and its worker (serialVersionUID sent="
                            + version + " own=" + descriptor.getSerialVersionUID()
                            + "); did the class path change on disk?");
        }
        if (layout != Layout.of(type)) {
            throw new InvalidClassException(
                    type.getName(),
                    "the fields of the class differ between the pool's process and its worker; did the class path change"
                            + " on disk?");
        }
        return descriptor;
    }

    private static boolean isVersioned(Class<?> type) {
        return !type.isArray() && !type.isRecord() && !type.isEnum() && Serializable.class.isAssignableFrom(type);
    }

    private Class<?> readName() throws IOException, ClassNotFoundException {
        byte[] name = readBlock(this);
        return gate.find(name, 0, name.length);
    }

    /// {@return the bytes of a block inside a stream of objects}
    ///
    /// @param in the stream
    static byte[] readBlock(ObjectInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > LONGEST) {
            throw new StreamCorruptedException("a block of " + length + " bytes");
        }
        byte[] block = new byte[length];
        in.readFully(block);
        return block;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass descriptor) throws InvalidClassException {
        Class<?> type = descriptor.forClass();
        if (type == null) {
            throw new InvalidClassException(descriptor.getName(), "not through the gate");
        }
        return type;
    }

    @Override
    protected @Nullable Object resolveObject(Object object) throws IOException {
        if (object instanceof AttachedRef ref) {
            return attached(ref);
        }
        if (object instanceof Object[] array) {
            checkParts(Arrays.asList(array));
        } else if (object instanceof Collection<?> all && isOwner(all)) {
            checkParts(all);
        } else if (object instanceof Map<?, ?> map && isOwner(map)) {
            checkParts(map.keySet());
            checkParts(map.values());
        }
        return object;
    }

    private Object attached(AttachedRef ref) throws IOException {
        Class<?> component = Bulk.component(ref.tag);
        if (component == null || ref.count < 0) {
            throw new CorruptFrameException("no array, tag=" + ref.tag + " length=" + ref.count);
        }
        if (filter != null) {
            filter.admit(component.arrayType(), ref.count);
        }
        return in.attachments().next(component, ref.count);
    }

    /// {@return whether it is a usual collection, which has memory for its elements: others may be endless}
    private static boolean isOwner(Object container) {
        Shape shape = Shape.of(container.getClass());
        return shape.mutable && !shape.view;
    }

    private static void checkParts(Collection<?> parts) throws InvalidObjectException {
        for (Object part : parts) {
            if (part instanceof Stand || part instanceof LambdaRef || part instanceof ImplicitStand) {
                throw new InvalidObjectException(
                        "a record, an optional, an entry or a lambda cannot be rebuilt, as it is"
                                + " reached from one of its own parts");
            }
        }
    }

    @Override
    protected Class<?> resolveProxyClass(String[] names) throws IOException, ClassNotFoundException {
        if (gate.side() == Side.PARENT) {
            throw new InvalidClassException("a task may not return a dynamic proxy");
        }
        int count = readInt();
        if (count != names.length) {
            throw new StreamCorruptedException(count + " interfaces of " + names.length);
        }
        Class<?>[] interfaces = new Class<?>[count];
        for (int i = 0; i < count; i++) {
            interfaces[i] = readName();
        }
        return proxyClass(interfaces);
    }

    /// {@return the class of the proxies that have these interfaces, in the first of their loaders that sees all}
    private static Class<?> proxyClass(Class<?>[] interfaces) throws ClassNotFoundException {
        IllegalArgumentException invisible = null;
        for (Class<?> each : interfaces) {
            try {
                return Proxy.newProxyInstance(each.getClassLoader(), interfaces, (proxy, method, arguments) -> null)
                        .getClass();
            } catch (IllegalArgumentException e) {
                invisible = e;
            }
        }
        throw new ClassNotFoundException("no class loader sees all interfaces of a proxy", invisible);
    }

    /// Objects are nested deeper than the caller's stack should bear.
    static final class TooDeepException extends IOException {

        @Serial
        private static final long serialVersionUID = 1L;

        TooDeepException(String message) {
            super(message);
        }
    }
}
