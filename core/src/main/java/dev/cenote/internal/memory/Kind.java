// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.internal.wire.CorruptFrameException;

/// What a shared memory holds.
enum Kind {
    /// See [dev.cenote.SharedBytes].
    BYTES("SharedBytes", Byte.BYTES),

    /// See [dev.cenote.SharedInts].
    INTS("SharedInts", Integer.BYTES),

    /// See [dev.cenote.SharedLongs].
    LONGS("SharedLongs", Long.BYTES),

    /// See [dev.cenote.SharedDoubles].
    DOUBLES("SharedDoubles", Double.BYTES),

    /// See [dev.cenote.SharedCounter].
    COUNTER("SharedCounter", Long.BYTES),

    /// A value that was encoded, see [SharedBroadcast].
    VALUE("Broadcast", Byte.BYTES),

    /// The bytes of a memory segment, see [SharedBroadcast].
    SEGMENT("Broadcast", Byte.BYTES);

    private static final Kind[] ALL = values();

    /// How users call it.
    final String word;

    /// How many bytes an element takes.
    final int elementBytes;

    Kind(String word, int elementBytes) {
        this.word = word;
        this.elementBytes = elementBytes;
    }

    /// {@return the kind of a number that was read}
    ///
    /// @param number the number
    static Kind of(int number) throws CorruptFrameException {
        if (number < 0 || number >= ALL.length) {
            throw new CorruptFrameException("no such kind of shared memory: " + number);
        }
        return ALL[number];
    }

    /// {@return what messages call memory of this kind}
    ///
    /// @param bytes how many bytes it has
    String describe(long bytes) {
        return switch (this) {
            case COUNTER, VALUE, SEGMENT -> word;
            default -> word + "[length=" + bytes / elementBytes + "]";
        };
    }
}
