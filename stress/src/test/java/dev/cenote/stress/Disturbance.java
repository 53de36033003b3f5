// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Does to the processes below this one, and to its folders, what a bad day does to them.
final class Disturbance implements AutoCloseable {

    private static final boolean SIGNALS = Files.exists(Path.of("/proc/self"));

    private final Tally tally;
    private final List<Path> small;
    private final int meanMillis;
    private final List<Thread> threads = new ArrayList<>();

    /// The processes that stand still, and those that send signals.
    private final Map<Long, ProcessHandle> stopped = new TreeMap<>();

    private final Set<Long> own = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Begins.
    ///
    /// @param random when, whom and how
    /// @param tally counts it
    /// @param small folders of small file systems, which become full now and then; none if there is no such thing here
    /// @param meanMillis how much time there is between two kills, on average
    Disturbance(SplittableRandom random, Tally tally, List<Path> small, int meanMillis) {
        this.tally = tally;
        this.small = small;
        this.meanMillis = meanMillis;
        SplittableRandom forDisks = random.split();
        begin("killer", () -> killNowAndThen(random.split()));
        begin("filler", () -> fillNowAndThen(forDisks));
    }

    private void begin(String name, Action action) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                action.run();
            } catch (InterruptedException | IOException e) {
                if (!closed) {
                    throw new IllegalStateException(e);
                }
            }
        }));
    }

    @FunctionalInterface
    private interface Action {
        void run() throws InterruptedException, IOException;
    }

    // ---- processes

    private void killNowAndThen(SplittableRandom random) throws InterruptedException, IOException {
        try {
            while (!closed) {
                long millis = (long) (-Math.log(1 - random.nextDouble()) * meanMillis);
                TimeUnit.MILLISECONDS.sleep(millis); // subject: the time between two kills
                int how = random.nextInt(20);
                int whom = random.nextInt(1 << 20);
                if (stopped.size() > 1 || (!stopped.isEmpty() && how < 5)) {
                    letGo();
                } else {
                    disturb(how, whom);
                }
            }
        } finally {
            letGo();
        }
    }

    private void disturb(int how, int whom) throws InterruptedException, IOException {
        List<ProcessHandle> all = ProcessHandle.current()
                .descendants()
                .filter(process -> !own.contains(process.pid()))
                .toList();
        if (all.isEmpty()) {
            return;
        }
        ProcessHandle victim = all.get(whom % all.size());
        if (how < 14 || !SIGNALS) {
            tally.count("workers killed");
            victim.destroyForcibly();
        } else if (how < 16) {
            tally.count("workers asked to end by SIGTERM");
            victim.destroy();
        } else if (how < 18) {
            tally.count("workers made to crash by SIGSEGV");
            signal("SEGV", victim);
        } else {
            tally.count("workers stopped for a while");
            signal("STOP", victim);
            stopped.put(victim.pid(), victim);
        }
    }

    private void letGo() throws InterruptedException, IOException {
        for (ProcessHandle process : stopped.values()) {
            if (process.isAlive()) {
                signal("CONT", process);
            }
        }
        stopped.clear();
    }

    private void signal(String name, ProcessHandle process) throws InterruptedException, IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD) // it may be gone meanwhile
                .start();
        own.add(kill.pid());
        kill.waitFor();
        own.remove(kill.pid());
    }

    // ---- disks

    private void fillNowAndThen(SplittableRandom random) throws InterruptedException, IOException {
        String temporary = System.getProperty("java.io.tmpdir");
        while (!closed) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(200, 2_500)); // subject: the time between two disasters
            int millis = random.nextInt(20, 400);
            if (small.isEmpty()) {
                tally.count("times the folder for temporary files was missing");
                System.setProperty("java.io.tmpdir", temporary + "/missing");
                try {
                    TimeUnit.MILLISECONDS.sleep(millis); // subject: how long
                } finally {
                    System.setProperty("java.io.tmpdir", temporary);
                }
            } else {
                Path file = small.get(random.nextInt(small.size())).resolve("fill");
                tally.count("times a disk was full");
                try {
                    fill(file);
                    TimeUnit.MILLISECONDS.sleep(millis); // subject: how long
                } finally {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static void fill(Path file) {
        for (int size = 1 << 16; size > 0; size /= 16) { // to the last byte
            byte[] bytes = new byte[size];
            try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                while (bytes.length > 0) {
                    out.write(bytes);
                }
            } catch (IOException e) {
                // full
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            thread.interrupt();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
