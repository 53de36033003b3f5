// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.share.QueueResource;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A connection with two ends; what is sent at one end is received at the other, in both directions. Each end can be
/// handed to another process, which then uses it.
///
/// ```java
/// Pipe<String> pipe = new Pipe<>();
/// Pipe.End<String> there = pipe.second();
/// pool.submit(() -> there.send("hello"));
/// System.out.println(pipe.first().receive());
/// ```
///
/// It is made of two {@link SharedQueue}s and lives in the process that has made it; what is said there about copies,
/// order and the death of that process is true here.
///
/// @param <T> the type of the messages, which are never `null`
/// @since 0.1
public final class Pipe<T> {

    private final End<T> first;
    private final End<T> second;

    /// Creates a pipe.
    public Pipe() {
        SharedQueue<T> there = new SharedQueue<>();
        SharedQueue<T> back = new SharedQueue<>();
        first = new End<>(there, back);
        second = new End<>(back, there);
    }

    /// {@return one end}
    public End<T> first() {
        return first;
    }

    /// {@return the other end}
    public End<T> second() {
        return second;
    }

    /// One end of a pipe. Several threads may use it, each message goes to one of them.
    ///
    /// An end is closed by {@link #close()}, when a process ends that has used it, and when a process is killed that
    /// has it, used or not. The other end then receives what was sent before, and after that the end of the file.
    ///
    /// @param <T> the type of the messages
    /// @since 0.1
    public static final class End<T> implements AutoCloseable, Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        private final SharedQueue<T> out;
        private final SharedQueue<T> in;

        /// Whether this process has closed it.
        private transient volatile boolean closed;

        /// Whether this process has used it.
        private transient volatile boolean used;

        private End(SharedQueue<T> out, SharedQueue<T> in) {
            this.out = out;
            this.in = in;
        }

        /// Sends a message. Does not wait for a reader.
        ///
        /// @param message the message
        /// @throws IOException if the other end is closed
        /// @throws InterruptedException if the thread is interrupted before
        /// @throws IllegalStateException if this end was closed by this process
        /// @throws NotShippableException if the message would have to leave this process and cannot travel
        public void send(T message) throws IOException, InterruptedException {
            Objects.requireNonNull(message, "message");
            use();
            try {
                out.put(message);
            } catch (SharedObjectGoneException e) {
                throw e;
            } catch (IllegalStateException e) {
                throw new IOException("broken pipe: the other end is closed", e);
            }
        }

        /// Receives a message and waits for it as long as it takes.
        ///
        /// @return the message
        /// @throws EOFException if the other end is closed and all that it has sent was received
        /// @throws InterruptedException if the thread is interrupted before
        /// @throws IllegalStateException if this end was closed by this process
        public T receive() throws EOFException, InterruptedException {
            use();
            T message = in.next();
            if (message == null) {
                throw end();
            }
            return message;
        }

        /// Receives a message if it comes within a time.
        ///
        /// @param limit how long to wait; not at all if it is 0 or less
        /// @return the message; `null` if the time is up
        /// @throws EOFException if the other end is closed and all that it has sent was received
        /// @throws InterruptedException if the thread is interrupted before
        /// @throws IllegalStateException if this end was closed by this process
        public @Nullable T poll(Duration limit) throws EOFException, InterruptedException {
            use();
            T message = in.poll(limit);
            if (message == null && in.isClosed() && in.isEmpty()) {
                throw end();
            }
            return message;
        }

        private static EOFException end() {
            return new EOFException("the other end of the pipe is closed, and all that it has sent was received");
        }

        private void use() {
            if (closed) {
                throw new IllegalStateException("this end of the pipe is closed");
            }
            if (!used) {
                used = true;
                tell(QueueResource.BIND);
            }
        }

        private void tell(int operation) {
            out.items().port().tell(operation);
            in.items().port().tell(operation);
        }

        /// {@return whether this end was closed by this process, or the other end by anybody}
        public boolean isClosed() {
            return closed || in.isClosed();
        }

        /// Closes this end for all processes that have it. Does nothing if it is closed.
        @Override
        public void close() {
            closed = true;
            in.close(); // first, so that whoever sees the end cannot send any more
            out.close();
        }

        @Serial
        private Object readResolve() {
            tell(QueueResource.ATTACH);
            return this;
        }
    }
}
