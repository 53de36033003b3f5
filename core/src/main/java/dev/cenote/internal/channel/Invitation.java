// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Arrays;

/// What a worker is told on its standard input, where nobody else can read it: where to connect and with which secret.
///
/// ```
///  u32 length | u32 magic | u32 protocol | token, 32 bytes | u16 port, 0 for a Unix-domain socket |
///  text address | u32 ring size | text shared file, empty for none
/// ```
///
/// @param token the secret
/// @param port the port of 127.0.0.1, or 0
/// @param address the path of the Unix-domain socket; empty if there is a port
/// @param ringBytes the size of each ring
/// @param sharedFile the path of the shared file, or empty
@SuppressWarnings("ArrayRecordComponent") // never compared
record Invitation(byte[] token, int port, String address, int ringBytes, String sharedFile) {

    private static final int MAGIC = 0x63656e69;
    private static final int MAX_BYTES = 16 << 10;

    void writeTo(OutputStream out) throws IOException {
        WireWriter wire = new WireWriter(512);
        wire.putInt(0);
        wire.putInt(MAGIC);
        wire.putInt(Hello.PROTOCOL);
        wire.putBytes(token, 0, Hello.TOKEN_BYTES);
        wire.putShort(port);
        wire.putText(address);
        wire.putInt(ringBytes);
        wire.putText(sharedFile);
        wire.setInt(0, wire.position() - Integer.BYTES);
        out.write(wire.array(), 0, wire.position());
        out.flush();
    }

    /// Reads exactly an invitation.
    static Invitation readFrom(InputStream in) throws IOException {
        int length = new WireReader(readFully(in, Integer.BYTES)).getInt();
        if (length < 0 || length > MAX_BYTES) {
            throw new CorruptFrameException("an invitation of " + length + " bytes on standard input");
        }
        WireReader wire = new WireReader(readFully(in, length));
        int magic = wire.getInt();
        int protocol = wire.getInt();
        if (magic != MAGIC || protocol != Hello.PROTOCOL) {
            throw new CorruptFrameException("the invitation on standard input is of protocol " + magic + "/" + protocol
                    + ", expected " + MAGIC + "/" + Hello.PROTOCOL);
        }
        int at = wire.skip(Hello.TOKEN_BYTES);
        byte[] token = Arrays.copyOfRange(wire.array(), at, at + Hello.TOKEN_BYTES);
        int port = Short.toUnsignedInt(wire.getShort());
        String address = wire.getText();
        int ringBytes = wire.getInt();
        if (!ChannelOptions.isRingSize(ringBytes)) {
            throw new CorruptFrameException("rings of " + ringBytes + " bytes");
        }
        return new Invitation(token, port, address, ringBytes, wire.getText());
    }

    private static byte[] readFully(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("standard input ended before the invitation");
        }
        return bytes;
    }

    SocketAddress socketAddress() throws IOException {
        return isTcp()
                ? new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)
                : UnixDomainSocketAddress.of(address);
    }

    boolean isTcp() {
        return port != 0;
    }
}
