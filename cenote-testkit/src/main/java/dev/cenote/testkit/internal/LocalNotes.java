// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;

/// Notes in the process of their test.
@SuppressWarnings("serial") // a ticket travels in its place
final class LocalNotes extends Notes implements Hub.Host {

    private static final long serialVersionUID = 1L;

    private final Hub hub;
    private final List<String> lines = new ArrayList<>(); // guarded by itself

    LocalNotes(Hub hub) {
        this.hub = hub;
    }

    @Serial
    private Object writeReplace() {
        return hub.ticket(this);
    }

    @Override
    public int add(Object line) {
        synchronized (lines) {
            lines.add(String.valueOf(line));
            return lines.size();
        }
    }

    @Override
    public List<String> all() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    @Override
    @SuppressWarnings("InfiniteLoopStatement") // until the visitor is gone
    public void serve(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            out.writeInt(add(in.readUTF()));
        }
    }
}
