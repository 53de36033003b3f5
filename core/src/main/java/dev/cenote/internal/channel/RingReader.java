// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.CorruptFrameException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// The reading end of a ring; see [RingWriter].
///
/// For one thread at a time.
final class RingReader {

    private static final long MANY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final SharedFile shared;
    private final Doorbell doorbell;
    private final int bytesAt;
    private final int size;

    /// After how many bytes the room is given back, so that the other side can go on while this one copies.
    private final int part;

    private long read;

    /// What the other end had written when this one last looked.
    private long written;

    RingReader(SharedFile shared, int ring, Doorbell doorbell) {
        this.shared = shared;
        this.doorbell = doorbell;
        this.bytesAt = shared.bytesOfRing(ring);
        this.size = shared.ringBytes();
        this.part = size / 8;
    }

    int available() throws IOException {
        if (written == read) {
            checked(doorbell.look());
        }
        return (int) (written - read);
    }

    boolean await(long nanos) throws IOException, InterruptedException {
        return available() > 0 || doorbell.await(read + 1, nanos);
    }

    /// Announces that this end waits for bytes. The caller then waits for the bell and calls [Doorbell#take].
    ///
    /// @return whether there are some
    boolean announce() throws IOException {
        checked(doorbell.announce(read + 1));
        return written > read;
    }

    int read(byte[] bytes, int from, int count, int many) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!awaitSome(many)) {
            return -1;
        }
        int total = (int) Math.min(count, written - read);
        for (int done = 0; done < total; ) {
            int now = Math.min(total - done, part);
            copyOut(bytes, from + done, now);
            done += now;
            read += now;
            giveBack();
        }
        return total;
    }

    long read(MemorySegment target, long from) throws IOException {
        long count = target.byteSize() - from;
        if (count == 0) {
            return 0;
        }
        if (!awaitSome(1)) {
            return -1;
        }
        int total = (int) Math.min(count, written - read);
        for (int done = 0; done < total; ) {
            int now = Math.min(total - done, part);
            copyOut(target, from + done, now);
            done += now;
            read += now;
            giveBack();
        }
        return total;
    }

    /// {@return whether there is something to read; false if there never will be}
    private boolean awaitSome(int many) throws IOException {
        if (available() == 0) {
            if (many > 1 && awaitMany(Math.min(many, size / 2))) {
                checked(doorbell.look());
            }
            if (written == read) {
                checked(doorbell.await(read + 1));
            }
        }
        return written > read;
    }

    private boolean awaitMany(int many) throws IOException {
        try {
            boolean _ = doorbell.await(read + many, MANY_NANOS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // this wait does not react to it
            return false;
        }
    }

    private void giveBack() throws IOException {
        try {
            doorbell.publish(read);
        } catch (IOException e) {
            // the writer, who waits for room, is gone; what it has left is read all the same
        }
    }

    private void copyOut(byte[] bytes, int to, int count) {
        int index = (int) (read & size - 1);
        int first = Math.min(count, size - index);
        shared.copyOut(bytesAt + index, bytes, to, first);
        if (first < count) {
            shared.copyOut(bytesAt, bytes, to + first, count - first);
        }
    }

    private void copyOut(MemorySegment target, long to, int count) {
        int index = (int) (read & size - 1);
        int first = Math.min(count, size - index);
        shared.copyOut(bytesAt + index, target, to, first);
        if (first < count) {
            shared.copyOut(bytesAt, target, to + first, count - first);
        }
    }

    private void checked(long seen) throws IOException {
        if (seen < written || seen - read > size) {
            throw new CorruptFrameException(
                    "the other side has written up to " + seen + ", expected " + written + " to " + (read + size));
        }
        written = seen;
    }
}
