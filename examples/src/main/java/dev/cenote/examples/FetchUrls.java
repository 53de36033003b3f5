// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.Range;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Fetches forty pages, one after the other and in parallel, from a web site that this program serves itself.
///
/// ```
/// java -cp core/target/classes \
///     examples/src/main/java/dev/cenote/examples/FetchUrls.java [urls] [latencyMillis]
/// ```
///
/// By default 40 addresses and 50 ms.
public final class FetchUrls {

    /// One client for everybody: it may be used by any number of threads and keeps its connections open. Statics are
    /// not sent to worker processes: each makes a client of its own when it loads this class.
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private FetchUrls() {}

    /// What was fetched.
    record Page(URI url, String text) {}

    public static void main(String... args) throws IOException {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 40;
        Duration latency = Duration.ofMillis(args.length > 1 ? Integer.parseInt(args[1]) : 50);
        System.out.printf("%d pages, %d ms each%n", count, latency.toMillis());
        row("serial", Pool.serial(), count, latency);
        row("threads(4)", Pool.threads(4), count, latency);
        row("threads(16)", Pool.threads(16), count, latency);
        row("processes(4)", Pool.processes(4), count, latency);
        row("virtual", Pool.virtual(), count, latency);
        reportFailures(latency);
    }

    /// Returns the page, or throws when there is none. A function of a pool may throw checked exceptions.
    static Page fetch(URI url) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HTTP.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode() + " from " + url.getPath());
        }
        return new Page(url, response.body());
    }

    /// The pages in the order of the addresses, whichever came first.
    static List<Page> fetchAll(Pool pool, List<URI> urls) {
        return pool.map(urls, FetchUrls::fetch);
    }

    private static void row(String how, Pool pool, int count, Duration latency) throws IOException {
        try (pool;
                Site site = new Site(latency)) {
            long start = System.nanoTime();
            List<Page> pages = fetchAll(pool, site.urls(count));
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%-12s %3d pages %7.3f s, %2d requests at a time%n", how, pages.size(), seconds, site.peak());
        }
    }

    /// With `map` one missing page would be the failure of the whole call; `outcomes` gives each page its own.
    private static void reportFailures(Duration latency) throws IOException {
        try (Pool pool = Pool.virtual();
                Site site = new Site(latency)) {
            List<URI> urls = new ArrayList<>(site.urls(2));
            urls.add(1, site.url("missing"));
            try (Stream<Outcome<URI, Page>> outcomes = pool.outcomes(urls, FetchUrls::fetch)) {
                outcomes.forEach(FetchUrls::report);
            }
        }
    }

    private static void report(Outcome<URI, Page> outcome) {
        switch (outcome) {
            case Outcome.Success<URI, Page> page ->
                System.out.printf(
                        "%s: %s%n", page.item().getPath(), page.value().text());
            case Outcome.Failure<URI, Page> failure ->
                System.out.printf(
                        "%s: %s%n", failure.item().getPath(), failure.error().getMessage());
        }
    }

    /// The web site: it waits before it answers, as a distant one would, and counts how many requests it is busy
    /// with.
    static final class Site implements AutoCloseable {

        private final Duration latency;
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger peak = new AtomicInteger();
        private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
        private final HttpServer server;

        Site(Duration latency) throws IOException {
            this.latency = latency;
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(handlers);
            server.createContext("/", this::answer);
            server.start();
        }

        URI url(String page) {
            InetSocketAddress address = server.getAddress();
            return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/" + page);
        }

        List<URI> urls(int count) {
            return Range.of(0, count).stream().map(n -> url("page" + n)).toList();
        }

        int peak() {
            return peak.get();
        }

        private void answer(HttpExchange exchange) throws IOException {
            peak.accumulateAndGet(open.incrementAndGet(), Math::max);
            try {
                Thread.sleep(latency);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the site was closed", e);
            } finally {
                open.decrementAndGet();
            }
            String path = exchange.getRequestURI().getPath();
            byte[] text = ("This is " + path).getBytes(UTF_8);
            exchange.sendResponseHeaders(path.startsWith("/page") ? 200 : 404, text.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(text);
            }
        }

        @Override
        public void close() {
            server.stop(0);
            handlers.close();
        }
    }
}
