// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.RemoteException;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what a [ThrowableOut] has written, and rebuilds node by node.
///
/// A node that cannot be rebuilt, for whatever reason, becomes a [RemoteException] with the same text, frames and
/// neighbours. So does one that cannot be printed here, as it would fail whoever logs it. A node that leads back to
/// one which is being rebuilt gets a description in its place.
///
/// For one exception and one thread.
final class ThrowableIn {

    private static final int LONGEST = ThrowableOut.CHARS + 100;

    private final WireReader in;
    private final ClassGate gate;
    private final String worker;
    private final List<String> strings = new ArrayList<>();
    private Node[] nodes = {};

    /// What has become of the nodes.
    private @Nullable Throwable[] built = {};

    /// Which nodes are being rebuilt.
    private boolean[] open = {};

    private ThrowableIn(WireReader in, ClassGate gate, String worker) {
        this.in = in;
        this.gate = gate;
        this.worker = worker;
    }

    /// One exception as it was described.
    private static final class Node {

        private final String type;
        private final String text;

        /// The number of its cause; less than `LEFT_OUT` if it has none.
        private final int cause;

        private final int[] suppressed;
        private final StackTraceElement[] frames;

        /// Its stream; `null` if it was not sent.
        private final @Nullable WireReader itself;

        /// Why it was not sent.
        private final String why;

        Node(ThrowableIn from, int count) throws CorruptFrameException {
            type = from.getString();
            text = from.getString();
            cause = from.getNumber(count + 1) - 2;
            suppressed = new int[from.in.getLength(1)];
            for (int i = 0; i < suppressed.length; i++) {
                suppressed[i] = from.getNumber(count) - 1;
            }
            frames = from.getFrames();
            int length = from.in.getInt();
            itself = length == 0 ? null : new WireReader(from.in.array(), from.in.skip(length), length);
            why = length == 0 ? from.getString() : "";
        }
    }

    static Throwable read(WireReader in, ClassGate gate, String worker) throws IOException {
        int length = in.getInt();
        WireReader content = new WireReader(in.array(), in.skip(length), length);
        return new ThrowableIn(content, gate, worker).get();
    }

    private Throwable get() throws IOException {
        int count = in.getLength(1);
        if (count < 1 || count > ThrowableOut.NODES) {
            throw new CorruptFrameException(count + " exceptions in one message");
        }
        Node[] all = new Node[count];
        for (int i = 0; i < count; i++) {
            all[i] = new Node(this, count);
        }
        nodes = all;
        built = new Throwable[count];
        open = new boolean[count];
        return build(0);
    }

    private int getNumber(int largest) throws CorruptFrameException {
        long number = in.getCount();
        if (number > largest) {
            throw new CorruptFrameException("number " + number + " of " + largest);
        }
        return (int) number;
    }

    private StackTraceElement[] getFrames() throws CorruptFrameException {
        int count = in.getLength(4 + Integer.BYTES);
        if (count > ThrowableOut.FRAMES) {
            throw new CorruptFrameException(count + " frames in one exception");
        }
        StackTraceElement[] frames = new StackTraceElement[count];
        for (int i = 0; i < count; i++) {
            String module = getString();
            String type = getString();
            String method = getString();
            String file = getString();
            frames[i] = new StackTraceElement(
                    worker,
                    module.isEmpty() ? null : module,
                    null,
                    type,
                    method,
                    file.isEmpty() ? null : file,
                    in.getInt());
        }
        return frames;
    }

    private String getString() throws CorruptFrameException {
        int number = getNumber(strings.size());
        if (number == strings.size()) {
            String text = Texts.get(in);
            if (text.length() > LONGEST) {
                throw new CorruptFrameException("a string of " + text.length() + " chars in an exception");
            }
            strings.add(text);
        }
        return strings.get(number);
    }

    private Throwable build(int number) {
        if (number == ThrowableRef.LEFT_OUT) {
            return bare(new RemoteException("", "[more causes were left out]", "there were too many"));
        }
        Node node = nodes[number];
        Throwable known = built[number];
        if (known != null) {
            return known;
        }
        if (open[number]) {
            return bare(
                    new RemoteException(node.type, "[circular reference] " + node.text, "it is among its own causes"));
        }
        open[number] = true;
        Throwable thrown = rebuild(node);
        built[number] = thrown;
        return thrown;
    }

    private static Throwable bare(Throwable thrown) {
        thrown.setStackTrace(new StackTraceElement[0]);
        return thrown;
    }

    private Throwable rebuild(Node node) {
        if (node.itself == null) {
            return describe(node, node.why);
        }
        try (NodeStream stream = new NodeStream(node.itself)) {
            Throwable thrown = (Throwable) stream.readGraph();
            if (thrown == null) {
                return describe(node, "it has replaced itself by null");
            }
            thrown.setStackTrace(node.frames);
            var _ = thrown.toString(); // it must be possible to print it
            return withCause(thrown, node);
        } catch (Throwable e) { // from its hooks, its class, a filter: a description is better than nothing
            return describe(node, reason(e));
        }
    }

    private static String reason(Throwable e) {
        try {
            return e.toString();
        } catch (Throwable again) {
            return e.getClass().getName();
        }
    }

    /// An exception may keep its cause in a field that does not travel.
    private Throwable withCause(Throwable thrown, Node node) {
        if (node.cause >= ThrowableRef.LEFT_OUT && thrown.getCause() == null) {
            try {
                var _ = thrown.initCause(build(node.cause));
            } catch (IllegalStateException e) { // it was made without one, and says another
                return thrown;
            }
        }
        return thrown;
    }

    private Throwable describe(Node node, String why) {
        Throwable thrown = new RemoteException(node.type, node.text, why);
        thrown.setStackTrace(node.frames);
        if (node.cause >= ThrowableRef.LEFT_OUT) {
            var _ = thrown.initCause(build(node.cause));
        }
        for (int each : node.suppressed) {
            thrown.addSuppressed(build(each));
        }
        return thrown;
    }

    /// The stream of one node.
    private final class NodeStream extends ShipIn {

        NodeStream(WireReader itself) throws IOException {
            super(itself, gate, ThrowableOut.CHARS);
            enableResolveObject(true);
        }

        @Override
        protected @Nullable Object resolveObject(Object object) throws IOException {
            return object instanceof ThrowableRef reference ? build(reference.index()) : super.resolveObject(object);
        }
    }
}
