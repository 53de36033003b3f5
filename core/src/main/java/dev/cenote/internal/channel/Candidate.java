// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.CorruptFrameException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/// A connection that has not yet said who it is. It never waits, and reads exactly a hello, as what comes after
/// belongs to the channel.
///
/// For one thread.
final class Candidate implements AutoCloseable {

    private final SocketChannel socket;

    /// What was sent for the other to sign; null on a Unix-domain socket.
    private final byte @Nullable [] challenge;

    /// First for the length, then for the hello.
    private ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private boolean lengthIsKnown;

    private @Nullable SelectionKey key;

    private Candidate(SocketChannel socket, byte @Nullable [] challenge) {
        this.socket = socket;
        this.challenge = challenge;
    }

    /// Begins to listen to a connection.
    ///
    /// @param user who the other must be; null if that cannot be known
    /// @param random makes the challenge; null for a Unix-domain socket
    /// @throws IOException if it must be refused
    static Candidate begin(
            SocketChannel socket, Selector selector, @Nullable UserPrincipal user, @Nullable SecureRandom random)
            throws IOException {
        if (user != null) {
            UserPrincipal other =
                    socket.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            if (!other.equals(user)) {
                throw new IOException("it runs as user " + other.getName());
            }
        }
        socket.configureBlocking(false);
        byte[] challenge = null;
        if (random != null) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            challenge = new byte[Hello.TOKEN_BYTES];
            random.nextBytes(challenge);
            // it fits: nothing was sent before
            socket.write(ByteBuffer.wrap(challenge));
        }
        Candidate candidate = new Candidate(socket, challenge);
        candidate.key = socket.register(selector, SelectionKey.OP_READ, candidate);
        return candidate;
    }

    /// Reads on.
    ///
    /// @return its hello, null if there is more to come
    /// @throws IOException if it must be refused
    Hello.@Nullable Signed advance() throws IOException {
        for (; ; ) {
            int count = socket.read(buffer);
            if (count < 0) {
                throw new IOException("it said nothing");
            }
            if (buffer.hasRemaining()) {
                return null;
            }
            if (lengthIsKnown) {
                return Hello.decode(buffer.array());
            }
            int length = buffer.getInt(0);
            if (length <= 0 || length > Hello.MAX_BYTES) {
                throw new CorruptFrameException("a hello of " + length + " bytes");
            }
            lengthIsKnown = true;
            buffer = ByteBuffer.allocate(length);
        }
    }

    /// {@return whether the sender of the hello knows the token}
    boolean proves(Hello.Signed hello, byte[] token) {
        return hello.proves(token, challenge);
    }

    /// Makes a line of it, and proves to a challenged worker that this is its parent.
    SocketLine accept(Hello hello, byte[] token) throws IOException {
        if (challenge != null) {
            socket.write(ByteBuffer.wrap(Hello.answer(token, hello.nonce(), challenge)));
        }
        if (key != null) {
            // the first message may be here already; it is not for this
            key.cancel();
        }
        return new SocketLine(socket);
    }

    @Override
    public void close() {
        Quiet.close(socket);
    }
}
