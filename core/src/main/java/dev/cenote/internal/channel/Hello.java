// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// What a worker says first on each of its connections.
///
/// ```
///  u32 length | u32 magic | u32 protocol | u8 role | u8 shares memory | u64 pid | nonce, 32 bytes |
///  text version | proof, 32 bytes
/// ```
///
/// The *proof* tells that the worker knows the token. On a Unix-domain socket in a private folder it is the token:
/// only this user can listen there. Loopback TCP can be listened on by anyone once the parent is gone, so there
/// the token itself is never sent: the parent sends a nonce first, and the proof is an HMAC over it and the whole
/// hello; the parent then proves the same with an HMAC over both nonces.
///
/// @param role what the connection is for
/// @param sharesMemory whether the worker has mapped the shared file
/// @param pid the worker's process id
/// @param nonce the worker's challenge for the parent
/// @param version the worker's version of this library
@SuppressWarnings("ArrayRecordComponent") // never compared
record Hello(int role, boolean sharesMemory, long pid, byte[] nonce, String version) {

    static final int TOKEN_BYTES = 32;
    static final int PROTOCOL = 1;
    static final int MAX_BYTES = 1024;

    static final int CONTROL = 0;

    /// The bell of the ring to the worker.
    static final int BELL_TO_WORKER = 1;

    /// The bell of the ring to the parent.
    static final int BELL_TO_PARENT = 2;

    /// The data of a channel without rings.
    static final int DATA = 3;

    static final int ROLES = 4;

    private static final int MAGIC = 0x63656e68;
    private static final String MAC = "HmacSHA256";

    /// {@return whether a channel has a connection of this role}
    static boolean isNeeded(int role, boolean sharesMemory) {
        return role == CONTROL || sharesMemory == (role != DATA);
    }

    /// A hello as it came.
    ///
    /// @param hello what it says
    /// @param bytes the bytes of that
    /// @param proof that its sender knows the token
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Signed(Hello hello, byte[] bytes, byte[] proof) {

        /// {@return whether whoever sent this knows the token}
        ///
        /// @param challenge the nonce that was sent to it, null on a Unix-domain socket
        boolean proves(byte[] token, byte @Nullable [] challenge) {
            return MessageDigest.isEqual(proof, challenge == null ? token : mac(token, challenge, bytes));
        }
    }

    /// {@return the bytes of this with the proof}
    ///
    /// @param challenge the parent's nonce, null on a Unix-domain socket
    byte[] encode(byte[] token, byte @Nullable [] challenge) {
        WireWriter wire = new WireWriter(160);
        wire.putInt(0);
        wire.putInt(MAGIC);
        wire.putInt(PROTOCOL);
        wire.putByte(role);
        wire.putByte(sharesMemory ? 1 : 0);
        wire.putLong(pid);
        wire.putBytes(nonce, 0, TOKEN_BYTES);
        wire.putText(version);
        byte[] signed = Arrays.copyOfRange(wire.array(), Integer.BYTES, wire.position());
        wire.putBytes(challenge == null ? token : mac(token, challenge, signed), 0, TOKEN_BYTES);
        wire.setInt(0, wire.position() - Integer.BYTES);
        return wire.toByteArray();
    }

    /// Reads a hello, without its length.
    static Signed decode(byte[] bytes) throws CorruptFrameException {
        WireReader wire = new WireReader(bytes);
        int magic = wire.getInt();
        int protocol = wire.getInt();
        if (magic != MAGIC || protocol != PROTOCOL) {
            throw new CorruptFrameException(
                    "protocol " + magic + "/" + protocol + ", expected " + MAGIC + "/" + PROTOCOL);
        }
        int role = wire.getByte();
        boolean sharesMemory = wire.getByte() != 0;
        long pid = wire.getLong();
        byte[] nonce = take(wire);
        String version = wire.getText();
        byte[] signed = Arrays.copyOf(bytes, wire.position());
        byte[] proof = take(wire);
        if (role < 0 || role >= ROLES || wire.left() != 0) {
            throw new CorruptFrameException("role " + role + ", " + wire.left() + " bytes too many");
        }
        return new Signed(new Hello(role, sharesMemory, pid, nonce, version), signed, proof);
    }

    private static byte[] take(WireReader wire) throws CorruptFrameException {
        int at = wire.skip(TOKEN_BYTES);
        return Arrays.copyOfRange(wire.array(), at, at + TOKEN_BYTES);
    }

    /// {@return the parent's proof that it knows the token too}
    static byte[] answer(byte[] token, byte[] nonce, byte[] challenge) {
        return mac(token, nonce, challenge);
    }

    private static byte[] mac(byte[] token, byte[] first, byte[] second) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(token, MAC));
            mac.update(first);
            return mac.doFinal(second);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + MAC, e);
        }
    }

    /// {@return the version of this library, as far as it is known: both sides must run the same}
    static String libraryVersion() {
        String version = Hello.class.getPackage().getImplementationVersion();
        return version == null ? "" : version;
    }
}
