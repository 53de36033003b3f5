// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;

/// What one process tells another so that it can map the same memory.
///
/// @param kind what the memory holds
/// @param bytes how many bytes of it are for the user
/// @param token what it has in its header and no other memory has
/// @param pid the process that has the file open; 0 if the file has a name
/// @param descriptor the number of the file in that process
/// @param path the name of the file; empty if it has none
record Handle(Kind kind, long bytes, Token token, long pid, int descriptor, String path) {

    /// Tells one memory from all others.
    ///
    /// @param high half of a random number
    /// @param low the other half
    record Token(long high, long low) {}

    void write(WireWriter out) {
        out.putByte(kind.code);
        out.putCount(bytes);
        out.putLong(token.high);
        out.putLong(token.low);
        out.putCount(pid);
        out.putCount(descriptor);
        out.putText(path);
    }

    static Handle read(WireReader in) throws CorruptFrameException {
        Kind kind = Kind.of(in.getByte());
        long bytes = in.getCount();
        Token token = new Token(in.getLong(), in.getLong());
        return new Handle(
                kind, bytes, token, in.getCount(), (int) Math.min(in.getCount(), Integer.MAX_VALUE), in.getText());
    }

    @Override
    public String toString() {
        return kind.describe(bytes);
    }
}
