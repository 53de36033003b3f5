// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The connection between a pool's process and one worker, seen from either side; both sides have the same methods.
///
/// There are two paths. The *data path* is a stream of bytes each way, for tasks and results: fast, bounded, and it
/// blocks when the other side does not read. The *control path* carries small messages and never waits behind data;
/// its end tells that the other side is gone.
///
/// ## Death
///
/// What the other side published before it died can still be read: reading first gives those bytes and then -1.
/// Bytes that it had not published are never seen, but a frame may be cut off at a place where it was published in
/// parts. A writer that waits for room learns of the death by an [IOException]. Both learn it from the system, which
/// closes the sockets of a process that ends. Should something keep them open, say a process that inherited them,
/// then [#peerDied()] tells the same.
///
/// ## Who waits for whom
///
/// Both directions are bounded. Two sides that both write with [#write] while neither reads wait for each other for
/// ever; so either each side has a thread that does nothing but read, or one of the two has a thread that never waits
/// for one direction only. For the latter there are [#writeNow], [#flushNow] and [#awaitReadableOrWritable].
///
/// ## Interrupts
///
/// Nothing but [#awaitReadable] reacts to them; the status stays as it was. An interrupt in the middle of a write
/// would tear a frame, and in a worker a task may leave the status set or have its thread interrupted late, which
/// must not cost the worker. Who gives up on the other side closes the channel, which wakes everyone.
///
/// ## Threads
///
/// Writing is for one thread at a time, reading for one thread at a time, which may be another; the same holds for
/// [#receiveControl()]. Everything else is for any thread.
public abstract class Channel implements AutoCloseable, Begun.Words {

    /// How many shared words there are.
    public static final int WORDS = 8;

    /// The longest control message in bytes.
    public static final int MAX_CONTROL = 16 << 20;

    Channel() {}

    /// Writes bytes. They may stay on this side until [#flush()]; when there is no room for more they are published
    /// and this waits for the other side.
    ///
    /// @param bytes where they are
    /// @param from the first
    /// @param count how many
    /// @throws IOException if the other side is gone or this channel is closed
    public abstract void write(byte[] bytes, int from, int count) throws IOException;

    /// Writes memory, as [#write(byte[], int, int)] does bytes.
    ///
    /// @param content the memory, all of which is written
    /// @throws IOException if the other side is gone or this channel is closed
    public abstract void write(MemorySegment content) throws IOException;

    /// Writes what a writer has, with what is attached to it.
    ///
    /// @param out the writer, which stays as it is
    /// @param count the number of its bytes to write
    /// @throws IOException if the other side is gone or this channel is closed
    public final void write(WireWriter out, int count) throws IOException {
        int done = 0;
        List<WireWriter.Attachment> attached = out.attachments();
        for (int i = 0; i < attached.size() && attached.get(i).at() <= count; i++) {
            WireWriter.Attachment each = attached.get(i);
            write(out.array(), done, each.at() - done);
            done = each.at();
            write(each.content());
        }
        write(out.array(), done, count - done);
    }

    /// Publishes everything that was written and wakes the reader if it sleeps. Without shared memory this can wait
    /// for the reader, as [#write] does.
    ///
    /// @throws IOException if the other side is known to be gone, or this channel is closed
    public abstract void flush() throws IOException;

    /// Writes as many bytes as there is room for, without waiting. If that is not all, they are published.
    ///
    /// @param bytes where they are
    /// @param from the first
    /// @param count how many
    /// @return how many were written, the first of them
    /// @throws IOException if the other side is known to be gone, or this channel is closed
    public abstract int writeNow(byte[] bytes, int from, int count) throws IOException;

    /// Publishes what was written, as far as that is possible without waiting.
    ///
    /// @return whether everything was; if not, call this again after [#awaitReadableOrWritable]
    /// @throws IOException if the other side is known to be gone, or this channel is closed
    public abstract boolean flushNow() throws IOException;

    /// Waits until there is something to read, or much room to write, or the other side is gone. It publishes what was
    /// written. For a thread that does all reading and writing of this side, when it could do neither.
    ///
    /// @throws IOException if the other side is known to be gone, or this channel is closed or damaged
    public abstract void awaitReadableOrWritable() throws IOException;

    /// {@return how many bytes can be written now without waiting}
    ///
    /// @throws IOException if this channel is closed or damaged
    public abstract int free() throws IOException;

    /// {@return a number that changes whenever a write has waited for the other side and can go on; for any thread}
    public abstract long moved();

    /// {@return how many bytes can be read now without waiting}
    ///
    /// @throws IOException if this channel is closed or damaged
    public abstract int available() throws IOException;

    /// Reads bytes, waiting until there is at least one.
    ///
    /// @param bytes where to put them
    /// @param from where the first goes
    /// @param count at most how many
    /// @return how many; -1 when the other side is gone and everything that it published was read
    /// @throws IOException if this channel is closed or damaged
    public final int read(byte[] bytes, int from, int count) throws IOException {
        return read(bytes, from, count, 0);
    }

    /// Reads bytes, waiting until there is at least one, or for a millisecond until there are many: a reader to whom it
    /// does not matter when it gets the first of them is woken less often.
    ///
    /// @param bytes where to put them
    /// @param from where the first goes
    /// @param count at most how many
    /// @param many how many are expected; only a hint
    /// @return how many; -1 when the other side is gone and everything that it published was read
    /// @throws IOException if this channel is closed or damaged
    public abstract int read(byte[] bytes, int from, int count, int many) throws IOException;

    /// Reads bytes into memory, as [#read(byte[], int, int)] does.
    ///
    /// @param target the memory, which is filled from some place to its end at most
    /// @param from the place
    /// @return how many; -1 when the other side is gone and everything that it published was read
    /// @throws IOException if this channel is closed or damaged
    public abstract long read(MemorySegment target, long from) throws IOException;

    /// Waits until [#read] would not wait: there are bytes, or the other side is gone. For the reading thread.
    ///
    /// @param nanos at most how long, rounded up to milliseconds; nothing is waited for if it is not positive
    /// @return false if the time is over
    /// @throws InterruptedException if the thread is interrupted before or while it waits; the channel stays as it was
    /// @throws IOException if this channel is closed or damaged
    public abstract boolean awaitReadable(long nanos) throws IOException, InterruptedException;

    /// Sends a message on the control path. It waits only when the other side leaves many unread.
    ///
    /// @param message the message, at most [#MAX_CONTROL] bytes
    /// @throws IOException if the other side is gone or this channel is closed
    public abstract void sendControl(byte[] message) throws IOException;

    /// {@return the next message of the control path, waiting for it; null when the other side is gone or this channel
    /// is closed}
    ///
    /// @throws IOException if what came is no message
    public abstract byte @Nullable [] receiveControl() throws IOException;

    /// {@return whether the words are shared with the other side}
    public abstract boolean hasWords();

    /// Reads a shared word, with the effect of acquiring what was written before it was stored. Still works when the
    /// other side is gone, and after [#close()], which keeps the last values.
    ///
    /// @param index which, less than [#WORDS]
    /// @return its value, 0 in the beginning
    @Override
    public abstract long loadWord(int index);

    /// Writes a shared word, with the effect of releasing what was written before.
    ///
    /// @param index which, less than [#WORDS]
    /// @param value its new value; lost if the channel is closed
    @Override
    public abstract void storeWord(int index, long value);

    /// Writes a shared word if it has the expected value, in one step also for the other side.
    ///
    /// @param index which, less than [#WORDS]
    /// @param expected the value to find
    /// @param value its new value
    /// @return whether it was written; false if the channel is closed
    @Override
    public abstract boolean casWord(int index, long expected, long value);

    /// Tells whether the other side has something to do from now on, which decides where waiting threads may spin. For
    /// a parent; told before the work is published and after the last answer was read.
    ///
    /// @param now whether it has
    public void working(boolean now) {}

    /// Tells that the other side has ended, when that is known from elsewhere, such as the exit of its process. Those
    /// who wait for it stop, after they have read what it left.
    public abstract void peerDied();

    /// Closes this side. All that wait here wake up with an [IOException]; the other side sees the end.
    @Override
    public abstract void close();
}
