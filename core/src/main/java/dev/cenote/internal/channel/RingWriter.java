// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.CorruptFrameException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The writing end of a ring: a stream of bytes, of which the last `size` at most are not read yet.
///
/// Positions count bytes since the beginning and are kept here; the shared cells are for the other end only. What
/// that has stored is checked, because a damaged worker must not make this side write outside the ring.
///
/// A large write is published in parts, so that the other side copies the first while this one copies the next.
///
/// For one thread at a time.
final class RingWriter {

    private final SharedFile shared;
    private final Doorbell doorbell;
    private final int bytesAt;
    private final int size;

    /// How much is published without being asked. Both sides are busy then, so it need not be often.
    private final int part;

    private long written;
    private long published;

    /// What the other end had read when this one last looked.
    private long read;

    /// What was written when a wait for room was over last; written by the writing thread, read by any.
    private volatile long moved;

    RingWriter(SharedFile shared, int ring, Doorbell doorbell) {
        this.shared = shared;
        this.doorbell = doorbell;
        this.bytesAt = shared.bytesOfRing(ring);
        this.size = shared.ringBytes();
        this.part = size / 8;
    }

    void write(byte[] bytes, int from, int count) throws IOException {
        int at = from;
        int left = count;
        while (left > 0) {
            int now = Math.min(Math.min(left, part), room(left));
            copyIn(bytes, at, now);
            written += now;
            at += now;
            left -= now;
            if (written - published >= part) {
                flush();
            }
        }
    }

    void write(MemorySegment content) throws IOException {
        long at = 0;
        long left = content.byteSize();
        while (left > 0) {
            int some = (int) Math.min(left, part);
            int now = Math.min(some, room(some));
            copyIn(content, at, now);
            written += now;
            at += now;
            left -= now;
            if (written - published >= part) {
                flush();
            }
        }
    }

    /// Writes what there is room for, and publishes it if that is not all.
    ///
    /// @return how much
    int writeNow(byte[] bytes, int from, int count) throws IOException {
        int now = Math.min(count, free());
        write(bytes, from, now);
        if (now < count) {
            flush();
        }
        return now;
    }

    /// Announces that this end waits for room. The caller then waits for the bell and calls [Doorbell#take].
    ///
    /// @return whether there is room
    boolean announce() throws IOException {
        long enough = written - size + size / 4;
        checked(doorbell.announce(enough));
        return read >= enough;
    }

    /// {@return how much can be written now, at least 1}
    private int room(int wanted) throws IOException {
        int room = size - (int) (written - read);
        if (room > 0) {
            return room;
        }
        room = free();
        if (room > 0) {
            return room;
        }
        flush();
        // waking up for every few bytes would be slow; a quarter is enough to go on with
        long enough = written - size + Math.min(wanted, size / 4);
        checked(doorbell.await(enough));
        if (read < enough) {
            throw Quiet.gone(null);
        }
        moved = written;
        return size - (int) (written - read);
    }

    long moved() {
        return moved;
    }

    private void copyIn(byte[] bytes, int from, int count) {
        int index = (int) (written & size - 1);
        int first = Math.min(count, size - index);
        shared.copyIn(bytesAt + index, bytes, from, first);
        if (first < count) {
            shared.copyIn(bytesAt, bytes, from + first, count - first);
        }
    }

    private void copyIn(MemorySegment content, long from, int count) {
        int index = (int) (written & size - 1);
        int first = Math.min(count, size - index);
        shared.copyIn(bytesAt + index, content, from, first);
        if (first < count) {
            shared.copyIn(bytesAt, content, from + first, count - first);
        }
    }

    void flush() throws IOException {
        if (published != written) {
            published = written;
            doorbell.publish(written);
        }
    }

    int free() throws IOException {
        checked(doorbell.look());
        return size - (int) (written - read);
    }

    private void checked(long seen) throws IOException {
        if (seen < read || seen > published) {
            throw new CorruptFrameException(
                    "the other side has read up to " + seen + ", expected " + read + " to " + published);
        }
        read = seen;
    }
}
