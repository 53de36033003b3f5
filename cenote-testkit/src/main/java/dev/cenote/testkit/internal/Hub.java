// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where the gates and notes of one test can be reached from any process: a socket on the loopback interface, which is
/// opened when the first of them is sent away.
///
/// Each visit is a connection, whose end shows also when the process of the visitor was killed.
///
/// For any thread.
public final class Hub implements AutoCloseable {

    /// Answers those who come from other processes.
    interface Host {

        /// Serves one visit, on a thread of its own.
        void serve(DataInputStream in, DataOutputStream out) throws IOException;
    }

    // all guarded by this
    private final List<Host> hosts = new ArrayList<>();
    private final Set<Socket> visits = new HashSet<>();
    private @Nullable ServerSocket server;
    private boolean closed;

    /// Creates a hub; opens nothing.
    public Hub() {}

    /// {@return a gate}
    public Gate gate() {
        LocalGate gate = new LocalGate(this);
        add(gate);
        return gate;
    }

    /// {@return empty notes}
    public Notes notes() {
        LocalNotes notes = new LocalNotes(this);
        add(notes);
        return notes;
    }

    private synchronized void add(Host host) {
        hosts.add(host);
    }

    /// {@return where a host can be reached}
    synchronized Ticket ticket(Host host) {
        if (closed) {
            throw new IllegalStateException("the test is over");
        }
        ServerSocket socket = server;
        if (socket == null) {
            socket = listen();
            server = socket;
        }
        return new Ticket(socket.getLocalPort(), hosts.indexOf(host), host instanceof Gate);
    }

    private ServerSocket listen() {
        try {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
            Thread.ofVirtual().name("hub").start(() -> acceptAll(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void acceptAll(ServerSocket from) {
        try {
            while (true) {
                Socket visit = from.accept();
                if (!enter(visit)) {
                    visit.close();
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    private synchronized boolean enter(Socket visit) {
        if (!closed) {
            visits.add(visit);
            Thread.ofVirtual().name("hub-visit").start(() -> serve(visit));
        }
        return !closed;
    }

    private void serve(Socket visit) {
        try (visit) {
            visit.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(visit.getInputStream());
            int index = in.readInt();
            Host host;
            synchronized (this) {
                host = hosts.get(index);
            }
            host.serve(in, new DataOutputStream(visit.getOutputStream()));
        } catch (IOException e) {
            // the visitor was killed, or the test is over
        } finally {
            synchronized (this) {
                visits.remove(visit);
            }
        }
    }

    /// Opens all gates.
    public void openGates() {
        List<Host> all;
        synchronized (this) {
            all = List.copyOf(hosts);
        }
        for (Host host : all) {
            if (host instanceof Gate gate) {
                gate.open();
            }
        }
    }

    /// Sends everybody away.
    @Override
    public synchronized void close() {
        closed = true;
        close(server);
        visits.forEach(Hub::close);
    }

    private static void close(@Nullable AutoCloseable socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (Exception e) {
            // it is of no use any more
        }
    }
}
