// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.internal.launch.OwnFolder;
import dev.cenote.internal.memory.Handle.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shared memory as this process has it mapped.
///
/// ```
///     0  magic            8 bytes
///     8  version          4 bytes
///    12  kind             4 bytes
///    16  token           16 bytes
///    32  bytes of data    8 bytes
///    40  state            8 bytes
///   128  the data, and zeros up to a multiple of 8 bytes
/// ```
///
/// All blocks are written before the file is mapped: a file with holes in a full folder kills the process that touches
/// one.
///
/// ## Who owns it
///
/// | state | means | left by |
/// | --- | --- | --- |
/// | open | a process owns it | a worker that returns it: handed over; `close`: closed |
/// | handed over | its owner has sent it, and keeps it until it has arrived | who maps it first, and owns it: open |
/// | closed | nobody may use it any more | nobody |
///
/// The owner is the process that made the memory, and after a worker has returned it, the one that got it. When the
/// owner closes it, or cannot reach it any more, others may still have it mapped; they let go when they look next, see
/// [Shared#sweep].
///
/// For any thread.
final class Region {

    /// Puts content into an empty file, so that all its blocks are there.
    @FunctionalInterface
    interface Fill {

        /// Writes all bytes.
        ///
        /// @param file the file
        /// @param bytes how many
        void fill(FileChannel file, long bytes) throws IOException;
    }

    /// Where the data begins: on a line of the cache, and of its neighbour.
    static final int HEADER_BYTES = 128;

    /// More than any machine has, and far from an overflow.
    private static final long MOST_BYTES = 1L << 56;

    private static final long MAGIC = 0x63656e6f74656d31L;
    private static final int VERSION = 1;
    private static final int MAGIC_AT = 0;
    private static final int VERSION_AT = 8;
    private static final int KIND_AT = 12;
    private static final int TOKEN_AT = 16;
    private static final int BYTES_AT = 32;
    private static final int STATE_AT = 40;

    private static final long OPEN = 0;
    private static final long HANDED_OVER = 1;
    private static final long CLOSED = 2;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final SecureRandom RANDOM = new SecureRandom();

    /// How many bytes are copied at a time.
    private static final int CHUNK = 1 << 20;

    final Kind kind;

    /// How many bytes are for the user.
    final long bytes;

    final Token token;

    /// The bytes for the user.
    final MemorySegment data;

    private final Arena arena;
    private final MemorySegment all;
    private final Backing backing;

    /// Whether this process ends it for all; guarded by this.
    private boolean owner;

    /// Set once, under the lock of this; read by any thread.
    private volatile boolean closed;

    /// The memory mapped once more, for those who use it without this; guarded by this.
    private @Nullable MemorySegment view;

    private Region(Kind kind, long bytes, Token token, Arena arena, MemorySegment all, Backing backing) {
        this.kind = kind;
        this.bytes = bytes;
        this.token = token;
        this.arena = arena;
        this.all = all;
        this.data = all.asSlice(HEADER_BYTES, bytes);
        this.backing = backing;
    }

    // ---- making

    /// Makes memory that is zero.
    ///
    /// @param kind what it is for
    /// @param length how many elements
    /// @throws IllegalArgumentException if there can be no such length
    /// @throws UncheckedIOException if there is no room
    static Region create(Kind kind, long length) {
        return create(kind, length, List.of());
    }

    /// Makes memory that begins with copies of other memory, one after the other.
    ///
    /// @param kind what it is for
    /// @param length how many elements
    /// @param content the other memory
    /// @throws IllegalArgumentException if there can be no such length
    /// @throws UncheckedIOException if there is no room
    static Region create(Kind kind, long length, List<MemorySegment> content) {
        if (length < 0 || length > MOST_BYTES / kind.elementBytes) {
            throw new IllegalArgumentException(
                    "length must be from 0 to " + MOST_BYTES / kind.elementBytes + ": " + length);
        }
        try {
            return create(
                    kind, length * kind.elementBytes, MemoryFolder.path(), (file, bytes) -> fill(file, content, bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("no shared memory can be made: " + e.getMessage(), e);
        }
    }

    /// Makes memory in a folder.
    static Region create(Kind kind, long bytes, Path folder, Fill fill) throws IOException {
        long fileBytes = fileBytes(bytes);
        if (MemoryFolder.free(folder) < fileBytes) {
            Shared.collect(() -> MemoryFolder.free(folder) >= fileBytes);
        }
        if (MemoryFolder.free(folder) < fileBytes) {
            throw MemoryFolder.noRoom(kind.describe(bytes), fileBytes, folder, null);
        }
        Token token = new Token(RANDOM.nextLong(), RANDOM.nextLong());
        return Backing.uninterrupted(() -> tryCreate(kind, bytes, token, folder, fill));
    }

    private static Region tryCreate(Kind kind, long bytes, Token token, Path folder, Fill fill) throws IOException {
        String name = OwnFolder.prefix() + HexFormat.of().toHexDigits(RANDOM.nextLong()) + OwnFolder.SUFFIX;
        long fileBytes = fileBytes(bytes);
        Backing backing = Backing.create(folder, name, true);
        try {
            try {
                fill.fill(backing.channel(), fileBytes);
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                throw MemoryFolder.noRoom(kind.describe(bytes), fileBytes, folder, e);
            }
            Region made = map(kind, bytes, token, backing);
            made.writeHeader();
            made.owner = true;
            return made;
        } catch (Throwable e) {
            backing.close();
            throw e;
        }
    }

    private static Region map(Kind kind, long bytes, Token token, Backing backing) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment all = Backing.map(backing.channel(), fileBytes(bytes), arena);
            return new Region(kind, bytes, token, arena, all, backing);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    private static long fileBytes(long bytes) {
        return HEADER_BYTES + (bytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    }

    private void writeHeader() {
        all.set(ValueLayout.JAVA_INT, VERSION_AT, VERSION);
        all.set(ValueLayout.JAVA_INT, KIND_AT, kind.code);
        all.set(ValueLayout.JAVA_LONG, TOKEN_AT, token.high());
        all.set(ValueLayout.JAVA_LONG, TOKEN_AT + Long.BYTES, token.low());
        all.set(ValueLayout.JAVA_LONG, BYTES_AT, bytes);
        LONG.setRelease(all, (long) MAGIC_AT, MAGIC);
    }

    private static void fill(FileChannel file, List<MemorySegment> content, long bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(Math.min(bytes, CHUNK));
            write(file, chunk.asSlice(0, HEADER_BYTES));
            long left = bytes - HEADER_BYTES;
            for (MemorySegment each : content) {
                copy(file, each, chunk);
                left -= each.byteSize();
            }
            chunk.fill((byte) 0);
            while (left > 0) {
                long now = Math.min(left, chunk.byteSize());
                write(file, chunk.asSlice(0, now));
                left -= now;
            }
        }
    }

    /// Writes memory by way of a piece that fits into the cache: the channel would copy an array as a whole first.
    private static void copy(FileChannel file, MemorySegment source, MemorySegment chunk) throws IOException {
        for (long done = 0; done < source.byteSize(); ) {
            long now = Math.min(source.byteSize() - done, chunk.byteSize());
            MemorySegment.copy(source, done, chunk, 0, now);
            write(file, chunk.asSlice(0, now));
            done += now;
        }
    }

    private static void write(FileChannel file, MemorySegment part) throws IOException {
        ByteBuffer buffer = part.asByteBuffer();
        while (buffer.hasRemaining()) {
            int _ = file.write(buffer);
        }
    }

    /// Maps the memory that another process has told of.
    ///
    /// @param handle what it has told
    /// @throws IOException if it is not there any more
    static Region attach(Handle handle) throws IOException {
        try {
            return Backing.uninterrupted(() -> tryAttach(handle));
        } catch (IOException e) {
            throw new IOException(handle + " is not there any more: " + e.getMessage(), e);
        }
    }

    private static Region tryAttach(Handle handle) throws IOException {
        Backing backing = Backing.open(handle, fileBytes(handle.bytes()));
        Region found;
        try {
            found = map(handle.kind(), handle.bytes(), handle.token(), backing);
        } catch (Throwable e) {
            backing.close();
            throw e;
        }
        try {
            found.check();
            found.owner = LONG.compareAndSet(found.all, (long) STATE_AT, HANDED_OVER, OPEN);
            return found;
        } catch (Throwable e) {
            found.close();
            throw e;
        }
    }

    private void check() throws IOException {
        if ((long) LONG.getAcquire(all, (long) MAGIC_AT) != MAGIC
                || all.get(ValueLayout.JAVA_INT, VERSION_AT) != VERSION
                || all.get(ValueLayout.JAVA_INT, KIND_AT) != kind.code
                || all.get(ValueLayout.JAVA_LONG, TOKEN_AT) != token.high()
                || all.get(ValueLayout.JAVA_LONG, TOKEN_AT + Long.BYTES) != token.low()
                || all.get(ValueLayout.JAVA_LONG, BYTES_AT) != bytes) {
            throw new IOException("other memory is there now");
        }
        if (isEnded()) {
            throw new IOException("it was closed");
        }
    }

    /// {@return the bytes for the user, up to a whole word}
    MemorySegment words() {
        return all.asSlice(HEADER_BYTES);
    }

    // ---- life

    /// {@return what to tell other processes}
    Handle handle() throws IOException {
        return backing.handle(kind, bytes, token);
    }

    /// {@return the same bytes, for as long as anybody can reach this segment, also after a close}
    synchronized MemorySegment view() {
        if (closed) {
            throw new IllegalStateException(kind.describe(bytes) + " was closed");
        }
        MemorySegment made = view;
        if (made == null) {
            try {
                made = backing.mapAgain(fileBytes(bytes)).asSlice(HEADER_BYTES, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        kind.describe(bytes) + " cannot be mapped once more: " + e.getMessage(), e);
            }
            view = made;
        }
        return made;
    }

    /// {@return whether its owner has closed it, or lost it; for those who have it mapped}
    boolean isEnded() {
        return (long) LONG.getVolatile(all, (long) STATE_AT) == CLOSED;
    }

    /// {@return whether this process has sent it away, and it has not arrived}
    synchronized boolean isUnderWay() {
        return !closed && (long) LONG.getVolatile(all, (long) STATE_AT) == HANDED_OVER;
    }

    /// Lets the next process that maps it own it, if it is this one that does now.
    ///
    /// @return whether it was
    synchronized boolean handOver() {
        if (!owner || closed) {
            return false;
        }
        owner = false;
        LONG.setVolatile(all, (long) STATE_AT, HANDED_OVER);
        return true;
    }

    /// {@return whether it is mapped here, but its owner, which is another process, has ended it}
    synchronized boolean isLeftOver() {
        return !owner && !closed && isEnded();
    }

    boolean isClosed() {
        return closed;
    }

    /// Lets go of it, for all processes if this one owns it. Does nothing the second time.
    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            view = null;
            if (owner) {
                LONG.setVolatile(all, (long) STATE_AT, CLOSED);
            }
        }
        backing.close();
        arena.close();
    }

    @Override
    public String toString() {
        return kind.describe(bytes);
    }
}
