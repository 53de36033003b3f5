// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.classes.ClassNames;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.io.InvalidClassException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The one place of the codec where a name becomes a class. Whatever way a class takes into this process, as a
/// record, an enum, an array, in a stream of `java.io` or in an exception, it comes through here, and here stands
/// the filter: before anything is asked of the class that could run its code.
///
/// A name is a block: four bytes of length, then what [ClassNames] has written. Blocks are remembered by their
/// bytes, so that a class which comes again costs one comparison. What they lead to cannot change: a loader of the
/// other process has one number for ever, and one class for each name. The classes stay as long as the codec does,
/// which is as long as the worker.
///
/// Safe for use by several threads.
final class ClassGate {

    /// More than any name of a class file can take.
    private static final int LONGEST = 1 << 17;

    private static final int SLOTS = 256;

    private final ClassNames names;
    private final Side side;
    private final Filter filter;

    /// Classes that were let in; each slot is written and read without order, and an entry is immutable.
    private @Nullable Known @Nullable [] known;

    /// A class and the bytes that lead to it.
    private static final class Known {

        private final byte[] name;
        private final Class<?> type;

        Known(byte[] name, Class<?> type) {
            this.name = name;
            this.type = type;
        }
    }

    ClassGate(ClassNames names, Side side, Filter filter) {
        this.names = names;
        this.side = side;
        this.filter = filter;
    }

    Side side() {
        return side;
    }

    Filter filter() {
        return filter;
    }

    /// Writes which class this is.
    ///
    /// @param out where to
    /// @param type the class
    void write(WireWriter out, Class<?> type) {
        int at = out.skip(Integer.BYTES);
        names.write(out, type);
        out.setInt(at, out.position() - at - Integer.BYTES);
    }

    /// Writes where a lambda was written.
    ///
    /// @param out where to
    /// @param site where; the capturing class is written by the caller
    void write(WireWriter out, LambdaSite site) {
        names.lambda(site.capturing(), site.implClass(), site.implMethod(), site.implSignature());
        site.write(out);
    }

    /// Reads a class.
    ///
    /// @param in where from; the whole name is read, whatever happens
    /// @return the class, not initialized
    /// @throws ClassNotFoundException if there is none
    /// @throws InvalidClassException if it may not come in
    Class<?> read(WireReader in) throws IOException, ClassNotFoundException {
        int length = in.getInt();
        if (length > LONGEST) {
            throw new CorruptFrameException("a name of " + length + " bytes");
        }
        return find(in.array(), in.skip(length), length);
    }

    /// Finds the class of a name.
    ///
    /// @param bytes where the name is, without its length
    /// @param from its first byte
    /// @param length how many bytes it has
    /// @return the class, not initialized
    /// @throws ClassNotFoundException if there is none
    /// @throws InvalidClassException if it may not come in
    Class<?> find(byte[] bytes, int from, int length) throws IOException, ClassNotFoundException {
        int slot = slot(bytes, from, length);
        @Nullable Known[] slots = known;
        if (slots == null) {
            slots = new Known[SLOTS];
            known = slots;
        }
        Known entry = slots[slot];
        if (entry != null && Arrays.equals(entry.name, 0, entry.name.length, bytes, from, from + length)) {
            return entry.type;
        }
        Class<?> type = admit(names.read(new WireReader(bytes, from, length)));
        slots[slot] = new Known(Arrays.copyOfRange(bytes, from, from + length), type);
        return type;
    }

    /// A cheap mix: names differ most at their ends.
    private static int slot(byte[] bytes, int from, int length) {
        int hash = length;
        for (int i = Math.max(from, from + length - 8); i < from + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return (hash ^ hash >>> 8) & (SLOTS - 1);
    }

    private Class<?> admit(Class<?> type) throws InvalidClassException {
        if (side == Side.PARENT) {
            filter.check(type);
        }
        return type;
    }
}
