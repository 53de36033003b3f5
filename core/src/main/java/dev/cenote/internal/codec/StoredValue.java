// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.Attachments;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A value that lies in memory as a frame would go through a channel: the frame, then its large arrays. So these are
/// copied once into the memory, and once out of it.
public final class StoredValue {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private StoredValue() {}

    /// {@return the parts of the encoded value, in their order; large arrays are those of the value itself}
    ///
    /// @param codec encodes it
    /// @param value the value
    /// @param what what messages call it
    /// @param keeper is told of shared memory in the value
    /// @throws dev.cenote.NotShippableException if it cannot travel
    public static List<MemorySegment> encode(
            ValueCodec codec, @Nullable Object value, String what, Consumer<Object> keeper) {
        WireWriter out = new WireWriter(512).keeper(keeper);
        boolean _ = out.attaching(true);
        int begin = Messages.begin(out, Messages.VALUE);
        codec.write(out, value, what);
        Messages.end(out, begin);
        List<MemorySegment> parts = new ArrayList<>();
        parts.add(MemorySegment.ofArray(out.array()).asSlice(0, out.position()));
        for (WireWriter.Attachment each : out.attachments()) {
            parts.add(each.content());
        }
        return parts;
    }

    /// Reads what was encoded.
    ///
    /// @param codec decodes it
    /// @param content the parts, one behind the other
    /// @return the value
    /// @throws IOException if it cannot be rebuilt here
    /// @throws ClassNotFoundException if one of its classes is unknown here
    public static @Nullable Object decode(ValueCodec codec, MemorySegment content)
            throws IOException, ClassNotFoundException {
        int word = content.get(INT, 0);
        int length = word & ~Messages.ATTACHED;
        byte[] frame = content.asSlice(Integer.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        Attachments attachments = new Attachments(new Behind(content, Integer.BYTES + (long) length), Long.MAX_VALUE);
        WireReader in = new WireReader(frame, 0, length, attachments);
        int size = word < 0 ? attachments.begin(in) : length;
        in.reset(frame, 0, size);
        if (in.getByte() != Messages.VALUE) {
            throw new CorruptFrameException("no value");
        }
        return codec.read(in);
    }

    /// What follows the frame.
    private static final class Behind implements Attachments.Source {

        private final MemorySegment content;
        private long at;

        Behind(MemorySegment content, long at) {
            this.content = content;
            this.at = at;
        }

        @Override
        public void read(MemorySegment target) {
            MemorySegment.copy(content, at, target, 0, target.byteSize());
            at += target.byteSize();
        }
    }
}
