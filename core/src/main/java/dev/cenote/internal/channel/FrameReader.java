// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.Text;
import dev.cenote.internal.wire.Attachments;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireReader;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Cuts what comes over the data path of a channel into frames: four bytes of length, then as many bytes.
///
/// The length is not believed: room is made as the bytes arrive, so that a damaged one costs at most four times what
/// was really sent, or 64 MB. For one thread.
///
/// Where the other side writes a frame it does nothing but copy bytes that it has ready. So when none come for a long
/// time in the middle of one, it will never end: what came was no length.
///
/// What is attached to a frame goes straight into its arrays, as the frame is decoded; what was not asked for by then
/// is passed over.
public final class FrameReader {

    private static final int USUAL = 64 << 10;
    private static final int BELIEVED = 64 << 20;
    private static final int LARGEST = Integer.MAX_VALUE - 16;

    private final Channel channel;
    private final long patience;
    private final Attachments attachments;
    private final WireReader reader;
    private byte[] bytes = new byte[USUAL];

    /// Where what was not returned begins, and where it ends.
    private int from;

    private int end;
    private long total;

    /// See [#expect].
    private int expected;

    /// Creates a reader.
    ///
    /// @param channel the channel, whose data nobody else reads
    public FrameReader(Channel channel) {
        this(channel, Nanos.FOREVER);
    }

    /// Creates a reader.
    ///
    /// @param channel the channel, whose data nobody else reads
    /// @param patience how many nanoseconds may pass in the middle of a frame without a byte
    public FrameReader(Channel channel, long patience) {
        this.channel = channel;
        this.patience = patience;
        this.attachments = new Attachments(new Rest());
        this.reader = new WireReader(bytes, 0, 0, attachments);
    }

    /// Waits for the next frame.
    ///
    /// @return a reader of its content, good until the next call; `null` if the other side is gone
    /// @throws IOException if the channel is closed, or the other side was gone in the middle of a frame
    public @Nullable WireReader next() throws IOException {
        finish();
        if (!fill(Integer.BYTES, false)) {
            return null;
        }
        reader.reset(bytes, from, Integer.BYTES);
        int word = reader.getInt();
        int length = word & ~Messages.ATTACHED;
        if (length < 1 || length > LARGEST) {
            throw new CorruptFrameException("a frame of " + length + " bytes");
        }
        from += Integer.BYTES;
        if (!fill(length, true)) {
            throw new EOFException("the end in a frame of " + length + " bytes");
        }
        int content = length;
        if (word < 0) {
            reader.reset(bytes, from, length);
            content = attachments.begin(reader);
            total += attachments.left();
        }
        reader.reset(bytes, from, content);
        from += length;
        return reader;
    }

    /// Reads what is attached to the last frame, so that decoding it waits for nothing.
    ///
    /// @throws IOException if it does not come, or the heap has no room for it
    public void load() throws IOException {
        attachments.load();
    }

    /// {@return how many bytes were attached to all frames so far}
    public long attached() {
        return total;
    }

    /// Passes over what is attached to the last frame and was not read. After that nothing holds on to its arrays, and
    /// the other side has sent all of it.
    ///
    /// @throws IOException if it did not come
    public void finish() throws IOException {
        attachments.finish();
    }

    /// Looks at all that is here already, which may be many frames and a part of one, and leaves it there.
    ///
    /// @return a reader of it, good until the next call of anything but [#consume]; `null` if there is nothing
    /// @throws IOException if the channel is closed
    public @Nullable WireReader peek() throws IOException {
        if (attachments.left() > 0) {
            return null;
        }
        if (end - from < Integer.BYTES + 1) {
            if (channel.available() == 0) {
                return null;
            }
            makeRoom(Math.min(end - from + 1, USUAL));
            end += Math.max(0, channel.read(bytes, end, bytes.length - end));
        }
        reader.reset(bytes, from, end - from);
        return reader;
    }

    /// Goes to a place in what was looked at, where a frame begins.
    ///
    /// @param position the position of the reader there
    public void consume(int position) {
        from = Math.clamp(position, from, end);
    }

    /// Says how much is expected to come soon, so that the next wait need not end with the first byte. It ends after a
    /// millisecond all the same.
    ///
    /// @param count how many bytes; 0 if nothing is known
    public void expect(int count) {
        expected = count;
    }

    /// {@return whether a whole frame is here, so that the next call does not wait}
    ///
    /// @throws IOException if the channel is closed
    public boolean isReady() throws IOException {
        return end - from >= Integer.BYTES ? isWhole() : channel.available() >= Integer.BYTES;
    }

    private boolean isWhole() throws IOException {
        reader.reset(bytes, from, end - from);
        return (long) (end - from) + channel.available()
                >= (long) Integer.BYTES + (reader.getInt() & ~Messages.ATTACHED);
    }

    /// {@return whether there are so many bytes; false at an end before the first}
    private boolean fill(int count, boolean inFrame) throws IOException {
        while (end - from < count) {
            makeRoom(count);
            if (inFrame || end > from) {
                awaitRest();
            }
            int read = channel.read(bytes, end, bytes.length - end, expected);
            expected = 0;
            if (read < 0) {
                return false;
            }
            end += read;
        }
        return true;
    }

    /// Waits for what must be on its way.
    private void awaitRest() throws IOException {
        if (channel.available() > 0) {
            return;
        }
        try {
            if (!channel.awaitReadable(patience)) {
                throw new CorruptFrameException(
                        "nothing for " + Text.of(Duration.ofNanos(patience)) + " in the middle of a frame");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever wants this to end closes the channel
        }
    }

    private void makeRoom(int count) {
        if (from == end) {
            from = 0;
            end = 0;
            if (bytes.length > 16 * USUAL && count <= USUAL) {
                bytes = new byte[USUAL]; // what one large value needed is not kept for ever
            }
        }
        boolean fits = count <= bytes.length;
        if (end < bytes.length && (fits ? count <= bytes.length - from : bytes.length >= BELIEVED)) {
            return;
        }
        int have = end - from;
        byte[] target = bytes;
        if (!fits) {
            long believed = Math.max(BELIEVED, 4L * bytes.length);
            target = new byte[(int) Math.min(Math.max(Math.min(count, believed), 2L * bytes.length), LARGEST)];
        }
        System.arraycopy(bytes, from, target, 0, have);
        bytes = target;
        from = 0;
        end = have;
    }

    /// What follows the frame that was returned last.
    private final class Rest implements Attachments.Source {

        @Override
        public void read(MemorySegment target) throws IOException {
            long done = Math.min(end - from, target.byteSize());
            MemorySegment.copy(MemorySegment.ofArray(bytes), from, target, 0, done);
            from += (int) done;
            while (done < target.byteSize()) {
                awaitRest();
                long read = channel.read(target, done);
                if (read < 0) {
                    throw new EOFException("the end in what is attached to a frame");
                }
                done += read;
            }
        }
    }
}
