// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.classes.ImplicitClass;
import dev.cenote.internal.memory.Shared;
import dev.cenote.internal.wire.Attachments;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes a graph of objects with `java.io`, which keeps identities, cycles and the hooks of classes, with some
/// changes:
///
/// - Classes are named by [ClassGate], with two numbers by which the reader can see that it has the same version.
///   The list of the fields, which `java.io` would send, the reader takes from its own class.
/// - Values that are not serializable but can be rebuilt are replaced by a [Stand], or an [ImplicitStand].
/// - Lambdas are replaced by a [LambdaRef].
/// - Large arrays of primitives are replaced by an [AttachedRef].
///
/// ## A lambda and an object that refer to each other
///
/// A lambda can be made only when all it captures is there. An object that a lambda captures and that has the lambda
/// in a field is therefore read *inside* the lambda, before it can be made, and `java.io` would assign the reference
/// in its place. If the object comes first, all is well: it exists before its fields are read, so the lambda finds
/// it. So the captured objects of a lambda that is the root are written before it. A lambda that turns up later with
/// a captured object that is more than plain data makes the whole value be written again, with that object first;
/// the innermost first, since it was found last.
///
/// For one value and one thread.
class ShipOut extends ObjectOutputStream {

    private final WireWriter out;
    private final IdentityHashMap<Object, ImplicitStand> implicit = new IdentityHashMap<>();
    private final ClassGate gate;

    /// Captured objects that go first.
    private final Set<Object> first;

    /// Captured objects that should have gone first.
    private final List<Object> late = new ArrayList<>();

    ShipOut(WireWriter out, ClassGate gate) throws IOException {
        this(out, gate, identities());
    }

    private ShipOut(WireWriter out, ClassGate gate, Set<Object> first) throws IOException {
        super(new Sink(out));
        this.out = out;
        this.gate = gate;
        this.first = first;
        enableReplaceObject(true);
    }

    /// Writes a graph.
    ///
    /// @param out where to
    /// @param gate names classes
    /// @param root the object to start from
    static void write(WireWriter out, ClassGate gate, Object root) throws IOException {
        int start = out.position();
        List<Object> ahead = new ArrayList<>();
        if (gate.side() == Side.PARENT && Shape.of(root.getClass()).tag == Tags.LAMBDA) {
            collect(root, ahead, identities());
        }
        List<Object> late = write(out, gate, ahead, root);
        if (!late.isEmpty()) {
            out.rewind(start);
            ahead.addAll(0, late.reversed());
            write(out, gate, ahead, root);
        }
    }

    private static List<Object> write(WireWriter out, ClassGate gate, List<Object> ahead, Object root)
            throws IOException {
        Set<Object> first = identities();
        first.addAll(ahead);
        ShipOut stream = new ShipOut(out, gate, first);
        stream.writeInt(ahead.size());
        for (Object object : ahead) {
            stream.writeObject(object);
        }
        stream.writeObject(root);
        stream.flush();
        return stream.late;
    }

    /// Collects what a lambda captures, and what the lambdas among that capture.
    private static void collect(Object lambda, List<Object> ahead, Set<Object> seen) throws IOException {
        LambdaSite.Use use = seen.add(lambda) ? Lambdas.reveal(lambda) : null;
        if (use == null) {
            return;
        }
        for (Object captured : use.captured) {
            if (captured != null && Shape.of(captured.getClass()).tag == Tags.LAMBDA) {
                collect(captured, ahead, seen);
            } else if (captured != null && !isSimple(captured)) {
                ahead.add(captured);
            }
        }
    }

    private static Set<Object> identities() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private static boolean isSimple(Object value) {
        Shape shape = Shape.of(value.getClass());
        return shape.tag != Tags.NONE && shape.tag <= Tags.CLASS && !shape.mutable;
    }

    @Override
    protected @Nullable Object replaceObject(Object object) throws IOException {
        if (object instanceof SerializedLambda form) {
            return reference(form);
        }
        if (object instanceof Proxy && gate.side() == Side.WORKER) {
            throw new NotSerializableException("a task may not return a dynamic proxy, " + object.getClass());
        }
        if (object instanceof Serializable) {
            return object.getClass().isArray() ? attachIfLarge(object) : object;
        }
        if (gate.side() == Side.PARENT && ImplicitClass.is(object.getClass())) {
            return implicit.computeIfAbsent(object, ImplicitStand::of); // one for all that share it
        }
        Stand stand = Stand.of(object);
        if (object instanceof Shared) {
            out.keep(object); // the stand was written elsewhere
        }
        return stand == null ? object : stand;
    }

    private Object attachIfLarge(Object array) throws IOException {
        Class<?> component = array.getClass().getComponentType();
        int count = Array.getLength(array);
        if (!out.isAttaching()
                || !component.isPrimitive()
                || component == boolean.class
                || (long) count * Attachments.bytesOf(component) < Bulk.LARGE) {
            return array;
        }
        flush(); // so that it is attached behind something of this stream
        out.attach(component, Attachments.memoryOf(array));
        return new AttachedRef(Shape.of(array.getClass()).tag, count);
    }

    private LambdaRef reference(SerializedLambda form) throws IOException {
        String name = form.getCapturingClass().replace('/', '.');
        if (gate.side() == Side.WORKER) {
            throw new NotSerializableException(
                    "a task may not return a lambda, which would run in the pool's process; this one was written in "
                            + name);
        }
        LambdaSite.Use use = Lambdas.reveal(form);
        if (use == null) {
            throw new NotSerializableException("a lambda that does not tell its class, of " + name);
        }
        for (Object captured : use.captured) {
            if (captured != null && !first.contains(captured) && mayReferBack(captured)) {
                late.add(captured);
            }
        }
        WireWriter site = new WireWriter();
        gate.write(site, use.site);
        return new LambdaRef(use, site.toByteArray());
    }

    /// {@return whether a captured object may lead to a lambda}
    private boolean mayReferBack(Object captured) throws IOException {
        if (isSimple(captured) || Shape.of(captured.getClass()).tag == Tags.LAMBDA) {
            return false; // a lambda is asked for its own captures when it comes
        }
        WireWriter attempt = new WireWriter();
        boolean _ = attempt.attaching(true); // large arrays need not be copied for it
        return !new PlainOut(attempt, gate).putRoot(captured);
    }

    @Override
    protected void writeStreamHeader() {}

    @Override
    protected void writeClassDescriptor(ObjectStreamClass descriptor) throws IOException {
        putName(descriptor.forClass());
        writeLong(descriptor.getSerialVersionUID());
        writeInt(Layout.of(descriptor.forClass()));
    }

    @Override
    protected void annotateProxyClass(Class<?> type) throws IOException {
        Class<?>[] interfaces = type.getInterfaces();
        writeInt(interfaces.length);
        for (Class<?> each : interfaces) {
            putName(each);
        }
    }

    private void putName(@Nullable Class<?> type) throws IOException {
        WireWriter name = new WireWriter(128);
        gate.write(name, Objects.requireNonNull(type));
        int length = name.position() - Integer.BYTES; // the gate writes a length of its own
        writeInt(length);
        write(name.array(), Integer.BYTES, length);
    }

    /// Passes bytes on.
    private static final class Sink extends OutputStream {

        private final WireWriter out;

        Sink(WireWriter out) {
            this.out = out;
        }

        @Override
        public void write(int value) {
            out.putByte(value);
        }

        @Override
        public void write(byte[] source, int from, int count) {
            out.putBytes(source, from, count);
        }
    }
}
