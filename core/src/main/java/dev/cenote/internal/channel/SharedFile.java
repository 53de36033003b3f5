// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.CorruptFrameException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// The memory that both sides of a channel have mapped: a page of cells and two rings.
///
/// ```
///     0  magic            8 bytes
///     8  version          4 bytes
///    12  ring size        4 bytes
///    16  file size        8 bytes
///   128  workers may spin    written by the parent
///   256  ring 0, parent to child
///        +0  written up to       by the writer      positions count bytes since the beginning
///        +128  read up to        by the reader
///        +256  reader's alarm    see Doorbell
///        +384  writer's alarm    see Doorbell
///   768  ring 1, child to parent, the same
///  1280  words, 128 bytes apart
///  4096  bytes of ring 0, then bytes of ring 1
/// ```
///
/// Cells are 128 bytes apart because processors fetch cache lines of 64 bytes in pairs, and two sides that write
/// cells of one line take it from each other each time.
///
/// It is a mapped file because that is the only memory that two JVMs can share without native code. All blocks are
/// written before it is mapped, as a file that has holes in a full memory folder kills the process that touches one
/// (SIGBUS). The arena makes it possible to unmap it while others use it: they get an [IllegalStateException], which
/// callers turn into "closed". A byte buffer over the arena's segment serves for access, as that is the cheapest of
/// the ways to start with: about a third of what `FileChannel.map` without an arena costs in a fresh JVM, half of
/// the segment's own accessors.
///
/// Threads: safe as far as the cells are; the rings have one writer and one reader each.
final class SharedFile implements Doorbell.Cells, AutoCloseable {

    /// Makes sure that the file system has the room that a file promises.
    interface Reserve {

        /// Writes all blocks.
        ///
        /// @param file the empty file
        /// @param bytes how many
        void reserve(FileChannel file, long bytes) throws IOException;
    }

    static final int MAY_SPIN = 128;
    static final int WRITTEN = 0;
    static final int READ = 128;
    static final int READER_ALARM = 256;
    static final int WRITER_ALARM = 384;

    /// How many bytes are copied one by one.
    private static final int SMALL = 40;

    private static final VarHandle IN_ARRAY =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long MAGIC = 0x63656e6f74650001L;
    private static final int VERSION = 1;
    private static final int MAGIC_AT = 0;
    private static final int VERSION_AT = 8;
    private static final int RING_BYTES_AT = 12;
    private static final int FILE_BYTES_AT = 16;
    private static final int CELLS_OF_RINGS = 256;
    private static final int CELLS_OF_A_RING = 512;
    private static final int WORDS_AT = 1280;
    private static final int CELL_BYTES = 128;
    private static final int HEADER_BYTES = 4096;

    private static final VarHandle CELL = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private final Arena arena;
    private final MemorySegment segment;
    private final ByteBuffer memory;
    private final int ringBytes;

    SharedFile(Arena arena, MemorySegment segment, int ringBytes) {
        this.arena = arena;
        this.segment = segment;
        this.memory = segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        this.ringBytes = ringBytes;
    }

    /// Makes and maps a new file that nobody else can open.
    static SharedFile create(Path path, int ringBytes, Reserve reserve) throws IOException {
        long bytes = fileBytes(ringBytes);
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        SharedFile created;
        try (FileChannel file = FileChannel.open(path, options, forOwnerOnly("rw-------"))) {
            reserve.reserve(file, bytes);
            created = map(file, bytes, ringBytes);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
        ByteBuffer memory = created.memory;
        memory.putInt(VERSION_AT, VERSION);
        memory.putInt(RING_BYTES_AT, ringBytes);
        memory.putLong(FILE_BYTES_AT, bytes);
        created.set(MAGIC_AT, MAGIC);
        return created;
    }

    /// Maps a file that the other side has made, and checks that it is one.
    static SharedFile attach(String path, int ringBytes) throws IOException {
        long bytes = fileBytes(ringBytes);
        // before it is mapped: access behind the end of a file kills the process
        long length = new File(path).length();
        if (length != bytes) {
            throw new CorruptFrameException("shared file " + path + ": expected " + bytes + " bytes, got " + length);
        }
        SharedFile attached;
        try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
            attached = map(file.getChannel(), bytes, ringBytes);
        }
        try {
            attached.check(path, bytes);
        } catch (CorruptFrameException e) {
            attached.close();
            throw e;
        }
        return attached;
    }

    private static SharedFile map(FileChannel file, long bytes, int ringBytes) throws IOException {
        Arena arena = Arena.ofShared();
        return new SharedFile(arena, file.map(MapMode.READ_WRITE, 0, bytes, arena), ringBytes);
    }

    private void check(String path, long bytes) throws CorruptFrameException {
        expect(path, "magic", MAGIC, get(MAGIC_AT));
        expect(path, "version", VERSION, memory.getInt(VERSION_AT));
        expect(path, "ring size", ringBytes, memory.getInt(RING_BYTES_AT));
        expect(path, "file size", bytes, memory.getLong(FILE_BYTES_AT));
    }

    private static void expect(String path, String what, long expected, long actual) throws CorruptFrameException {
        if (actual != expected) {
            throw new CorruptFrameException(
                    "shared file " + path + ": expected " + what + " " + expected + ", got " + actual);
        }
    }

    /// Writes zeros. They take the blocks on every file system that we know of but those that compress.
    static void writeZeros(FileChannel file, long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(bytes, 1 << 16));
        long left = bytes;
        while (left > 0) {
            zeros.clear().limit((int) Math.min(left, zeros.capacity()));
            left -= file.write(zeros);
        }
    }

    static long fileBytes(int ringBytes) {
        return HEADER_BYTES + 2L * ringBytes;
    }

    static FileAttribute<?>[] forOwnerOnly(String permissions) {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        };
    }

    /// {@return the size of each ring}
    int ringBytes() {
        return ringBytes;
    }

    /// {@return where the cells of a ring are}
    static int cellsOfRing(int ring) {
        return CELLS_OF_RINGS + ring * CELLS_OF_A_RING;
    }

    /// {@return where the bytes of a ring are}
    int bytesOfRing(int ring) {
        return HEADER_BYTES + ring * ringBytes;
    }

    /// {@return the cell of a word}
    static int word(int index) {
        return WORDS_AT + index * CELL_BYTES;
    }

    @Override
    public long get(int cell) {
        return (long) CELL.getAcquire(memory, cell);
    }

    @Override
    public void set(int cell, long value) {
        CELL.setRelease(memory, cell, value);
    }

    boolean compareAndSet(int cell, long expected, long value) {
        return (boolean) CELL.compareAndSet(memory, cell, expected, value);
    }

    void copyIn(int to, byte[] bytes, int from, int count) {
        if (count > SMALL) {
            memory.put(to, bytes, from, count);
            return;
        }
        int at = 0; // a call of the copying routine costs more than these few bytes
        for (; at <= count - Long.BYTES; at += Long.BYTES) {
            memory.putLong(to + at, (long) IN_ARRAY.get(bytes, from + at));
        }
        for (; at < count; at++) {
            memory.put(to + at, bytes[from + at]);
        }
    }

    void copyIn(int to, MemorySegment source, long from, int count) {
        MemorySegment.copy(source, from, segment, to, count);
    }

    void copyOut(int from, MemorySegment target, long to, int count) {
        MemorySegment.copy(segment, from, target, to, count);
    }

    void copyOut(int from, byte[] bytes, int to, int count) {
        memory.get(from, bytes, to, count);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
