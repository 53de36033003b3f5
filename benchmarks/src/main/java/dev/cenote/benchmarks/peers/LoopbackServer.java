// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A web server that this machine alone sees. It answers each request with the number that its path is, after a while.
final class LoopbackServer implements AutoCloseable {

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    LoopbackServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4_096);
        server.setExecutor(executor);
        server.createContext("/", LoopbackServer::answer);
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            TimeUnit.MICROSECONDS.sleep(Work.LATENCY_MICROS);
            byte[] number = exchange.getRequestURI().getPath().substring(1).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, number.length);
            exchange.getResponseBody().write(number);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
