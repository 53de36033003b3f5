// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.Nanos;
import dev.cenote.internal.share.Domains.Domain;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Serves one connection from another process, in a thread of its own.
final class Served implements Runnable {

    private final Home home;
    private final Line line;

    /// The last call of this connection, whose answer the caller has read when it makes another.
    private long last = -1;

    /// Objects that have refused what they were told.
    private final Set<Long> refusals = new LinkedHashSet<>();

    Served(Home home, Line line) {
        this.home = home;
        this.line = line;
    }

    @Override
    public void run() {
        try {
            Greeting greeting = Greeting.hear(line, home.address);
            if (greeting != null) {
                home.isKnown(line);
                if (greeting.role() == Greeting.CONTROL) {
                    serveControl(greeting);
                } else {
                    serveCalls(home.session(greeting.process()));
                }
            }
        } catch (IOException e) {
            // the process is gone, or is none of ours
        } finally {
            home.closed(line);
        }
    }

    // ---- control

    private void serveControl(Greeting greeting) throws IOException {
        Domain domain = Domains.common(greeting.domains());
        Path file = home.claimsFile();
        Session session = new Session(greeting, domain, claims(file));
        home.enter(session);
        boolean said = false;
        try {
            WireWriter out = Line.frame();
            out.putLong(domain.id());
            out.putText(session.claims == null ? "" : file.toString());
            line.write(out);
            said = readControl(session);
        } finally {
            home.leave(session);
            session.end(!said);
            Files.deleteIfExists(file);
        }
    }

    private static @Nullable Claims claims(Path file) {
        try {
            return Claims.create(file);
        } catch (IOException | UnsupportedOperationException e) {
            return null; // then nothing is fetched ahead
        }
    }

    /// {@return whether the process has said that it ends}
    private boolean readControl(Session session) throws IOException {
        while (true) {
            byte[] frame = line.read();
            if (frame == null) {
                return false;
            }
            WireReader in = new WireReader(frame);
            int kind = in.getByte();
            switch (kind) {
                case Frames.TELL -> tell(session, in);
                case Frames.SETTLE -> settle();
                case Frames.BYE -> {
                    return true;
                }
                default -> throw new CorruptFrameException("a control frame of kind " + kind);
            }
        }
    }

    private void tell(Session session, WireReader in) throws IOException {
        long id = in.getLong();
        int operation = in.getByte();
        try {
            Resource resource = Home.resource(id);
            if (operation == Resource.RELEASE) {
                session.release(resource);
                return;
            }
            session.touch(resource);
            resource.tell(operation, Values.get(in, session.domain, session.toString()), session);
        } catch (CorruptFrameException e) {
            throw e;
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            refusals.add(id);
        }
    }

    private void settle() throws IOException {
        WireWriter out = Line.frame();
        for (long id : refusals) {
            out.putLong(id);
        }
        refusals.clear();
        line.write(out);
    }

    // ---- calls

    private void serveCalls(@Nullable Session session) throws IOException {
        if (session == null || !session.add(line)) {
            return;
        }
        try {
            for (byte[] frame = line.read(); frame != null; frame = line.read()) {
                session.forget(last); // the caller has read its answer
                last = -1;
                serve(session, new WireReader(frame));
            }
        } finally {
            session.remove(line);
        }
    }

    private void serve(Session session, WireReader in) throws IOException {
        int kind = in.getByte();
        long call = in.getLong();
        switch (kind) {
            case Frames.CALL -> begin(session, call, in);
            case Frames.RESUME, Frames.ABANDON -> resume(session, call, kind == Frames.ABANDON);
            default -> throw new CorruptFrameException("a call frame of kind " + kind);
        }
    }

    private void begin(Session session, long call, WireReader in) throws IOException {
        long id = in.getLong();
        int operation = in.getByte();
        long thread = in.getLong();
        long nanos = in.getLong();
        Resource resource = null;
        Object argument = null;
        Object answer = null;
        try {
            resource = Home.resource(id);
            argument = Values.get(in, session.domain, session.toString());
        } catch (CorruptFrameException e) {
            throw e;
        } catch (IOException | ClassNotFoundException e) {
            answer = new Failed(
                    new IllegalStateException("an argument cannot be rebuilt in " + Home.processName() + ": " + e, e));
        } catch (Throwable e) { // closed
            answer = new Failed(e);
        }
        RemoteWait wait = new RemoteWait(session, thread, nanos, line, resource);
        if (!session.admit(call, wait)) {
            return;
        }
        last = call;
        if (resource != null && answer == null) {
            answer = begin(session, resource, operation, argument, wait);
        }
        if (answer != Resource.LATER) {
            wait.answerHere(answer);
        }
    }

    private @Nullable Object begin(
            Session session, Resource resource, int operation, @Nullable Object argument, RemoteWait wait) {
        try {
            session.touch(resource);
            Object answer = resource.begin(operation, argument, wait);
            if (answer == Resource.LATER) {
                if (wait.isAbandoned()) {
                    resource.giveUp(wait, Resource.INTERRUPTED); // by somebody who came before it waited
                } else if (wait.nanos < Nanos.FOREVER) {
                    home.alarm(wait, resource);
                }
            }
            return answer;
        } catch (Throwable e) {
            return new Failed(e);
        }
    }

    /// Goes on with a call that was made on another connection, which may not have been read yet.
    private void resume(Session session, long call, boolean abandon) throws IOException {
        RemoteWait wait = session.find(call);
        if (wait == null) {
            WireWriter out = Line.frame();
            Values.putNothing(out);
            line.write(out);
            return;
        }
        last = call;
        if (abandon) {
            wait.abandon();
        }
        wait.resume(line);
    }
}
