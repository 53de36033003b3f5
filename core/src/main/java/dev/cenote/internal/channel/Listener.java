// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/// Waits for one worker to connect.
///
/// ```
///   parent                                    worker
///   open: listening socket, shared file
///   start the process                         JVM starts
///   invite: address and token on its stdin ─► Connector: reads it, maps the file, deletes it
///   accept ◄───────────────────────────────── connects: control, then the bells or the data
///   checks each; closes and deletes the socket
/// ```
///
/// The worker dials because the parent can then wait for both, the connection and the death of the process; no port
/// is probed and no file is polled for. Anybody who can reach the address may dial. Such strangers are refused one
/// by one, silent ones are dropped when there are too many, and the worker is waited for all the same.
///
/// For one thread at a time.
public final class Listener implements AutoCloseable {

    private static final int MAX_CANDIDATES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ServerSocketChannel server;
    private final Invitation invitation;
    private final @Nullable UserPrincipal user;

    /// The path of the Unix-domain socket, null for TCP.
    private final @Nullable Path socketPath;

    /// A folder that was made because that of the caller has too long a path.
    private final @Nullable Path shortFolder;

    /// Null when memory is not shared, or no longer ours to take back.
    private @Nullable SharedPlace place;

    /// Who has not yet said who they are, the longest waiting first.
    private final Deque<Candidate> candidates = new ArrayDeque<>();

    /// What became of those who were refused, for the message if nobody else comes.
    private int refused;

    private String lastRefusal = "";

    private record Address(
            ServerSocketChannel server,
            @Nullable Path path,
            @Nullable Path folder) {}

    private Listener(
            Address address, Invitation invitation, @Nullable UserPrincipal user, @Nullable SharedPlace place) {
        this.server = address.server();
        this.socketPath = address.path();
        this.shortFolder = address.folder();
        this.invitation = invitation;
        this.user = user;
        this.place = place;
    }

    /// Loads what the first listener of a process needs; opens nothing that stays open.
    ///
    /// @throws IOException if there are no sockets here
    public static void prepare() throws IOException {
        RANDOM.nextBytes(new byte[Hello.TOKEN_BYTES]);
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).close();
        Selector.open().close();
    }

    /// Begins to listen.
    ///
    /// @param folder a folder of this worker that only this user can enter
    /// @param options how
    /// @return a listener that must be closed
    /// @throws IOException if no way to listen is possible
    public static Listener open(Path folder, ChannelOptions options) throws IOException {
        return open(folder, folder, options);
    }

    /// Begins to listen.
    ///
    /// @param folder a folder of this worker that only this user can enter
    /// @param memory a folder of the same kind for what is mapped, if possible in memory; it may be shared by workers,
    ///     and whoever has made it deletes it when this process ends in the middle
    /// @param options how
    /// @return a listener that must be closed
    /// @throws IOException if no way to listen is possible
    public static Listener open(Path folder, Path memory, ChannelOptions options) throws IOException {
        return open(folder, memory, options, SharedFile::writeZeros);
    }

    static Listener open(Path folder, Path memory, ChannelOptions options, SharedFile.Reserve reserve)
            throws IOException {
        // interrupted threads cannot use files and sockets: the JDK closes them
        boolean interrupted = Thread.interrupted();
        try {
            Address address = options.unixSockets() ? bindUnix(folder) : null;
            if (address == null) {
                address = new Address(bindTcp(), null, null);
            }
            SharedPlace place = null;
            try {
                place = options.sharedMemory() ? SharedPlace.make(folder, memory, options.ringBytes(), reserve) : null;
                return new Listener(address, invitation(address, place, options), user(address), place);
            } catch (IOException | RuntimeException e) {
                close(address.server(), address.path(), address.folder());
                if (place != null) {
                    place.giveUp();
                }
                throw e;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static @Nullable Address bindUnix(Path folder) {
        Path path = folder.resolve("s");
        ServerSocketChannel server = bindUnixAt(path);
        if (server != null) {
            return new Address(server, path, null);
        }
        for (String shorter : new String[] {System.getProperty("java.io.tmpdir", "/tmp"), "/tmp"}) {
            Path made = privateFolder(Path.of(shorter));
            server = made == null ? null : bindUnixAt(made.resolve("s"));
            if (made != null && server != null) {
                return new Address(server, made.resolve("s"), made);
            }
            Quiet.delete(made);
        }
        return null;
    }

    private static @Nullable ServerSocketChannel bindUnixAt(Path path) {
        ServerSocketChannel server = null;
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
            server.configureBlocking(false);
            return server;
        } catch (IOException | UnsupportedOperationException e) {
            // not on this machine, or the path is too long: 107 bytes on Linux, 103 on macOS
            Quiet.close(server);
            return null;
        }
    }

    private static ServerSocketChannel bindTcp() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
            // a literal: what localhost means is up to the machine
            server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            server.configureBlocking(false);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static Invitation invitation(Address address, @Nullable SharedPlace place, ChannelOptions options)
            throws IOException {
        byte[] token = new byte[Hello.TOKEN_BYTES];
        RANDOM.nextBytes(token);
        int port = address.server().getLocalAddress() instanceof InetSocketAddress tcp ? tcp.getPort() : 0;
        return new Invitation(
                token,
                port,
                address.path() == null ? "" : address.path().toString(),
                options.ringBytes(),
                place == null ? "" : place.path().toString());
    }

    /// {@return the user of this process as the peer of a Unix-domain socket sees it, null if that is not known here}
    ///
    /// A connection of our own tells, whatever user names and file owners look like on this machine.
    private static @Nullable UserPrincipal user(Address address) throws IOException {
        SocketAddress self = address.server().getLocalAddress();
        if (address.path() == null) {
            return null;
        }
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            if (!socket.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
                return null;
            }
            socket.connect(self);
            UserPrincipal user =
                    socket.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            Quiet.close(address.server().accept());
            return user;
        } catch (NoClassDefFoundError e) {
            // a runtime image that was linked without jdk.net; the folder keeps others out there too
            return null;
        }
    }

    private static @Nullable Path privateFolder(Path parent) {
        byte[] name = new byte[8];
        RANDOM.nextBytes(name);
        Path folder = parent.resolve("cenote-" + HexFormat.of().formatHex(name));
        try {
            return Files.createDirectory(folder, SharedFile.forOwnerOnly("rwx------"));
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /// Tells the worker where to connect.
    ///
    /// @param stdin the standard input of the worker; it is flushed and stays open
    /// @throws IOException if it cannot be written, most likely because the worker has ended
    public void invite(OutputStream stdin) throws IOException {
        invitation.writeTo(stdin);
    }

    /// Waits for the worker and does not listen any more after that.
    ///
    /// @param pid the worker's process id, 0 if it is not known
    /// @param death is done when the worker has ended
    /// @param nanos at most how long to wait
    /// @return this side of the channel
    /// @throws IOException if the worker has ended, does not come in time, or runs another version of this library
    /// @throws InterruptedException if this thread is interrupted
    public Channel accept(long pid, CompletableFuture<?> death, long nanos) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + nanos;
        Arrivals arrivals = new Arrivals(invitation.token(), pid, place != null);
        boolean arrived = false;
        try (Selector selector = Selector.open()) {
            server.register(selector, SelectionKey.OP_ACCEPT);
            death.whenComplete((value, failure) -> selector.wakeup());
            while (!arrivals.isComplete()) {
                await(selector, death, deadline, nanos);
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.attachment() instanceof Candidate candidate) {
                        advance(candidate, arrivals);
                    } else {
                        takeAll(selector);
                    }
                }
                selector.selectedKeys().clear();
            }
            arrived = true;
        } finally {
            candidates.forEach(Candidate::close);
            if (!arrived) {
                arrivals.close();
            }
        }
        return connect(arrivals);
    }

    private void await(Selector selector, CompletableFuture<?> death, long deadline, long nanos)
            throws IOException, InterruptedException {
        long left = deadline - System.nanoTime();
        boolean over = left <= 0 || death.isDone();
        int ready = over ? selector.selectNow() : selector.select(TimeUnit.NANOSECONDS.toMillis(left) + 1);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (ready == 0 && death.isDone()) {
            throw new IOException("the worker ended before it had connected" + refusals());
        }
        if (ready == 0 && over) {
            throw new IOException(
                    "the worker did not connect within " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms" + refusals());
        }
    }

    private String refusals() {
        return refused == 0 ? "" : "; others who tried were refused: " + refused + ", the last because " + lastRefusal;
    }

    private void takeAll(Selector selector) throws IOException {
        for (SocketChannel socket = server.accept(); socket != null; socket = server.accept()) {
            try {
                candidates.add(Candidate.begin(socket, selector, user, invitation.isTcp() ? RANDOM : null));
            } catch (IOException e) {
                refuse(socket, reason(e));
            }
            if (candidates.size() > MAX_CANDIDATES) {
                refuse(candidates.remove(), "it said nothing for too long");
            }
        }
    }

    private void advance(Candidate candidate, Arrivals arrivals) throws IOException {
        Hello.Signed hello;
        try {
            hello = candidate.advance();
        } catch (IOException e) {
            candidates.remove(candidate);
            refuse(candidate, reason(e));
            return;
        }
        if (hello != null) {
            String refusal = arrivals.add(candidate, hello);
            candidates.remove(candidate);
            if (refusal != null) {
                refuse(candidate, refusal);
            }
        }
    }

    private static String reason(IOException e) {
        return String.valueOf(e.getMessage());
    }

    private void refuse(AutoCloseable stranger, String reason) {
        Quiet.close(stranger);
        refused++;
        lastRefusal = reason;
    }

    private Channel connect(Arrivals arrivals) {
        if (!arrivals.sharesMemory() || place == null) {
            close();
            return new StreamChannel(arrivals.line(Hello.CONTROL), arrivals.line(Hello.DATA));
        }
        SharedFile shared = place.file();
        place.delete();
        place = null;
        close();
        return new RingChannel(
                shared,
                true,
                arrivals.line(Hello.CONTROL),
                arrivals.line(Hello.BELL_TO_WORKER),
                arrivals.line(Hello.BELL_TO_PARENT));
    }

    /// Stops listening, and takes back what no channel was made of. Does nothing more the second time.
    @Override
    public void close() {
        close(server, socketPath, shortFolder);
        if (place != null) {
            place.giveUp();
            place = null;
        }
    }

    private static void close(ServerSocketChannel server, @Nullable Path path, @Nullable Path folder) {
        Quiet.close(server);
        Quiet.delete(path);
        Quiet.delete(folder);
    }
}
