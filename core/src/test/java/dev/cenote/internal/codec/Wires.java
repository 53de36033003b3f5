// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.NotShippableException;
import dev.cenote.internal.classes.ClassNames;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Two sides of a channel in one process.
final class Wires {

    static final Explainer EXPLAINER =
            (what, root, why) -> new NotShippableException("cannot send " + what + ": " + why, why);

    private Wires() {}

    /// Names by the class loader of the tests, or by another.
    record Names(ClassLoader loader) implements ClassNames {

        Names() {
            this(Wires.class.getClassLoader());
        }

        @Override
        public void write(WireWriter out, Class<?> type) {
            out.putText(type.getName());
        }

        @Override
        public Class<?> read(WireReader in) throws ClassNotFoundException, IOException {
            String name = in.getText();
            return switch (name) {
                case "int" -> int.class;
                case "void" -> void.class;
                default -> Class.forName(name, false, loader);
            };
        }
    }

    static ValueCodec parent() {
        return new ValueCodec(new Names(), Side.PARENT, EXPLAINER);
    }

    static ValueCodec worker() {
        return new ValueCodec(new Names(), Side.WORKER, EXPLAINER);
    }

    /// {@return what a worker gets}
    @SuppressWarnings("unchecked")
    static <T> T toWorker(@Nullable T value) {
        return (T) pass(parent(), worker(), value);
    }

    /// {@return what the pool's process gets}
    @SuppressWarnings("unchecked")
    static <T> T toParent(@Nullable T value) {
        return (T) pass(worker(), parent(), value);
    }

    static @Nullable Object pass(ValueCodec from, ValueCodec to, @Nullable Object value) {
        try {
            return read(to, bytes(from, value));
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] bytes(ValueCodec from, @Nullable Object value) {
        WireWriter out = new WireWriter(16);
        from.write(out, value);
        return out.toByteArray();
    }

    /// Reads one value, between two bytes that are none of its own.
    static @Nullable Object read(ValueCodec to, byte[] bytes) throws IOException, ClassNotFoundException {
        WireWriter framed = new WireWriter();
        framed.putByte(77);
        framed.putBytes(bytes, 0, bytes.length);
        framed.putByte(78);
        WireReader in = new WireReader(framed.toByteArray());
        in.getByte();
        Object value;
        try {
            value = to.read(in);
        } catch (IOException | ClassNotFoundException e) {
            checkBehind(in);
            throw e;
        }
        checkBehind(in);
        return value;
    }

    private static void checkBehind(WireReader in) throws IOException {
        if (in.left() != 1 || in.getByte() != 78) {
            throw new AssertionError("the reader is not behind the value");
        }
    }

    /// {@return the tag that a value of the pool's process gets}
    static int tag(@Nullable Object value) {
        return bytes(parent(), value)[0];
    }

    static Throwable throwable(Throwable thrown) {
        return throwable(worker(), parent(), thrown);
    }

    static Throwable throwable(ValueCodec from, ValueCodec to, Throwable thrown) {
        WireWriter out = new WireWriter(16);
        from.writeThrowable(out, thrown);
        out.putByte(78);
        WireReader in = new WireReader(out.toByteArray());
        try {
            Throwable read = to.readThrowable(in, "worker-1");
            if (in.left() != 1) {
                throw new AssertionError("the reader is not behind the exception");
            }
            return read;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
