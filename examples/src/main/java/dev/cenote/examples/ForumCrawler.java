// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cenote.Pool;
import dev.cenote.Range;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// A crawler of a web forum: thousands of subjects, each an object that is updated in place, in a loop that goes on
/// until all of them are up to date. The forum is a web server in this program that takes its time for each request;
/// it counts how many requests it gets at a time.
///
/// The crawler mostly waits, so it gains from many more threads than there are CPUs. A virtual thread for each
/// subject is as easy, but it means a connection for each subject too: a limit is kinder to the forum, and to this
/// machine.
///
/// Worker processes have no part in the memory of this program: each updates a copy of a subject, and the object here
/// stays as it was. So the copies are returned, and take the places of the originals.
///
/// ```
/// java -cp core/target/classes \
///     examples/src/main/java/dev/cenote/examples/ForumCrawler.java [subjects] [latencyMillis]
/// ```
///
/// By default 3000 subjects and 25 ms.
public final class ForumCrawler {

    /// One client for everybody: it may be used by any number of threads and keeps its connections open.
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ForumCrawler() {}

    public static void main(String... args) throws IOException {
        int subjects = args.length > 0 ? Integer.parseInt(args[0]) : 3_000;
        Duration latency = Duration.ofMillis(args.length > 1 ? Integer.parseInt(args[1]) : 25);
        int sample = Math.max(1, subjects / 20); // all of them would take few workers minutes
        System.out.printf("a forum of %d subjects that takes %d ms for a request%n", subjects, latency.toMillis());
        System.out.println("engine     workers  subjects  rounds  requests  seconds  requests/s  at a time");
        row(Pool.serial(), sample, latency);
        row(Pool.threads(2), sample, latency);
        row(Pool.threads(16), subjects, latency);
        row(Pool.threads(64), subjects, latency);
        row(Pool.virtual(256), subjects, latency);
        row(Pool.virtual(), subjects, latency);
        row(Pool.processes(2), sample, latency);
        try (Pool pool = Pool.processes(2);
                Forum forum = new Forum(latency)) {
            List<Subject> known = forum.subjects(sample);
            pool.forEach(known, Subject::update);
            long updated = known.stream().filter(Subject::isStarted).count();
            System.out.printf(
                    "forEach on processes asked the forum %d times and updated %d of %d subjects here%n",
                    forum.requests(), updated, sample);
        }
    }

    /// Updates stale subjects until there are none. Returns how many rounds that took.
    static int crawl(Pool pool, List<Subject> subjects) {
        int rounds = 0;
        List<Subject> stale = subjects;
        while (!stale.isEmpty()) {
            pool.forEach(stale, Subject::update);
            stale = stale.stream().filter(subject -> !subject.upToDate()).toList();
            rounds++;
        }
        return rounds;
    }

    /// The same for any engine, also where memory is not shared: what a worker has updated is what it returns. Puts
    /// that into the list.
    static int crawlByCopies(Pool pool, List<Subject> subjects) {
        int rounds = 0;
        List<Integer> stale = Range.of(0, subjects.size());
        while (!stale.isEmpty()) {
            List<Integer> places = stale;
            List<Subject> updated = pool.map(places.stream().map(subjects::get).toList(), Subject::updated);
            Range.of(0, places.size()).forEach(i -> subjects.set(places.get(i), updated.get(i)));
            stale = places.stream()
                    .filter(place -> !subjects.get(place).upToDate())
                    .toList();
            rounds++;
        }
        return rounds;
    }

    /// One subject of the forum, as the crawler knows it. `Serializable`, so that it can go to a worker process and
    /// come back.
    ///
    /// The fields need neither `volatile` nor a lock: in each round one worker has the subject to itself, and
    /// what it wrote is visible to everybody when `forEach` has returned.
    static final class Subject implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        private final URI address;
        private final ArrayList<String> messages = new ArrayList<>();
        private int pagesRead;
        private boolean upToDate;

        Subject(URI address) {
            this.address = address;
        }

        /// Reads the next page. A subject that has more pages stays stale, and so does one that the forum was
        /// too busy to show: the next round takes it up again.
        void update() throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address + "?page=" + (pagesRead + 1)))
                    .build();
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 503) {
                return;
            }
            List<String> lines = response.body().lines().toList();
            int pages = Integer.parseInt(lines.getFirst());
            messages.addAll(lines.subList(1, lines.size()));
            pagesRead++;
            upToDate = pagesRead == pages;
        }

        /// Reads the next page, and returns what is known then.
        Subject updated() throws IOException, InterruptedException {
            update();
            return this;
        }

        boolean isStarted() {
            return pagesRead > 0;
        }

        List<String> messages() {
            return messages;
        }

        boolean upToDate() {
            return upToDate;
        }
    }

    private static void row(Pool pool, int count, Duration latency) throws IOException {
        try (pool;
                Forum forum = new Forum(latency)) {
            List<Subject> subjects = new ArrayList<>(forum.subjects(count));
            long start = System.nanoTime();
            int rounds = pool.engine().equals("processes") ? crawlByCopies(pool, subjects) : crawl(pool, subjects);
            double seconds = (System.nanoTime() - start) / 1e9;
            String workers = pool.workers() == Integer.MAX_VALUE ? "no limit" : Integer.toString(pool.workers());
            System.out.printf(
                    "%-9s %8s  %8d  %6d  %8d  %7.2f  %10.0f  %9d%n",
                    pool.engine(),
                    workers,
                    count,
                    rounds,
                    forum.requests(),
                    seconds,
                    forum.requests() / seconds,
                    forum.peak());
        }
    }

    /// The forum site. Subjects have one to three pages, and every tenth is refused when it is first asked for.
    static final class Forum implements AutoCloseable {

        private final Duration latency;
        private final Set<Integer> refused = ConcurrentHashMap.newKeySet();
        private final AtomicInteger requests = new AtomicInteger();
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger peak = new AtomicInteger();
        private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
        private final HttpServer server;

        Forum(Duration latency) throws IOException {
            this.latency = latency;
            // thousands of connections may come at once, and have to queue until they are accepted
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
            server.setExecutor(handlers);
            server.createContext("/subject/", this::answer);
            server.start();
        }

        static int pages(int subject) {
            return 1 + subject % 3;
        }

        static List<String> messages(int subject, int page) {
            return IntStream.rangeClosed(1, 1 + (subject + page) % 5)
                    .mapToObj(n -> "message " + n + " of page " + page + " of subject " + subject)
                    .toList();
        }

        List<Subject> subjects(int count) {
            InetSocketAddress address = server.getAddress();
            String site = "http://" + address.getAddress().getHostAddress() + ":" + address.getPort();
            return IntStream.range(0, count)
                    .mapToObj(id -> new Subject(URI.create(site + "/subject/" + id)))
                    .toList();
        }

        int requests() {
            return requests.get();
        }

        /// The most requests that were waiting for their answer at the same time.
        int peak() {
            return peak.get();
        }

        private void answer(HttpExchange exchange) throws IOException {
            requests.incrementAndGet();
            peak.accumulateAndGet(open.incrementAndGet(), Math::max);
            try {
                Thread.sleep(latency);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the forum was closed", e);
            } finally {
                open.decrementAndGet();
            }
            URI uri = exchange.getRequestURI();
            int subject = Integer.parseInt(uri.getPath().substring("/subject/".length()));
            int page = Integer.parseInt(uri.getQuery().substring("page=".length()));
            boolean busy = subject % 10 == 0 && refused.add(subject);
            send(exchange, busy ? 503 : 200, busy ? "busy, come back later" : page(subject, page));
        }

        /// The number of pages in the first line, then the messages of this page.
        private static String page(int subject, int page) {
            return pages(subject) + "\n" + String.join("\n", messages(subject, page));
        }

        private static void send(HttpExchange exchange, int status, String text) throws IOException {
            byte[] bytes = text.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(bytes);
            }
        }

        @Override
        public void close() {
            server.stop(0);
            handlers.close();
        }
    }
}
