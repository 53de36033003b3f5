// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.Func;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A worker in a JVM of its own, without the pool: it runs functions that come on standard input, one at a time.
///
/// Public, because programs that tests start call it.
public final class Far implements AutoCloseable {

    private final Exports exports = new Exports();
    private final WorkerView view = new WorkerView();
    private final Process process;
    private final DataInputStream in;
    private final DataOutputStream out;

    /// Starts the worker with the class path of this process.
    public Far() throws IOException {
        this(Compiled.path(Func.class) + File.pathSeparator + Compiled.path(Far.class));
    }

    /// Starts the worker.
    ///
    /// @param classPath its class path
    /// @param options further options
    public Far(String classPath, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, Far.class.getName()));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        in = new DataInputStream(process.getInputStream());
        out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    }

    /// {@return the result of a function, computed there, and what had to be asked and sent for that}
    public String run(Func<Integer, Object> function, int item) throws Exception {
        Uses uses = exports.uses();
        byte[] task = Link.encode(uses, function);
        List<String> globals = new ArrayList<>();
        List<byte[]> values = new ArrayList<>();
        for (List<Global> more = uses.newGlobals(); !more.isEmpty(); more = uses.newGlobals()) {
            for (Global global : more) {
                globals.add(global.field());
                values.add(Link.encode(uses, new Object[] {global.type(), global.field(), global.value()}));
            }
        }
        byte[] prelude = uses.prelude(view);
        put(prelude == null ? new byte[0] : prelude);
        out.writeInt(values.size());
        for (byte[] value : values) {
            put(value);
        }
        out.writeInt(uses.idOf(Thread.currentThread().getContextClassLoader()));
        put(task);
        out.writeInt(item);
        out.flush();
        List<String> asked = new ArrayList<>();
        while (in.readBoolean()) {
            byte[] request = get(in);
            asked.add(Link.nameIn(request));
            put(exports.answer(request));
            out.flush();
        }
        return Link.decode(exports, get(in)) + " " + globals + asked;
    }

    private void put(byte[] bytes) throws IOException {
        put(out, bytes);
    }

    private static void put(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] get(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }

    @Override
    public void close() throws IOException {
        out.close();
        process.onExit()
                .orTimeout(10, TimeUnit.SECONDS)
                .exceptionally(e -> process.destroyForcibly())
                .join();
    }

    /// The worker.
    public static void main(String[] args) throws Exception {
        DataInputStream in = new DataInputStream(System.in);
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new PrintStream(System.out)));
        System.setOut(System.err);
        Imports imports = new Imports(request -> {
            out.writeBoolean(true);
            put(out, request);
            out.flush();
            return get(in);
        });
        for (int length = next(in); length >= 0; length = next(in)) {
            imports.accept(in.readNBytes(length));
            List<Global> globals = new ArrayList<>();
            for (int count = in.readInt(); count > 0; count--) {
                Object[] parts = (Object[]) Link.decode(imports, get(in));
                globals.add(new Global((Class<?>) parts[0], (String) parts[1], parts[2]));
            }
            imports.setGlobals(globals);
            Thread.currentThread().setContextClassLoader(imports.loaderOf(in.readInt()));
            byte[] result = run(imports, get(in), in.readInt());
            out.writeBoolean(false);
            put(out, result);
            out.flush();
        }
    }

    private static int next(DataInputStream in) throws IOException {
        byte[] length = in.readNBytes(4);
        return length.length < 4 ? -1 : java.nio.ByteBuffer.wrap(length).getInt();
    }

    @SuppressWarnings("unchecked")
    private static byte[] run(Imports imports, byte[] task, int item) throws IOException {
        Object result;
        try {
            result = ((Func<Integer, Object>) Link.decode(imports, task)).apply(item);
        } catch (Throwable e) {
            result = e.toString();
        }
        return Link.encode(imports, result instanceof Serializable ? result : String.valueOf(result));
    }
}
