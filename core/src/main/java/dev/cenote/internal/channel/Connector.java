// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// Connects a worker to its parent.
///
/// This is on the way of every start, so it uses no lambda and no string concatenation unless something fails: the
/// first of each costs a fresh JVM several milliseconds.
public final class Connector {

    private final Invitation invitation;

    private long pid;

    private Connector(Invitation invitation) {
        this.invitation = invitation;
    }

    /// Reads the invitation, and nothing more, from standard input and does what it says.
    ///
    /// @param stdin standard input of this process
    /// @return the worker's side of the channel
    /// @throws IOException if the parent is gone, or the invitation is not from this version of the library
    public static Channel connect(InputStream stdin) throws IOException {
        return new Connector(Invitation.readFrom(stdin)).connect();
    }

    /// Opens and connects the first socket, which takes as long as all the rest, beside mapping the file.
    private static final class Dialer extends Thread {

        private final Invitation invitation;

        /// Written by this thread, read when it has ended.
        private @Nullable SocketChannel socket;

        private @Nullable IOException failure;

        Dialer(Invitation invitation) {
            super("cenote-dialer");
            this.invitation = invitation;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                socket = dial(invitation);
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException e) {
                failure = new IOException(e);
            }
        }

        SocketChannel await() throws IOException {
            try {
                join();
            } catch (InterruptedException e) {
                throw (IOException) new InterruptedIOException().initCause(e);
            }
            SocketChannel dialled = socket;
            if (dialled == null) {
                throw new IOException("the parent cannot be reached", failure);
            }
            return dialled;
        }
    }

    private Channel connect() throws IOException {
        Dialer dialer = new Dialer(invitation);
        dialer.start();
        SharedFile shared = attach();
        pid = ownPid();
        SocketLine[] lines = new SocketLine[Hello.ROLES];
        boolean connected = false;
        try {
            lines[Hello.CONTROL] = introduce(dialer.await(), Hello.CONTROL, shared != null);
            for (int role = Hello.CONTROL + 1; role < Hello.ROLES; role++) {
                if (Hello.isNeeded(role, shared != null)) {
                    lines[role] = introduce(dial(invitation), role, shared != null);
                }
            }
            connected = true;
        } finally {
            if (!connected) {
                for (SocketLine line : lines) {
                    Quiet.close(line);
                }
                Quiet.close(shared);
            }
        }
        return shared != null
                ? new RingChannel(
                        shared, false, lines[Hello.CONTROL], lines[Hello.BELL_TO_WORKER], lines[Hello.BELL_TO_PARENT])
                : new StreamChannel(lines[Hello.CONTROL], lines[Hello.DATA]);
    }

    /// The first use of `ProcessHandle` makes a pool of threads, which takes 5 ms.
    private static long ownPid() {
        try {
            return Long.parseLong(new File("/proc/self").getCanonicalFile().getName());
        } catch (IOException | NumberFormatException e) { // not on Linux
            return ProcessHandle.current().pid();
        }
    }

    private @Nullable SharedFile attach() {
        String path = invitation.sharedFile();
        if (path.isEmpty()) {
            return null;
        }
        try {
            SharedFile shared = SharedFile.attach(path, invitation.ringBytes());
            // both sides have it now; nobody else can open it, and nothing is left behind however this ends
            boolean _ = new File(path).delete();
            return shared;
        } catch (IOException | RuntimeException e) {
            // the parent is told in the hello, and data goes through a socket
            return null;
        }
    }

    private static SocketChannel dial(Invitation invitation) throws IOException {
        SocketAddress address = invitation.socketAddress();
        SocketChannel socket =
                SocketChannel.open(invitation.isTcp() ? StandardProtocolFamily.INET : StandardProtocolFamily.UNIX);
        try {
            socket.connect(address);
            if (invitation.isTcp()) {
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private SocketLine introduce(SocketChannel socket, int role, boolean sharesMemory) throws IOException {
        try {
            if (invitation.isTcp()) {
                introduceWithChallenge(socket, role, sharesMemory);
            } else {
                byte[] nonce = new byte[Hello.TOKEN_BYTES];
                send(socket, hello(role, sharesMemory, nonce).encode(invitation.token(), null));
            }
            return new SocketLine(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void introduceWithChallenge(SocketChannel socket, int role, boolean sharesMemory) throws IOException {
        byte[] challenge = receive(socket);
        byte[] nonce = new byte[Hello.TOKEN_BYTES];
        new SecureRandom().nextBytes(nonce);
        send(socket, hello(role, sharesMemory, nonce).encode(invitation.token(), challenge));
        if (!MessageDigest.isEqual(receive(socket), Hello.answer(invitation.token(), nonce, challenge))) {
            throw new IOException("whoever listens at port " + invitation.port() + " is not the parent");
        }
    }

    private Hello hello(int role, boolean sharesMemory, byte[] nonce) {
        return new Hello(role, sharesMemory, pid, nonce, Hello.libraryVersion());
    }

    private static void send(SocketChannel socket, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            socket.write(buffer);
        }
    }

    private static byte[] receive(SocketChannel socket) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Hello.TOKEN_BYTES);
        while (buffer.hasRemaining()) {
            if (socket.read(buffer) < 0) {
                throw new EOFException("the parent has closed the connection");
            }
        }
        return buffer.array();
    }
}
