// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes an exception and all that it names as causes or suppressed.
///
/// Each of them is a node: a description that always travels (the name of its class, its text, its frames, the
/// numbers of the nodes it leads to), and itself in a stream of `java.io` of its own, in which the other nodes are
/// replaced by their numbers and the frames are left out. So an exception that cannot be written, or read, costs the
/// others nothing, and a frame travels once.
///
/// ```
/// length (4) | nodes | each: class, text, cause, suppressed, frames, then: length (4), stream; or: 0 (4), why not
/// ```
///
/// The first node is the root. Strings are numbered, as frames repeat them. The frames by which a worker has come to
/// the task are the same in every exception and tell a user nothing; they are left out.
///
/// For one exception and one thread.
final class ThrowableOut {

    static final int NODES = 64;
    static final int FRAMES = 1_024;
    static final int CHARS = 32 * 1_024;

    private static final StackTraceElement[] NO_FRAMES = {};

    private final WireWriter out;
    private final ClassGate gate;
    private final List<Throwable> nodes = new ArrayList<>();

    /// The number of each node; `LEFT_OUT` for those which are too many.
    private final IdentityHashMap<Throwable, Integer> numbers = new IdentityHashMap<>();

    private final Map<String, Integer> strings = new HashMap<>();

    private ThrowableOut(WireWriter out, ClassGate gate) {
        this.out = out;
        this.gate = gate;
    }

    static void write(WireWriter out, ClassGate gate, Throwable thrown) {
        int start = out.position();
        try {
            new ThrowableOut(out, gate).putAll(thrown);
        } catch (Throwable e) { // such as a second OutOfMemoryError
            out.rewind(start);
            new ThrowableOut(out, gate).putNameOnly(thrown, e);
        }
    }

    private void putAll(Throwable thrown) {
        int length = out.skip(Integer.BYTES);
        number(thrown);
        for (int i = 0; i < nodes.size(); i++) { // grows meanwhile
            Throwable node = nodes.get(i);
            number(cause(node));
            for (Throwable suppressed : node.getSuppressed()) {
                number(suppressed);
            }
        }
        out.putCount(nodes.size());
        for (Throwable node : nodes) {
            put(node);
        }
        out.setInt(length, out.position() - length - Integer.BYTES);
    }

    private void putNameOnly(Throwable thrown, Throwable why) {
        int length = out.skip(Integer.BYTES);
        out.putCount(1);
        putString(thrown.getClass().getName());
        putString(thrown.getClass().getName());
        out.putCount(0);
        out.putCount(0);
        out.putCount(0);
        putWhy("it could not be written: " + why.getClass().getName());
        out.setInt(length, out.position() - length - Integer.BYTES);
    }

    private void number(@Nullable Throwable node) {
        if (node == null || numbers.containsKey(node)) {
            return;
        }
        if (nodes.size() == NODES) {
            numbers.put(node, ThrowableRef.LEFT_OUT);
            return;
        }
        numbers.put(node, nodes.size());
        nodes.add(node);
    }

    private static @Nullable Throwable cause(Throwable node) {
        try {
            return node.getCause();
        } catch (Throwable e) { // the user's own method
            return null;
        }
    }

    private void put(Throwable node) {
        String name = node.getClass().getName();
        String text;
        @Nullable String why = null;
        try {
            text = String.valueOf(node.toString());
        } catch (Throwable e) { // the user's own method; there it would fail whoever prints the exception
            why = "its toString() throws " + e.getClass().getName();
            text = name + " (" + why + ")";
        }
        StackTraceElement[] frames = frames(node);
        putHead(node, text, frames);
        if (why != null) {
            putWhy(why);
            return;
        }
        int start = out.position();
        try {
            putItself(node, frames);
        } catch (Throwable e) { // its own hooks, what it holds
            out.rewind(start);
            putWhy("it cannot be sent: " + e);
        }
    }

    private void putWhy(String why) {
        out.putInt(0);
        putString(cut(why));
    }

    private void putHead(Throwable node, String text, StackTraceElement[] frames) {
        putString(node.getClass().getName());
        putString(cut(text));
        Throwable cause = cause(node);
        out.putCount(cause == null ? 0 : 2 + numbers.getOrDefault(cause, ThrowableRef.LEFT_OUT));
        Throwable[] suppressed = node.getSuppressed();
        out.putCount(suppressed.length);
        for (Throwable each : suppressed) {
            out.putCount(1 + numbers.getOrDefault(each, ThrowableRef.LEFT_OUT));
        }
        putFrames(frames);
    }

    private static StackTraceElement[] frames(Throwable node) {
        try {
            StackTraceElement[] frames = node.getStackTrace();
            return Arrays.copyOf(frames, Math.min(Plumbing.begins(frames), FRAMES));
        } catch (Throwable e) { // the user's own method
            return NO_FRAMES;
        }
    }

    private void putFrames(StackTraceElement[] frames) {
        out.putCount(frames.length);
        for (StackTraceElement frame : frames) {
            String module = frame.getModuleName();
            String file = frame.getFileName();
            putString(module == null ? "" : module);
            putString(frame.getClassName());
            putString(frame.getMethodName());
            putString(file == null ? "" : file);
            out.putInt(frame.getLineNumber());
        }
    }

    private static String cut(String text) {
        return text.length() <= CHARS ? text : text.substring(0, CHARS) + "...";
    }

    private void putString(String text) {
        Integer number = strings.putIfAbsent(text, strings.size());
        if (number == null) {
            out.putCount(strings.size() - 1);
            Texts.put(out, text);
        } else {
            out.putCount(number);
        }
    }

    private void putItself(Throwable node, StackTraceElement[] frames) throws IOException {
        int length = out.skip(Integer.BYTES);
        try (NodeStream stream = new NodeStream(node, frames)) {
            stream.writeInt(0); // objects that go first
            stream.writeObject(node);
        }
        out.setInt(length, out.position() - length - Integer.BYTES);
    }

    /// The stream of one node.
    private final class NodeStream extends ShipOut {

        private final Throwable node;
        private final StackTraceElement[] frames;

        /// Whether the frames of the exception itself went by; they come first.
        private boolean withoutFrames;

        NodeStream(Throwable node, StackTraceElement[] frames) throws IOException {
            super(out, gate);
            this.node = node;
            this.frames = frames;
        }

        @Override
        protected @Nullable Object replaceObject(Object object) throws IOException {
            if (object instanceof Throwable other && other != node) {
                Integer number = numbers.get(other);
                return number == null ? other : new ThrowableRef(number);
            }
            if (!withoutFrames && object instanceof StackTraceElement[] trace && isTrace(trace)) {
                withoutFrames = true;
                return NO_FRAMES;
            }
            return super.replaceObject(object);
        }

        /// An exception may hold the frames of something else in a field, which are not sent elsewhere.
        private boolean isTrace(StackTraceElement[] trace) {
            return trace.length >= frames.length
                    && trace.length > 0
                    && Arrays.equals(trace, 0, frames.length, frames, 0, frames.length);
        }
    }
}
