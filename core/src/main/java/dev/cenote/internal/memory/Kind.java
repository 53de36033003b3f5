// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.internal.wire.CorruptFrameException;

/// What a shared memory holds.
enum Kind {
    /// See [dev.cenote.SharedBytes].
    BYTES(1, "SharedBytes", Byte.BYTES),

    /// See [dev.cenote.SharedInts].
    INTS(2, "SharedInts", Integer.BYTES),

    /// See [dev.cenote.SharedLongs].
    LONGS(3, "SharedLongs", Long.BYTES),

    /// See [dev.cenote.SharedDoubles].
    DOUBLES(4, "SharedDoubles", Double.BYTES),

    /// See [dev.cenote.SharedCounter].
    COUNTER(5, "SharedCounter", Long.BYTES),

    /// A value that was encoded, see [SharedBroadcast].
    VALUE(6, "Broadcast", Byte.BYTES),

    /// The bytes of a memory segment, see [SharedBroadcast].
    SEGMENT(7, "Broadcast", Byte.BYTES);

    private static final Kind[] ALL = values();

    /// What is written for it.
    final int code;

    /// How users call it.
    final String word;

    /// How many bytes an element takes.
    final int elementBytes;

    Kind(int code, String word, int elementBytes) {
        this.code = code;
        this.word = word;
        this.elementBytes = elementBytes;
    }

    /// {@return the kind with this code}
    ///
    /// @param code the code, which was read
    static Kind of(int code) throws CorruptFrameException {
        for (Kind each : ALL) {
            if (each.code == code) {
                return each;
            }
        }
        throw new CorruptFrameException("no such kind of shared memory: " + code);
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
