// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.internal.wire.CorruptFrameException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Who is let in, who is not, and what happens when nobody comes.
@Timeout(60)
class HandshakeTest {

    private static final long PID = ProcessHandle.current().pid();

    @TempDir
    Path folder;

    private Invitation invitation(Listener listener) throws IOException {
        return Invitation.readFrom(new ByteArrayInputStream(Pair.invitation(listener)));
    }

    private static Channel connect(Invitation invitation) throws IOException {
        ByteArrayOutputStream stdin = new ByteArrayOutputStream();
        invitation.writeTo(stdin);
        return Connector.connect(new ByteArrayInputStream(stdin.toByteArray()));
    }

    private static SocketChannel dial(Invitation invitation) throws IOException {
        SocketChannel socket =
                SocketChannel.open(invitation.isTcp() ? StandardProtocolFamily.INET : StandardProtocolFamily.UNIX);
        socket.connect(invitation.socketAddress());
        return socket;
    }

    private static FutureTask<Channel> accept(Listener listener, CompletableFuture<?> death) {
        return Pair.start(() -> listener.accept(PID, death, Pair.PATIENCE_NANOS));
    }

    private static void expectWorks(Listener listener, FutureTask<Channel> accepting) throws Exception {
        try (Channel worker = Connector.connect(new ByteArrayInputStream(Pair.invitation(listener)));
                Channel parent = accepting.get()) {
            worker.sendControl(new byte[] {1});
            assertThat(parent.receiveControl()).containsExactly(1);
            parent.write(new byte[] {2}, 0, 1);
            parent.flush();
            byte[] bytes = new byte[1];
            assertThat(worker.read(bytes, 0, 1)).isEqualTo(1);
            assertThat(bytes).containsExactly(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongToken_isRefusedAndTheWorkerIsStillAwaited(Way way) throws Exception {
        try (Listener listener = Listener.open(folder, way.options())) {
            Invitation right = invitation(listener);
            Invitation wrong = new Invitation(new byte[32], right.port(), right.address(), right.ringBytes(), "");
            FutureTask<Channel> accepting = accept(listener, new CompletableFuture<>());
            if (right.isTcp()) {
                assertThatThrownBy(() -> connect(wrong)).isInstanceOf(IOException.class);
            } else {
                try (Channel stranger = connect(wrong)) {
                    assertThat(stranger.receiveControl()).isNull();
                }
            }
            expectWorks(listener, accepting);
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongProcess_isRefused(Way way) throws Exception {
        try (Listener listener = Listener.open(folder, way.options())) {
            FutureTask<Channel> accepting = Pair.start(
                    () -> listener.accept(PID + 1, new CompletableFuture<>(), TimeUnit.MILLISECONDS.toNanos(300)));
            try (Channel stranger = connect(invitation(listener))) {
                assertThat(stranger.receiveControl()).isNull();
            } catch (IOException e) {
                // it may have noticed while it connected
            }
            assertThatThrownBy(accepting::get).hasMessageContaining("it is process " + PID);
        }
    }

    @ParameterizedTest
    @EnumSource
    void strangers_doNotKeepTheWorkerOut(Way way) throws Exception {
        List<SocketChannel> strangers = new ArrayList<>();
        try (Listener listener = Listener.open(folder, way.options())) {
            FutureTask<Channel> accepting = accept(listener, new CompletableFuture<>());
            Invitation invitation = invitation(listener);
            for (int i = 0; i < 40; i++) {
                strangers.add(dial(invitation));
            }
            strangers.get(37).write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(ISO_8859_1)));
            strangers.get(38).write(ByteBuffer.wrap(new byte[] {100, 0, 0, 0, 1, 2, 3}));
            strangers.get(39).close();
            expectWorks(listener, accepting);
        } finally {
            for (SocketChannel stranger : strangers) {
                stranger.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void death_endsTheWaiting(Way way) throws Exception {
        try (Listener listener = Listener.open(folder, way.options())) {
            CompletableFuture<Void> death = new CompletableFuture<>();
            FutureTask<Channel> accepting = accept(listener, death);
            try (SocketChannel silent = dial(invitation(listener))) {
                assertThat(silent.isConnected()).isTrue();
                death.complete(null);
                assertThatThrownBy(accepting::get)
                        .hasCauseInstanceOf(IOException.class)
                        .hasMessageContaining("the worker ended before it had connected");
            }
        }
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource
    void nobody_isWaitedForUntilTheDeadline(Way way) throws Exception {
        String shared;
        try (Listener listener = Listener.open(folder, way.options())) {
            shared = invitation(listener).sharedFile();
            assertThatThrownBy(() -> listener.accept(PID, new CompletableFuture<>(), 1_000_000))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the worker did not connect within 1 ms");
        }
        assertThat(folder).isEmptyDirectory();
        if (!shared.isEmpty()) {
            assertThat(Path.of(shared)).doesNotExist();
        }
    }

    @Test
    void interrupt_endsTheWaiting() throws Exception {
        try (Listener listener = Listener.open(folder, Way.RINGS.options())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> listener.accept(PID, new CompletableFuture<>(), Pair.PATIENCE_NANOS))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void interruptedThread_canOpen() throws Exception {
        Thread.currentThread().interrupt();
        try (Listener listener = Listener.open(folder, Way.RINGS.options())) {
            assertThat(Thread.interrupted()).isTrue();
            expectWorks(listener, accept(listener, new CompletableFuture<>()));
        }
    }

    @Test
    void otherVersion_failsAtOnceWithBothVersions() throws Exception {
        try (Listener listener = Listener.open(folder, Way.SOCKET.options())) {
            FutureTask<Channel> accepting = accept(listener, new CompletableFuture<>());
            Invitation invitation = invitation(listener);
            byte[] hello = new Hello(Hello.CONTROL, false, PID, new byte[32], "9.9").encode(invitation.token(), null);
            try (SocketChannel socket = dial(invitation)) {
                socket.write(ByteBuffer.wrap(hello));
                assertThatThrownBy(accepting::get)
                        .hasMessageContaining("the worker runs version '9.9' of this library, expected '"
                                + Hello.libraryVersion() + "'");
            }
        }
    }

    @Test
    void messageThatComesBeforeTheLastConnection_isKept() throws Exception {
        try (Listener listener = Listener.open(folder, Way.SOCKET.options())) {
            FutureTask<Channel> accepting = accept(listener, new CompletableFuture<>());
            Invitation invitation = invitation(listener);
            try (SocketChannel control = dial(invitation);
                    SocketChannel data = dial(invitation)) {
                control.write(ByteBuffer.wrap(hello(Hello.CONTROL, invitation)));
                for (int i = 0; i < 100; i++) {
                    control.write(ByteBuffer.wrap(new byte[] {1, 0, 0, 0, (byte) i}));
                }
                data.write(ByteBuffer.wrap(hello(Hello.DATA, invitation)));
                try (Channel parent = accepting.get()) {
                    for (int i = 0; i < 100; i++) {
                        assertThat(parent.receiveControl()).containsExactly(i);
                    }
                }
            }
        }
    }

    private static byte[] hello(int role, Invitation invitation) {
        return new Hello(role, false, PID, new byte[32], Hello.libraryVersion()).encode(invitation.token(), null);
    }

    @Test
    void parentThatDoesNotKnowTheToken_isNotTrusted() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        try (Listener listener = Listener.open(other, Way.TCP.options())) {
            Invitation right = invitation(listener);
            // the worker was invited with another token: to it, this listener is a stranger at the parent's port
            Invitation wrong = new Invitation(new byte[32], right.port(), "", right.ringBytes(), "");
            FutureTask<Channel> connecting = Pair.start(() -> connect(wrong));
            FutureTask<Channel> accepting = Pair.start(
                    () -> listener.accept(PID, new CompletableFuture<>(), TimeUnit.MILLISECONDS.toNanos(200)));
            assertThatThrownBy(connecting::get).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(accepting::get).hasMessageContaining("it does not know the token");
        }
    }

    @Test
    void tokenOfTcp_isNeverSent() throws Exception {
        byte[] token = new byte[32];
        token[0] = 42;
        byte[] hello = new Hello(Hello.CONTROL, false, PID, new byte[32], "1").encode(token, new byte[32]);
        assertThat(new String(hello, ISO_8859_1)).doesNotContain(new String(token, ISO_8859_1));
        Hello.Signed decoded = Hello.decode(Arrays.copyOfRange(hello, 4, hello.length));
        assertThat(decoded.proves(token, new byte[32])).isTrue();
        byte[] otherChallenge = new byte[32];
        otherChallenge[31] = 1;
        assertThat(decoded.proves(token, otherChallenge)).isFalse();
        assertThat(decoded.proves(new byte[32], new byte[32])).isFalse();
        assertThat(decoded.proves(token, null)).isFalse();
    }

    @Test
    void hello_isRefusedWhenCutOrChanged() throws Exception {
        byte[] framed = new Hello(Hello.CONTROL, false, PID, new byte[32], "1").encode(new byte[32], null);
        byte[] hello = Arrays.copyOfRange(framed, 4, framed.length);
        assertThat(Hello.decode(hello).hello().pid()).isEqualTo(PID);
        for (int length = 0; length < hello.length; length++) {
            byte[] cut = Arrays.copyOf(hello, length);
            assertThatThrownBy(() -> Hello.decode(cut)).isInstanceOf(CorruptFrameException.class);
        }
        hello[0]++;
        assertThatThrownBy(() -> Hello.decode(hello)).isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void invitation_isReadExactly() throws Exception {
        Invitation invitation = new Invitation(new byte[32], 7, "", 1 << 16, "/dev/shm/x");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        invitation.writeTo(bytes);
        bytes.write(99);
        ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
        Invitation read = Invitation.readFrom(in);
        assertThat(read).usingRecursiveComparison().isEqualTo(invitation);
        assertThat(in.read()).as("what follows belongs to others").isEqualTo(99);
        byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 2);
        assertThatThrownBy(() -> Invitation.readFrom(new ByteArrayInputStream(cut)))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> Invitation.readFrom(new ByteArrayInputStream("hello world\n".getBytes(ISO_8859_1))))
                .isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void noRoomForTheRings_meansASocket() throws Exception {
        SharedFile.Reserve full = (file, bytes) -> {
            file.write(ByteBuffer.allocate(10));
            throw new IOException("No space left on device");
        };
        try (Listener listener = Listener.open(folder, folder, Way.RINGS.options(), full)) {
            assertThat(invitation(listener).sharedFile()).isEmpty();
            try (Pair pair = Pair.connect(listener)) {
                assertThat(pair.parent().hasWords()).isFalse();
                assertThat(pair.worker().hasWords()).isFalse();
            }
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void workerThatCannotMap_getsASocket() throws Exception {
        try (Listener listener = Listener.open(folder, Way.RINGS.options())) {
            String shared = invitation(listener).sharedFile();
            Files.write(Path.of(shared), new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, StandardOpenOption.WRITE);
            try (Pair pair = Pair.connect(listener)) {
                assertThat(pair.parent().hasWords()).isFalse();
                pair.parent().write(new byte[] {1}, 0, 1);
                pair.parent().flush();
                assertThat(pair.worker().read(new byte[1], 0, 1)).isEqualTo(1);
            }
            assertThat(Path.of(shared)).doesNotExist();
        }
    }

    @Test
    void sharedFile_liesInTheFolderForMemoryUntilItIsMapped() throws Exception {
        Path own = Files.createDirectory(folder.resolve("own"));
        Path memory = Files.createDirectory(folder.resolve("memory"));
        try (Listener listener = Listener.open(own, memory, Way.RINGS.options())) {
            Path shared = Path.of(invitation(listener).sharedFile());
            assertThat(shared).exists().hasParent(memory);
            try (Pair pair = Pair.connect(listener)) {
                assertThat(pair.parent().hasWords()).isTrue();
                assertThat(shared).doesNotExist();
            }
        }
        assertThat(memory).isEmptyDirectory();
    }

    @Test
    void files_areForThisUserOnly() throws Exception {
        try (Listener listener = Listener.open(folder, Way.RINGS.options())) {
            Path shared = Path.of(invitation(listener).sharedFile());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared.getParent())))
                    .isEqualTo("rwx------");
        }
    }
}
