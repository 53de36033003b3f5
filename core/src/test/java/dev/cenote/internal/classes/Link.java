// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.UncheckedIOException;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Both ends of a pool in one process, without the pool: values go as plain `java.io` streams whose classes are
/// named by what is tested. Public, with a public package's worth of methods, because programs that tests start call
/// it.
public final class Link {

    /// Whether lambdas are told apart, as the encoding should.
    public static volatile boolean tellsLambdas = true;

    /// The end of the process that runs the pool.
    public final Exports exports = new Exports();

    /// What the worker was told.
    public WorkerView view = new WorkerView();

    /// The names of the classes and resources that the worker asked for.
    public final List<String> asked = new CopyOnWriteArrayList<>();

    /// How many bytes went in front of the last value; 0 if there was no need.
    public int preludeBytes;

    /// The globals that went with the last value, as text.
    public final List<String> globals = new ArrayList<>();

    /// The end of the worker.
    public Imports imports = new Imports(this::ask);

    private byte[] ask(byte[] request) throws IOException {
        asked.add(nameIn(request));
        return exports.answer(request);
    }

    /// {@return what is asked for in a request}
    static String nameIn(byte[] request) throws IOException {
        WireReader in = new WireReader(request);
        int kind = in.getByte();
        in.getCount();
        return (kind == Protocol.ASK_CLASS ? "" : kind == Protocol.ASK_RESOURCES ? "resource " : "loader ")
                + in.getText();
    }

    /// Starts the worker anew.
    public void restart() {
        view = new WorkerView();
        imports = new Imports(this::ask);
    }

    /// Sends a value from the pool's end to the worker's.
    public <T> T send(T value) {
        return send(exports.uses(), value);
    }

    /// Sends a value that belongs to a task.
    @SuppressWarnings("unchecked")
    public <T> T send(Uses uses, T value) {
        try {
            byte[] bytes = encode(uses, value);
            List<byte[]> values = new ArrayList<>();
            globals.clear();
            for (List<Global> more = uses.newGlobals(); !more.isEmpty(); more = uses.newGlobals()) {
                for (Global global : more) {
                    globals.add(global.field() + " = " + global.value());
                    values.add(encode(uses, new Object[] {global.type(), global.field(), global.value()}));
                }
            }
            byte[] prelude = uses.prelude(view);
            preludeBytes = prelude == null ? 0 : prelude.length;
            if (prelude != null) {
                imports.accept(prelude);
            }
            for (byte[] global : values) {
                Object[] parts = (Object[]) decode(imports, global);
                imports.setGlobals(List.of(new Global((Class<?>) parts[0], (String) parts[1], parts[2])));
            }
            return (T) decode(imports, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends a value from the worker's end back.
    @SuppressWarnings("unchecked")
    public <T> T sendBack(T value) {
        try {
            return (T) decode(exports, encode(imports, value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] encode(ClassNames names, Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes) {
            {
                enableReplaceObject(true);
            }

            @Override
            protected void annotateClass(Class<?> type) throws IOException {
                WireWriter name = new WireWriter();
                names.write(name, type);
                writeInt(name.position());
                write(name.toByteArray());
            }

            @Override
            protected Object replaceObject(Object object) {
                if (tellsLambdas && object instanceof SerializedLambda lambda) {
                    names.lambda(
                            capturing(lambda, value),
                            lambda.getImplClass(),
                            lambda.getImplMethodName(),
                            lambda.getImplMethodSignature());
                }
                return object;
            }
        }) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    private static Class<?> capturing(SerializedLambda lambda, Object value) {
        String name = lambda.getCapturingClass().replace('/', '.');
        for (ClassLoader loader : new ClassLoader[] {
            value.getClass().getClassLoader(), Thread.currentThread().getContextClassLoader()
        }) {
            try {
                return Class.forName(name, false, loader);
            } catch (ClassNotFoundException e) {
                // the next one, then
            }
        }
        throw new AssertionError(name);
    }

    static Object decode(ClassNames names, byte[] bytes) throws IOException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            protected Class<?> resolveClass(ObjectStreamClass type) throws IOException, ClassNotFoundException {
                return names.read(new WireReader(readNBytes(readInt())));
            }
        }) {
            return in.readObject();
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
    }
}
