// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Memory that the home of a queue and one process that takes from it have both mapped, with a word for each queue:
/// how many items were lent to the process so far (the upper half), and how many of these it has claimed (the lower).
///
/// A process fetches items ahead, since to ask for each takes as long as a message there and back. What it has fetched
/// is only lent: before it hands an item to the program it claims it, by adding one to the lower half with a
/// compare-and-set. The home takes back what is not claimed by lowering the upper half in the same way, without asking
/// anybody: when somebody else wants items and there are none, and when the process has died. So each item has exactly
/// one owner at any time, whenever a process is killed. Both halves count on and on, and wrap.
///
/// All of the file is written before it is mapped: access to a page that the file system has no room for would end the
/// process.
///
/// Safe for use by several threads.
final class Claims {

    private static final int SLOTS = 512;
    private static final int BYTES = SLOTS * Long.BYTES;

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment memory;

    /// How many slots are in use; guarded by this.
    private int used;

    private Claims(MemorySegment memory) {
        this.memory = memory;
    }

    /// Makes the file.
    static Claims create(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocate(BYTES);
            while (zeros.hasRemaining()) {
                file.write(zeros);
            }
            return map(file);
        }
    }

    /// Maps the file that the home has made, and deletes it.
    static Claims attach(Path path) throws IOException {
        if (Files.size(path) != BYTES) {
            throw new IOException(path + " has " + Files.size(path) + " bytes, expected " + BYTES);
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return map(file);
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private static Claims map(FileChannel file) throws IOException {
        return new Claims(file.map(MapMode.READ_WRITE, 0, BYTES, Arena.ofAuto()));
    }

    /// {@return a slot for one more queue; -1 if there is none left}
    synchronized int slot() {
        return used < SLOTS ? used++ : -1;
    }

    long get(int slot) {
        return (long) WORD.getVolatile(memory, slot * (long) Long.BYTES);
    }

    boolean compareAndSet(int slot, long expected, long value) {
        return WORD.compareAndSet(memory, slot * (long) Long.BYTES, expected, value);
    }

    static int lent(long word) {
        return (int) (word >>> Integer.SIZE);
    }

    static int claimed(long word) {
        return (int) word;
    }

    static long word(int lent, int claimed) {
        return (long) lent << Integer.SIZE | Integer.toUnsignedLong(claimed);
    }
}
