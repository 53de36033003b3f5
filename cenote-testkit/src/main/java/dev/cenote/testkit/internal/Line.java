// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/// A visit to a hub from another process.
final class Line implements AutoCloseable {

    private final Socket socket;
    final DataInputStream in;
    final DataOutputStream out;

    Line(Ticket ticket) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), ticket.port());
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(ticket.host());
    }

    /// Waits for the one byte that is an answer.
    void await() throws IOException {
        if (in.read() < 0) {
            throw new IOException("the test is over");
        }
    }

    /// Waits for the answer, for some time.
    void await(Duration time) throws IOException {
        socket.setSoTimeout((int) Math.max(1, time.toMillis()));
        try {
            await();
        } catch (SocketTimeoutException e) {
            // the time is over
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
