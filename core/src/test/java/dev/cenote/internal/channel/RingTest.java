// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.internal.wire.CorruptFrameException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One ring, without a channel around it.
@Timeout(60)
class RingTest {

    private static final int SIZE = 1 << 12;

    @TempDir
    Path folder;

    private SharedFile shared;
    private SocketLine writingLine;
    private SocketLine readingLine;
    private RingWriter writer;
    private RingReader reader;

    @BeforeEach
    void open() throws IOException {
        shared = SharedFile.create(folder.resolve("r"), SIZE, SharedFile::writeZeros);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
            writingLine = new SocketLine(SocketChannel.open(server.getLocalAddress()));
            readingLine = new SocketLine(server.accept());
        }
        writer = new RingWriter(
                shared, 1, new Doorbell(shared, 1, false, new SocketBell(writingLine), new Spin(new Never())));
        reader = new RingReader(
                shared, 1, new Doorbell(shared, 1, true, new SocketBell(readingLine), new Spin(new Never())));
    }

    /// Every wait is a sleep.
    private static final class Never implements Spin.Gate {
        @Override
        public boolean enter() {
            return false;
        }

        @Override
        public void exit() {}
    }

    @AfterEach
    void close() {
        writingLine.close();
        readingLine.close();
        shared.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 511, 513, 4095, 4096, 4097, 10_000})
    void messages_wrapAroundAtEveryOffset(int length) throws Exception {
        // an odd number of bytes after each message makes each begin at another offset, until all were used
        int step = length % 2 == 0 ? 1 : 2;
        FutureTask<Void> writing = Pair.start(() -> {
            byte[] bytes = new byte[length + step];
            Random random = new Random(length);
            long at = 0;
            for (int i = 0; i < SIZE; i++) {
                Pair.fill(bytes, bytes.length, at);
                writer.write(bytes, 0, bytes.length);
                at += bytes.length;
                if (length > SIZE || random.nextInt(8) == 0) {
                    writer.flush();
                }
            }
            writer.flush();
            return null;
        });
        byte[] bytes = new byte[length + 10];
        Random random = new Random(-length);
        long total = (long) SIZE * (length + step);
        for (long at = 0; at < total; ) {
            int count = reader.read(bytes, 3, 1 + random.nextInt(length), random.nextInt(4) * random.nextInt(length));
            byte[] came = Arrays.copyOfRange(bytes, 3, 3 + count);
            Pair.check(came, count, at);
            at += count;
        }
        writing.get();
        assertThat(reader.available()).isZero();
        assertThat(writer.free()).isEqualTo(SIZE);
    }

    @Test
    void pingPong_losesNoWakeUp() throws Exception {
        // each message is a sleep and a bell on both sides
        int rounds = 20_000;
        byte[] one = new byte[1];
        FutureTask<Void> writing = Pair.start(() -> {
            byte[] full = new byte[SIZE];
            for (int i = 0; i < rounds; i++) {
                writer.write(full, 0, i % 100 == 0 ? SIZE : 1);
                writer.flush();
            }
            return null;
        });
        long total = rounds / 100L * (SIZE - 1) + rounds;
        for (long i = 0; i < total; i++) {
            assertThat(reader.read(one, 0, 1, 0)).isEqualTo(1);
        }
        writing.get();
    }

    @Test
    void unpublishedBytes_areNeverSeen() throws Exception {
        writer.write(new byte[100], 0, 100);
        writer.flush();
        writer.write(new byte[200], 0, 200);
        writingLine.close();
        assertThat(reader.read(new byte[500], 0, 500, 0)).isEqualTo(100);
        assertThat(reader.read(new byte[500], 0, 500, 0)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, SIZE + 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void damagedPositionOfTheWriter_isNoticed(long written) {
        shared.set(SharedFile.cellsOfRing(1) + SharedFile.WRITTEN, written);
        assertThatThrownBy(() -> reader.read(new byte[1], 0, 1, 0)).isInstanceOf(CorruptFrameException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 101, Long.MAX_VALUE, Long.MIN_VALUE})
    void damagedPositionOfTheReader_isNoticed(long read) throws Exception {
        writer.write(new byte[100], 0, 100);
        writer.flush();
        shared.set(SharedFile.cellsOfRing(1) + SharedFile.READ, read);
        assertThatThrownBy(() -> writer.free()).isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void alarmOfADeadReader_failsTheWriter() throws Exception {
        shared.set(SharedFile.cellsOfRing(1) + SharedFile.READER_ALARM, 1);
        readingLine.close();
        writer.write(new byte[1], 0, 1);
        assertThatThrownBy(() -> writer.flush()).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 12, 16})
    void damagedHeader_isNoticed(int at) throws Exception {
        String path = folder.resolve("r").toString();
        SharedFile.attach(path, SIZE).close();
        try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
            file.seek(at);
            file.write(99);
        }
        assertThatThrownBy(() -> SharedFile.attach(path, SIZE)).isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void otherSize_isNoticedBeforeItIsMapped() throws Exception {
        String path = folder.resolve("r").toString();
        assertThatThrownBy(() -> SharedFile.attach(path, 2 * SIZE)).isInstanceOf(CorruptFrameException.class);
        try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
            file.setLength(SIZE);
        }
        assertThatThrownBy(() -> SharedFile.attach(path, SIZE)).isInstanceOf(CorruptFrameException.class);
        assertThatThrownBy(() -> SharedFile.attach(folder.resolve("none").toString(), SIZE))
                .isInstanceOf(IOException.class);
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void existingFile_isNotOverwritten() throws Exception {
        Path path = Files.writeString(folder.resolve("mine"), "mine");
        assertThatThrownBy(() -> SharedFile.create(path, SIZE, SharedFile::writeZeros))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(path).hasContent("mine");
    }

    @Test
    void fullFolder_leavesNoFile() {
        Path path = folder.resolve("new");
        assertThatThrownBy(() -> SharedFile.create(path, SIZE, (file, bytes) -> {
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(IOException.class);
        assertThat(path).doesNotExist();
    }
}
