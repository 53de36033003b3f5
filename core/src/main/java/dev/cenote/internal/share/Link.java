// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.SharedObjectGoneException;
import dev.cenote.internal.share.Domains.Domain;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The way of this process to the home of some shared objects.
///
/// ## Connections
///
/// One connection, the control, tells the home that this process lives; when it ends, the home takes back what the
/// process held. It also carries what needs no answer, see [Outbox]. Calls go through connections of their own, one
/// call at a time on each, so that a call costs one message there and one back, both read by the thread that waits for
/// them.
///
/// ## Interrupts
///
/// The JDK closes a socket whose thread is interrupted. What became of the call is then asked on another connection, by
/// a thread that nobody interrupts: the home either ends the wait, or gives the answer that was on its way. So a lock
/// that was granted at the last moment is never lost.
///
/// Safe for use by several threads.
final class Link {

    private static final int MOST_IDLE = 16;
    private static final int MOST_TRIES = 5;
    private static final AtomicLong CALLS = new AtomicLong();

    final Address home;

    /// Tells the home apart from other links of this process, of which there should be none.
    private final long session = new SecureRandom().nextLong();

    private final ConcurrentLinkedDeque<Line> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();

    /// Guarded by this; the fields below are written before it.
    private volatile @Nullable Outbox outbox;

    private Domain domain = Domains.plain();
    private @Nullable Claims claims;

    /// Why the home cannot be reached any more.
    private volatile @Nullable IOException broken;

    Link(Address home) {
        this.home = home;
    }

    /// {@return the codec for this home}
    Domain domain() {
        open();
        return domain;
    }

    @Nullable
    Claims claims() {
        open();
        return claims;
    }

    // ---- opening

    /// {@return what goes without an answer, on a link that is open}
    Outbox open() {
        Outbox opened = outbox;
        return opened == null ? openNow() : opened;
    }

    private synchronized Outbox openNow() {
        Outbox opened = outbox;
        if (opened != null) {
            return opened;
        }
        refuseIfGone();
        try {
            opened = uninterrupted(this::connectControl);
        } catch (IOException e) {
            throw gone(e);
        }
        outbox = opened;
        return opened;
    }

    private Outbox connectControl() throws IOException {
        Line line = connect(Greeting.CONTROL);
        byte[] answer = line.read();
        if (answer == null) {
            line.close();
            throw new EOFException("it closed the connection");
        }
        WireReader in = new WireReader(answer);
        domain = Domains.chosen(in.getLong());
        String file = in.getText();
        if (!file.isEmpty()) {
            try {
                claims = Claims.attach(Path.of(file));
            } catch (IOException e) {
                claims = null; // the home sees that nothing is claimed there, as no slot is asked for
            }
        }
        return new Outbox(this, line);
    }

    private Line connect(int role) throws IOException {
        SocketAddress address = home.socketAddress();
        SocketChannel socket =
                SocketChannel.open(home.isTcp() ? StandardProtocolFamily.INET : StandardProtocolFamily.UNIX);
        try {
            socket.connect(address);
            if (home.isTcp()) {
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            Line line = new Line(socket);
            new Greeting(session, role, Home.processName(), Domains.ids()).say(line, home);
            return line;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// Something that opens connections.
    private interface Opening<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /// Runs something in a thread that cannot be interrupted: this one, unless it is.
    private static <T extends @Nullable Object> T uninterrupted(Opening<T> action) throws IOException {
        if (!Thread.currentThread().isInterrupted()) {
            try {
                return action.run();
            } catch (ClosedByInterruptException e) {
                // once more, then
            }
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Home.LATER.execute(() -> {
            try {
                result.complete(action.run());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        boolean interrupted = false;
        while (true) {
            try {
                T value = result.get();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return value;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                if (e.getCause() instanceof IOException io) {
                    throw io;
                }
                throw Failed.thrown(e.getCause() == null ? e : e.getCause());
            }
        }
    }

    // ---- the end

    /// {@return the exception for a home that is gone; every later call gets it too}
    SharedObjectGoneException gone(IOException why) {
        broken = why;
        return exception(why);
    }

    private SharedObjectGoneException exception(IOException why) {
        return new SharedObjectGoneException(
                home.name() + ", in which this shared object lives, is gone: " + why.getMessage(), why);
    }

    void refuseIfGone() {
        IOException why = broken;
        if (why != null) {
            throw exception(why);
        }
    }

    /// Says that the program of this process does not have an object any more.
    void release(long id) {
        Outbox opened = outbox;
        if (opened != null) {
            try {
                opened.tell(id, Resource.RELEASE, 0);
            } catch (IllegalStateException e) {
                // the home is gone, and all its objects
            }
        }
    }

    /// Says that this process ends.
    void end() {
        Outbox opened = outbox;
        if (opened != null) {
            opened.end();
        }
        for (Line line = idle.poll(); line != null; line = idle.poll()) {
            line.close();
        }
    }

    /// Waits until the home has everything that was told, and fails if it has refused some.
    void settleTask() {
        Outbox opened = outbox;
        if (opened != null) {
            opened.settle();
            opened.failIfRefused();
        }
    }

    // ---- calls

    /// Calls an object.
    ///
    /// @param id the object
    /// @param operation what it shall do
    /// @param argument what with
    /// @param nanos how long it may wait
    /// @param interruptible whether an interrupt ends the wait
    /// @return the answer
    @Nullable
    Object call(long id, int operation, @Nullable Object argument, long nanos, boolean interruptible)
            throws InterruptedException {
        open().settle();
        refuseIfGone();
        boolean interrupted = Thread.interrupted();
        if (interrupted && interruptible) {
            throw new InterruptedException();
        }
        try {
            while (true) {
                long call = CALLS.incrementAndGet();
                Object answer;
                try {
                    answer = exchange(request(call, id, operation, argument, nanos));
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                    answer = uninterrupted(() -> resume(call, interruptible ? Frames.ABANDON : Frames.RESUME));
                    if (interruptible && (answer == Resource.NOTHING || answer == Resource.INTERRUPTED)) {
                        interrupted = false;
                        throw new InterruptedException();
                    }
                } catch (IOException e) {
                    answer = uninterrupted(() -> resume(call, Frames.RESUME));
                }
                if (answer != Resource.NOTHING) {
                    return answer;
                } // the home has never seen the call
            }
        } catch (IOException e) {
            throw gone(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private WireWriter request(long call, long id, int operation, @Nullable Object argument, long nanos) {
        WireWriter out = Line.frame();
        out.putByte(Frames.CALL);
        out.putLong(call);
        out.putLong(id);
        out.putByte(operation);
        out.putLong(Thread.currentThread().threadId());
        out.putLong(nanos);
        try {
            Values.put(out, argument, domain);
        } catch (IOException | ClassNotFoundException e) {
            throw Failed.thrown(e);
        }
        return out;
    }

    private @Nullable Object resume(long call, int kind) throws IOException {
        for (int tries = 1; ; tries++) {
            WireWriter out = Line.frame();
            out.putByte(kind);
            out.putLong(call);
            Line fresh = connect(Greeting.CALL);
            try {
                return exchange(fresh, out);
            } catch (EOFException e) { // a thread of the home was interrupted as it answered, or the home is gone
                if (tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }

    private @Nullable Object exchange(WireWriter request) throws IOException {
        Line line = idle.poll();
        if (line == null) {
            line = connect(Greeting.CALL);
        } else {
            idleCount.decrementAndGet();
        }
        return exchange(line, request);
    }

    private @Nullable Object exchange(Line line, WireWriter request) throws IOException {
        byte[] frame;
        try {
            line.write(request);
            frame = line.read();
        } catch (IOException e) {
            line.close();
            throw e;
        }
        if (frame == null) {
            line.close();
            throw new EOFException("it closed the connection");
        }
        if (idleCount.incrementAndGet() <= MOST_IDLE) {
            idle.push(line);
        } else {
            idleCount.decrementAndGet();
            line.close();
        }
        try {
            return Values.get(new WireReader(frame), domain, home.name());
        } catch (ClassNotFoundException | IOException e) {
            return new Failed(
                    new IllegalStateException("the answer of a shared object cannot be rebuilt here: " + e, e));
        }
    }
}
