// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.share.Domains.Domain;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The arguments and answers of calls as bytes.
///
/// ```
/// 0 null | 1 value | 2 exception | 3 timed out | 4 nothing | 5 closed
/// 6 u32 slot | u32 base | u32 n | n x (u32 length | item)
/// 7 true | 8 false | 9 interrupted
/// ```
final class Values {

    private static final int NULL = 0;
    private static final int VALUE = 1;
    private static final int FAILED = 2;
    private static final int TIMED_OUT = 3;
    private static final int NOTHING = 4;
    private static final int CLOSED = 5;
    private static final int BATCH = 6;
    private static final int TRUE = 7;
    private static final int FALSE = 8;
    private static final int INTERRUPTED = 9;

    private Values() {}

    /// {@return whether an answer can be written without running code of the user, and without waiting}
    static boolean isReady(@Nullable Object value, Domain domain) {
        return switch (value) {
            case null -> true;
            case Boolean _, Integer _, Long _, String _ -> true;
            case Batch batch -> batch.isReadyFor(domain);
            default -> isMark(value);
        };
    }

    private static boolean isMark(Object value) {
        return value == Resource.TIMED_OUT
                || value == Resource.INTERRUPTED
                || value == Resource.NOTHING
                || value == QueueResource.CLOSED;
    }

    /// Writes an argument or an answer.
    ///
    /// @param out where to; as it was if the value cannot be written
    static void put(WireWriter out, @Nullable Object value, Domain domain) throws IOException, ClassNotFoundException {
        int start = out.position();
        try {
            switch (value) {
                case null -> out.putByte(NULL);
                case Boolean flag -> out.putByte(flag ? TRUE : FALSE);
                case Batch batch -> putBatch(out, batch, domain);
                case Failed failed -> {
                    out.putByte(FAILED);
                    domain.codec().writeThrowable(out, failed.why());
                }
                default -> putOther(out, value, domain);
            }
        } catch (Throwable e) {
            out.rewind(start);
            throw e;
        }
    }

    private static void putOther(WireWriter out, Object value, Domain domain) {
        if (value == Resource.TIMED_OUT) {
            out.putByte(TIMED_OUT);
        } else if (value == Resource.INTERRUPTED) {
            out.putByte(INTERRUPTED);
        } else if (value == Resource.NOTHING) {
            out.putByte(NOTHING);
        } else if (value == QueueResource.CLOSED) {
            out.putByte(CLOSED);
        } else {
            out.putByte(VALUE);
            domain.codec().write(out, value, "a value of a shared object");
        }
    }

    private static void putBatch(WireWriter out, Batch batch, Domain domain)
            throws IOException, ClassNotFoundException {
        beginBatch(out, batch.slot(), batch.base(), batch.items().size());
        for (Item item : batch.items()) {
            item.write(out, domain);
        }
    }

    /// Writes the answer to a call that never came.
    static void putNothing(WireWriter out) {
        out.putByte(NOTHING);
    }

    /// Begins a batch.
    ///
    /// @return where its number of items can be changed
    static int beginBatch(WireWriter out, int slot, int base, int count) {
        out.putByte(BATCH);
        out.putInt(slot);
        out.putInt(base);
        out.putInt(count);
        return out.position() - Integer.BYTES;
    }

    /// Reads an argument or an answer.
    ///
    /// @param in where from
    /// @param domain how it was written
    /// @param from what messages call the other process
    static @Nullable Object get(WireReader in, Domain domain, String from) throws IOException, ClassNotFoundException {
        int kind = in.getByte();
        return switch (kind) {
            case NULL -> null;
            case VALUE -> domain.codec().read(in);
            case FAILED -> new Failed(domain.codec().readThrowable(in, from));
            case TIMED_OUT -> Resource.TIMED_OUT;
            case NOTHING -> Resource.NOTHING;
            case CLOSED -> QueueResource.CLOSED;
            case BATCH -> getBatch(in, domain);
            case TRUE -> true;
            case FALSE -> false;
            case INTERRUPTED -> Resource.INTERRUPTED;
            default -> throw new CorruptFrameException("a value of kind " + kind);
        };
    }

    private static Batch getBatch(WireReader in, Domain domain) throws IOException {
        int slot = in.getInt();
        int base = in.getInt();
        int count = in.getInt();
        List<Item> items = new ArrayList<>(Math.clamp(count, 0, in.left() / Integer.BYTES));
        for (int i = 0; i < count; i++) {
            items.add(Item.read(in, domain));
        }
        return new Batch(slot, base, items);
    }
}
