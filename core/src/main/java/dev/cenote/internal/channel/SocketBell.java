// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A bell that is a socket: each byte is a ring.
///
/// Ringing is for one thread at a time, listening for one.
final class SocketBell implements Doorbell.Bell {

    private final SocketLine line;

    /// What comes out of the line is of no interest.
    private final ByteBuffer rings = ByteBuffer.allocateDirect(64);

    private final ByteBuffer ring = ByteBuffer.allocateDirect(1);

    SocketBell(SocketLine line) {
        this.line = line;
    }

    @Override
    public void ring() throws IOException {
        ring.clear();
        // a full line has rings in it that were not heard yet
        line.writeNow(ring);
    }

    @Override
    public int hear() {
        rings.clear();
        return line.readNow(rings);
    }

    @Override
    public int listen() throws IOException {
        rings.clear();
        return line.read(rings);
    }

    @Override
    public void listen(long nanos) throws IOException, InterruptedException {
        line.awaitReadable(nanos);
    }
}
