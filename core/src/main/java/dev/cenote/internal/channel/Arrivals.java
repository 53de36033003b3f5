// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The connections of a worker that have come so far.
///
/// For one thread.
final class Arrivals implements AutoCloseable {

    private final byte[] token;
    private final long pid;
    private final boolean canShareMemory;
    private final @Nullable SocketLine[] lines = new @Nullable SocketLine[Hello.ROLES];
    private boolean sharesMemory;

    Arrivals(byte[] token, long pid, boolean canShareMemory) {
        this.token = token;
        this.pid = pid;
        this.canShareMemory = canShareMemory;
    }

    /// Takes a connection.
    ///
    /// @return null, or why it must be refused
    /// @throws IOException if it is the worker, and the worker is of no use
    @Nullable
    String add(Candidate candidate, Hello.Signed signed) throws IOException {
        if (!candidate.proves(signed, token)) {
            return "it does not know the token";
        }
        Hello hello = signed.hello();
        if (pid != 0 && hello.pid() != pid) {
            return "it is process " + hello.pid() + ", expected " + pid;
        }
        if (!hello.version().equals(Hello.libraryVersion())) {
            throw new IOException("the worker runs version '" + hello.version() + "' of this library, expected '"
                    + Hello.libraryVersion() + "'");
        }
        if (lines[hello.role()] != null || (hello.sharesMemory() && !canShareMemory)) {
            return "it came twice, or claims memory that was not shared";
        }
        if (hello.role() == Hello.CONTROL) {
            sharesMemory = hello.sharesMemory();
        }
        lines[hello.role()] = candidate.accept(hello, token);
        return null;
    }

    boolean isComplete() {
        if (lines[Hello.CONTROL] == null) {
            return false;
        }
        for (int role = 0; role < Hello.ROLES; role++) {
            if (Hello.isNeeded(role, sharesMemory) && lines[role] == null) {
                return false;
            }
        }
        return true;
    }

    boolean sharesMemory() {
        return sharesMemory;
    }

    SocketLine line(int role) {
        return Objects.requireNonNull(lines[role]);
    }

    @Override
    public void close() {
        for (SocketLine line : lines) {
            Quiet.close(line);
        }
    }
}
