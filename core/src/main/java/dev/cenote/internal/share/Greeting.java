// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// What a process says first on each connection to the home of shared objects.
///
/// ```
/// u64 magic | u64 process | u8 role | name of the process | n x u64 domain | nonce | proof
/// ```
///
/// The proof tells that the caller knows the token. On a Unix-domain socket, which lies in a folder that only this user
/// may enter, it is the token. Anybody may call a port of the loopback interface, or listen there when the home is
/// gone; so there the token is never sent: the home sends a nonce first, the proof is a hash over it, and the home
/// answers with a hash over both nonces.
///
/// @param process the random number of the caller
/// @param role [#CONTROL] or [#CALL]
/// @param name what messages call the caller
/// @param domains the names of classes that the caller understands, see [Domains]
@SuppressWarnings("ArrayRecordComponent") // never compared
record Greeting(long process, int role, String name, long[] domains) {

    /// The one connection that lives as long as its process.
    static final int CONTROL = 0;

    /// A connection that carries one call at a time.
    static final int CALL = 1;

    private static final long MAGIC = 0x63656e6f74650601L;
    private static final int NONCE_BYTES = 32;
    private static final String MAC = "HmacSHA256";
    private static final SecureRandom RANDOM = new SecureRandom();

    /// {@return a new secret}
    static byte[] random() {
        byte[] bytes = new byte[NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /// Introduces this process.
    void say(Line line, Address to) throws IOException {
        byte[] token = to.token().getBytes(StandardCharsets.US_ASCII);
        byte[] challenge = to.isTcp() ? readNonce(line) : null;
        byte[] nonce = challenge == null ? new byte[NONCE_BYTES] : random();
        WireWriter out = Line.frame();
        out.putLong(MAGIC);
        out.putLong(process);
        out.putByte(role);
        out.putText(name);
        out.putCount(domains.length);
        for (long domain : domains) {
            out.putLong(domain);
        }
        out.putBytes(nonce, 0, NONCE_BYTES);
        byte[] said = Arrays.copyOfRange(out.array(), Integer.BYTES, out.position());
        out.putBlock(challenge == null ? token : mac(token, challenge, said));
        line.write(out);
        if (challenge != null && !MessageDigest.isEqual(readNonce(line), mac(token, nonce, challenge))) {
            throw new IOException("whoever listens at port " + to.port() + " is not " + to.name());
        }
    }

    private static byte[] readNonce(Line line) throws IOException {
        byte[] nonce = line.read();
        if (nonce == null) {
            throw new EOFException("the connection was closed");
        }
        return nonce;
    }

    /// Hears who calls.
    ///
    /// @return who; `null` if the caller went away or does not know the token
    static @Nullable Greeting hear(Line line, Address here) throws IOException {
        byte[] challenge = null;
        if (here.isTcp()) {
            challenge = random();
            answer(line, challenge);
        }
        byte[] frame = line.read();
        if (frame == null) {
            return null;
        }
        WireReader in = new WireReader(frame);
        if (in.getLong() != MAGIC) {
            throw new CorruptFrameException("no greeting");
        }
        long process = in.getLong();
        int role = in.getByte();
        String name = in.getText();
        long[] domains = new long[in.getLength(Long.BYTES)];
        for (int i = 0; i < domains.length; i++) {
            domains[i] = in.getLong();
        }
        int at = in.skip(NONCE_BYTES);
        byte[] nonce = Arrays.copyOfRange(frame, at, at + NONCE_BYTES);
        byte[] said = Arrays.copyOf(frame, in.position());
        byte[] token = here.token().getBytes(StandardCharsets.US_ASCII);
        byte[] proof = challenge == null ? token : mac(token, challenge, said);
        if (!MessageDigest.isEqual(in.getBlock(), proof)) {
            return null;
        }
        if (challenge != null) {
            answer(line, mac(token, nonce, challenge));
        }
        return new Greeting(process, role, name, domains);
    }

    private static void answer(Line line, byte[] bytes) throws IOException {
        WireWriter out = Line.frame();
        out.putBytes(bytes, 0, bytes.length);
        line.write(out);
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
}
