// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.share.Domains.Domain;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is in a queue: an object that a thread of this process has put there, or the bytes of one that has come from
/// another and was not looked at yet. Most of the latter leave as they came, for one more process.
///
/// Immutable.
final class Item {

    private final @Nullable Object value;
    private final byte[] array;
    private final int from;

    /// How many bytes it has; 0 for an object.
    final int length;

    private final Domain domain;

    private Item(@Nullable Object value, byte[] array, int from, int length, Domain domain) {
        this.value = value;
        this.array = array;
        this.from = from;
        this.length = length;
        this.domain = domain;
    }

    static Item of(Object value) {
        return new Item(value, new byte[0], 0, 0, Domains.plain());
    }

    /// Reads an item.
    ///
    /// @param in where from; the bytes stay there
    /// @param domain how it is written
    static Item read(WireReader in, Domain domain) throws IOException {
        int length = in.getInt();
        return new Item(null, in.array(), in.skip(length), length, domain);
    }

    /// Encodes an object.
    ///
    /// @param value the object
    /// @param domain how
    static Item encode(Object value, Domain domain) {
        WireWriter out = new WireWriter(64);
        domain.codec().write(out, value, "the item of a shared queue");
        return new Item(null, out.array(), 0, out.position(), domain);
    }

    /// {@return whether it can be written without running code of its class}
    boolean isReadyFor(Domain other) {
        return value == null && domain.id() == other.id();
    }

    /// Writes the item.
    ///
    /// @param out where to; as it was if that fails
    /// @param other how
    void write(WireWriter out, Domain other) throws IOException, ClassNotFoundException {
        if (isReadyFor(other)) {
            out.putInt(length);
            out.putBytes(array, from, length);
            return;
        }
        Object object = value();
        int at = out.skip(Integer.BYTES);
        try {
            other.codec().write(out, object, "the item of a shared queue");
        } catch (Throwable e) {
            out.rewind(at);
            throw e;
        }
        out.setInt(at, out.position() - at - Integer.BYTES);
    }

    /// {@return the object}
    ///
    /// @throws IOException if it cannot be rebuilt here
    /// @throws ClassNotFoundException if one of its classes is unknown here
    Object value() throws IOException, ClassNotFoundException {
        return value != null ? value : Objects.requireNonNull(domain.codec().read(new WireReader(array, from, length)));
    }
}
