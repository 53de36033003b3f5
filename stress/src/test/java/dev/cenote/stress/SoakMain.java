// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.internal.dispatch.TimedPools;
import dev.cenote.internal.time.SystemTime;
import dev.cenote.internal.time.Time;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// The soak as a program: pools of all engines are used by several threads at once, while workers are killed, disks are
/// full and clocks run as they like. In the end nothing may be left: no thread, no process, no file, no descriptor.
///
/// Two lanes of rounds run side by side, each with one pool after another. What is done is decided by the seed; when
/// the threads and processes run is not, so the same seed tries the same things and may need some seconds to fail
/// again.
final class SoakMain {

    private static final Duration ROUND_LIMIT = Duration.ofMinutes(2);
    private static final Duration END_LIMIT = Duration.ofSeconds(15);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String[] ENGINES = {
        "processes", "processes", "processes", "processes", "processes", "threads", "virtual", "serial"
    };

    private final long seed;
    private final long endNanos;
    private final Path folder;
    private final Tally tally = new Tally();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private SoakMain(long seed, long seconds, Path folder) {
        this.seed = seed;
        this.endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        this.folder = folder;
    }

    /// Runs it.
    ///
    /// @param arguments the seed, how many seconds, a folder with room, and, if there is such a thing, folders of small
    ///     file systems that nobody else uses
    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[0]);
        long seconds = arguments.length > 1 ? Long.parseLong(arguments[1]) : 60;
        Path folder = arguments.length > 2 ? Path.of(arguments[2]) : Files.createTempDirectory("soak");
        List<Path> small = Stream.of(arguments).skip(3).map(Path::of).toList();
        System.exit(new SoakMain(seed, seconds, folder).run(small) ? 0 : 1);
    }

    private boolean run(List<Path> small) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        warmUp();
        long descriptors = descriptors();
        List<Thread> lanes = new ArrayList<>();
        try (Disturbance _ = new Disturbance(random.split(), tally, small, 300)) {
            for (int i = 0; i < 2; i++) {
                SplittableRandom own = random.split();
                String lane = "lane-" + i;
                lanes.add(Thread.ofPlatform().name(lane).start(() -> {
                    try {
                        rounds(lane, own);
                    } catch (Throwable e) {
                        fail(e);
                    }
                }));
            }
            for (Thread lane : lanes) {
                lane.join();
            }
        }
        Throwable failed = failure.get();
        if (failed == null) {
            try {
                assertNothingIsLeft(small, descriptors);
            } catch (AssertionError e) {
                fail(e);
                failed = e;
            }
        }
        System.out.println("soak: seed " + seed + (failed == null ? ", all is well" : ", FAILED: " + failed) + tally);
        return failed == null;
    }

    private void fail(Throwable e) {
        if (failure.compareAndSet(null, e)) {
            System.out.println("soak: seed " + seed);
            e.printStackTrace(System.out);
        }
    }

    /// So that what the JVM and this library keep for good is there already.
    private static void warmUp() {
        for (String engine : List.of("processes", "threads", "virtual")) {
            try (Pool pool = Pool.of(engine)) {
                pool.submit(() -> 1).join();
            }
        }
    }

    // ---- rounds

    private void rounds(String lane, SplittableRandom random) throws Exception {
        for (int i = 0; System.nanoTime() - endNanos < 0 && failure.get() == null; i++) {
            String name = lane + "-" + i;
            try {
                round(name, random.split());
            } catch (Exception | AssertionError e) {
                throw new AssertionError("round " + name + " of seed " + seed, e);
            }
        }
    }

    private void round(String name, SplittableRandom random) throws Exception {
        String engine = ENGINES[random.nextInt(ENGINES.length)];
        PoolConfig config = configure(name, engine, random);
        tally.count("pools of " + engine);
        UnevenTime uneven = random.nextInt(3) == 0 ? new UnevenTime(random.split()) : null;
        Time time = uneven == null ? SystemTime.INSTANCE : uneven;
        Pool pool = TimedPools.open(engine, config, time);
        List<SoakClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            SoakClient client = new SoakClient(pool, random.split(), folder, tally);
            int times = random.nextInt(1, 12);
            clients.add(client);
            threads.add(start(name + "-client", () -> client.run(times)));
        }
        if (random.nextInt(4) == 0) {
            int millis = random.nextInt(1_000);
            boolean now = random.nextBoolean();
            TimeUnit.MILLISECONDS.sleep(millis); // subject: the moment of the end
            threads.add(start(name + "-end", now ? pool::shutdownNow : pool::shutdown));
        }
        join(name, threads, clients);
        join(name, List.of(start(name + "-close", pool::close)), clients);
        if (uneven != null) {
            tally.add("jumps of a clock", uneven.jumps());
            uneven.close();
        }
        if (failure.get() == null) {
            assertEnded(pool, clients);
        }
    }

    private static PoolConfig configure(String name, String engine, SplittableRandom random) {
        PoolConfig config = PoolConfig.DEFAULT.name(name);
        if (!engine.equals("serial") && (!engine.equals("virtual") || random.nextBoolean())) {
            config = config.workers(random.nextInt(1, 4));
        }
        if (random.nextInt(3) == 0) {
            config = config.maxTasksPerWorker(random.nextInt(1, 200));
        }
        if (random.nextInt(3) == 0) {
            config = config.idleTimeout(Duration.ofMillis(random.nextInt(1, 50)));
        }
        if (random.nextInt(3) == 0) {
            config = config.initializer(() -> 1).exit(() -> 1);
        }
        return config.heap("48m")
                .jvmArgs("-XX:-CreateCoredumpOnCrash")
                .output((worker, line) -> {}); // crashes say much
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    private Thread start(String name, Action action) {
        return Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                action.run();
            } catch (Throwable e) {
                fail(new AssertionError(name + " of seed " + seed, e));
            }
        });
    }

    private void join(String name, List<Thread> threads, List<SoakClient> clients) throws InterruptedException {
        long end = System.nanoTime() + ROUND_LIMIT.toNanos();
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                System.out.println(dump());
                throw new AssertionError(name + " hangs; its clients do "
                        + clients.stream().map(SoakClient::doing).toList());
            }
        }
    }

    private static String dump() {
        StringBuilder dump = new StringBuilder();
        Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
                .forEach(dump::append);
        return dump.toString();
    }

    // ---- what may be left

    private static void assertEnded(Pool pool, List<SoakClient> clients) throws InterruptedException {
        check(pool.isTerminated(), "%s is not terminated", pool.name());
        for (SoakClient client : clients) {
            check(client.futures().stream().allMatch(CompletableFuture::isDone), "a future of %s is open", pool.name());
        }
        eventually(
                () -> pool.stats().running() == 0 && pool.stats().queued() == 0,
                "the counters of " + pool.name() + " do not come to zero: " + pool.stats());
        String worker = pool.name() + "-";
        eventually(
                () -> threads().noneMatch(name -> name.contains(worker) && !name.endsWith("-client")),
                "threads of " + pool.name());
    }

    private void assertNothingIsLeft(List<Path> small, long descriptors) throws InterruptedException {
        eventually(
                () -> ProcessHandle.current().descendants().findAny().isEmpty(),
                "processes: "
                        + ProcessHandle.current()
                                .descendants()
                                .map(ProcessHandle::info)
                                .toList());
        eventually(() -> leftFiles(small).isEmpty(), "files");
        check(leftFiles(small).isEmpty(), "files are left: %s", leftFiles(small));
        eventually(
                () -> threads().noneMatch(SoakMain::isOfAWorker),
                "threads: " + threads().filter(SoakMain::isOfAWorker).toList());
        eventually(() -> descriptors() <= descriptors + 8, "descriptors: " + descriptors() + " after " + descriptors);
    }

    private static boolean isOfAWorker(String thread) {
        return thread.startsWith("cenote-") && !thread.equals("cenote-timer") && !thread.equals("cenote-maintenance");
    }

    private static Stream<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
    }

    /// {@return folders of pools; where others may have some, those of this process}
    private static List<Path> leftFiles(List<Path> small) {
        List<Path> found = new ArrayList<>();
        List<Path> places = small.isEmpty()
                ? List.of(Path.of(System.getProperty("java.io.tmpdir")), Path.of("/tmp"), SHARED_MEMORY)
                : small;
        String beginning = small.isEmpty() ? "cenote-" + ProcessHandle.current().pid() + "-" : "cenote-";
        for (Path place : places) {
            if (Files.isDirectory(place)) {
                try (Stream<Path> all = Files.list(place)) {
                    all.filter(file -> file.getFileName().toString().startsWith(beginning))
                            .forEach(found::add);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return found;
    }

    private static long descriptors() {
        String[] open = Path.of("/proc/self/fd").toFile().list();
        return open == null ? 0 : open.length;
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
    private static void check(boolean condition, String message, Object... values) {
        if (!condition) {
            throw new AssertionError(message.formatted(values));
        }
    }

    private static void eventually(BooleanSupplier condition, String what) throws InterruptedException {
        long end = System.nanoTime() + END_LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("left after " + END_LIMIT.toSeconds() + " s: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
