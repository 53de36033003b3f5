// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// A call that has come from another process. Its answer is kept until the caller must have read it, as the connection
/// may be lost when the calling thread is interrupted; the caller then asks for it on another.
final class RemoteWait extends Wait {

    private final Session session;

    /// Where the answer goes; guarded by this.
    private Line line;

    /// Guarded by this.
    private @Nullable Object answer = Resource.LATER;

    /// What ends the wait in time; guarded by this.
    private @Nullable Future<?> alarm;

    /// What is called; `null` if there is no such object.
    private final @Nullable Resource resource;

    /// Whether nobody waits for the answer any more.
    private volatile boolean abandoned;

    RemoteWait(Session session, long thread, long nanos, Line line, @Nullable Resource resource) {
        super(session, thread, nanos);
        this.session = session;
        this.line = line;
        this.resource = resource;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /// Is told that the caller does not want to wait any longer.
    void abandon() {
        abandoned = true;
        if (resource != null) {
            resource.giveUp(this, Resource.INTERRUPTED);
        }
    }

    synchronized void alarm(Future<?> set) {
        if (answer == Resource.LATER) {
            alarm = set;
        } else {
            set.cancel(false);
        }
    }

    @Override
    synchronized void answer(@Nullable Object given) {
        keep(given);
        if (Values.isReady(given, session.domain)) {
            send();
        } else {
            Home.LATER.execute(this::sendLate);
        }
    }

    /// Answers in a thread that serves this caller and may run code of the user.
    synchronized void answerHere(@Nullable Object given) {
        keep(given);
        send();
    }

    private synchronized void sendLate() {
        send();
    }

    private void keep(@Nullable Object given) {
        answer = given;
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
        notifyAll();
    }

    /// Sends the answer to another connection.
    ///
    /// @param other the connection
    synchronized void resume(Line other) {
        line = other;
        if (answer != Resource.LATER) {
            send();
        }
    }

    private void send() {
        WireWriter out = Line.frame();
        try {
            put(out);
            line.write(out);
        } catch (IOException e) {
            line.close(); // the caller asks again, if there still is one
        }
    }

    private void put(WireWriter out) {
        try {
            Values.put(out, answer, session.domain);
        } catch (Throwable e) { // the value cannot travel, or is too large
            answer = new Failed(e);
            try {
                Values.put(out, answer, session.domain);
            } catch (IOException | ClassNotFoundException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
