// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Notes in another process than that of their test.
@SuppressWarnings("serial") // their ticket travels in their place
final class FarNotes extends Notes {

    private static final long serialVersionUID = 1L;

    /// One for all copies in this process, open until it ends; guarded by itself.
    private static final Map<Ticket, Line> LINES = new HashMap<>();

    private final Ticket ticket;

    FarNotes(Ticket ticket) {
        this.ticket = ticket;
    }

    @Serial
    private Object writeReplace() {
        return ticket;
    }

    @Override
    public int add(Object line) {
        synchronized (LINES) {
            try {
                Line open = LINES.get(ticket);
                if (open == null) {
                    open = new Line(ticket);
                    LINES.put(ticket, open);
                }
                open.out.writeUTF(String.valueOf(line));
                return open.in.readInt();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public List<String> all() {
        throw new UnsupportedOperationException("the test is in another process");
    }
}
