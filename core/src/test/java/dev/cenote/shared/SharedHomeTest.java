// SPDX-License-Identifier: Apache-2.0
package dev.cenote.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.Codec;
import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.SharedEvent;
import dev.cenote.SharedLock;
import dev.cenote.SharedObjectGoneException;
import dev.cenote.SharedQueue;
import dev.cenote.SharedSemaphore;
import dev.cenote.WorkerDiedException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Where shared objects live, and what is left when that ends, or one of those that use them.
@Timeout(60)
@SuppressWarnings("LockNotBeforeTry") // locks that are not given back are the subject
class SharedHomeTest {

    @Test
    void lockOfADeadHolder_isForTheNextWhoIsTold() throws Exception {
        SharedLock lock = new SharedLock();
        SharedEvent held = new SharedEvent();
        try (Pool pool = Pool.processes(2)) {
            CompletableFuture<?> killed = pool.submit(() -> {
                lock.lock();
                held.set();
                Thread.sleep(Long.MAX_VALUE); // subject: a task that never ends
            });
            held.await();
            CompletableFuture<Boolean> next = pool.submit((Job<Boolean>) () -> {
                try (var hold = lock.hold()) {
                    return hold.wasAbandoned();
                }
            });
            killed.cancel(true);
            assertThat(next.get()).isTrue();
            try (var hold = lock.hold()) {
                assertThat(hold.wasAbandoned()).isFalse();
            }
        }
    }

    @Test
    void permitsOfADeadHolder_comeBackToABoundedSemaphore() throws Exception {
        SharedSemaphore bounded = new SharedSemaphore(2);
        SharedSemaphore signals = SharedSemaphore.unbounded(2);
        try (Pool pool = Pool.processes(1)) {
            CompletableFuture<?> killed = pool.submit(() -> {
                bounded.acquire(2);
                bounded.release();
                signals.acquire(2);
                Runtime.getRuntime().halt(9);
            });
            assertThatThrownBy(killed::get).hasRootCauseInstanceOf(WorkerDiedException.class);
            assertThat(bounded.tryAcquire(Duration.ofSeconds(30))).isTrue();
            bounded.acquire();
            assertThat(signals.availablePermits()).isZero();
        }
    }

    /// A worker can be a home too; whoever waits for its objects is told when it dies.
    @Test
    void endOfTheHome_isToldToAllThatWait() throws Exception {
        try (Pool pool = Pool.processes(2)) {
            CompletableFuture<Long> home =
                    pool.submit(() -> ProcessHandle.current().pid());
            SharedLock lock = pool.call(SharedHomeTest::lockedForEver);
            SharedQueue<Integer> queue = pool.call(() -> new SharedQueue<>());
            CompletableFuture<?> waits = CompletableFuture.runAsync(lock::lock, Thread::startVirtualThread);
            queue.put(1);
            assertThat(queue.take()).isEqualTo(1);
            assertThat(pool.call(() -> lock.tryLock())).isFalse();
            assertThat(home.get()).isPositive();
            pool.shutdownNow();
            assertThatThrownBy(waits::join)
                    .hasCauseInstanceOf(SharedObjectGoneException.class)
                    .hasMessageContaining("is gone");
            assertThatThrownBy(lock::unlock).isInstanceOf(SharedObjectGoneException.class);
            assertThatThrownBy(queue::take).isInstanceOf(SharedObjectGoneException.class);
            assertThatThrownBy(() -> {
                        queue.put(1);
                        int _ = queue.size();
                    })
                    .isInstanceOf(SharedObjectGoneException.class);
        }
    }

    /// {@return a lock that lives in the worker, and that one of its threads holds}
    private static SharedLock lockedForEver() {
        SharedLock lock = new SharedLock();
        Thread.ofPlatform().daemon().start(lock::lock);
        while (!lock.isLocked()) {
            Thread.onSpinWait();
        }
        return lock;
    }

    @Test
    void withoutUnixSockets_theyAreReachedByPort() throws Exception {
        try (Pool pool = Pool.processes(c -> c.workers(2).jvmArgs("-Dcenote.share.tcp=true"))) {
            SharedQueue<String> queue = pool.call(() -> new SharedQueue<>());
            queue.put("a");
            assertThat(pool.call(() -> {
                        queue.put("b");
                        return queue.size();
                    }))
                    .isEqualTo(2);
            assertThat(List.of(queue.take(), queue.take())).containsExactly("a", "b");
        }
    }

    /// Classes that were made at run time have names in the processes of one pool only.
    @Test
    void objectsOfAnotherPool_canBeUsedByItsWorkersToo() {
        SharedQueue<List<String>> queue = new SharedQueue<>();
        try (Pool one = Pool.processes(1);
                Pool other = Pool.processes(1)) {
            one.call(() -> queue.offer(List.of("from one")));
            assertThat(other.call(queue::take)).containsExactly("from one");
            assertThat(one.call(() -> {
                        try (Pool nested = Pool.processes(1)) {
                            return nested.call(() -> {
                                queue.put(List.of("from far below"));
                                return queue.size();
                            });
                        }
                    }))
                    .isEqualTo(1);
        }
        assertThat(queue.poll()).containsExactly("from far below");
    }

    /// Serialization as a program might bring it, which knows nothing of this library.
    static final class Plain implements Codec, Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public byte[] encode(Object value) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(value);
            }
            return bytes.toByteArray();
        }

        @Override
        public Object decode(byte[] bytes) throws IOException, ClassNotFoundException {
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
                return in.readObject();
            }
        }
    }

    @Test
    void sharedObjects_travelWithAnyCodec() {
        try (Pool pool = Pool.processes(c -> c.workers(1).codec(new Plain()))) {
            SharedLock lock = new SharedLock();
            List<String> list = pool.share(List.class, new ArrayList<>());
            List<Object> back = pool.map(List.of(lock, list), object -> {
                if (object instanceof SharedLock taken) {
                    taken.lock();
                } else {
                    @SuppressWarnings("unchecked") // it is the list
                    List<String> shared = (List<String>) object;
                    shared.add("from there");
                }
                return object;
            });
            assertThat(back.get(0)).isSameAs(lock);
            assertThat(back.get(1)).isSameAs(list);
            assertThat(lock.isLocked()).isTrue();
            assertThat(list.get(0)).isEqualTo("from there");
        }
    }

    // ---- the end of the program

    /// A program whose workers wait for its objects. Prints their ids and waits for its end.
    static final class Waiting {

        private Waiting() {}

        public static void main(String[] arguments) throws Exception {
            Pool pool = Pool.processes(2);
            SharedLock lock = new SharedLock();
            SharedQueue<Long> pids = new SharedQueue<>();
            lock.lock();
            for (int i = 0; i < 2; i++) {
                var _ = pool.submit(() -> {
                    pids.put(ProcessHandle.current().pid());
                    lock.lock();
                });
            }
            System.out.println(pids.take() + " " + pids.take());
            if (arguments[0].equals("exit")) {
                System.exit(0);
            }
            new SharedEvent().await();
        }
    }

    private static void leavesNothing(Path folder, String end) throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + folder,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Waiting.class.getName(),
                        end)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
            List<Long> workers = Arrays.stream(out.readLine().split(" ", -1))
                    .map(Long::valueOf)
                    .toList();
            if (end.equals("kill")) {
                program.destroyForcibly();
            }
            program.waitFor();
            for (long pid : workers) {
                await().until(() -> ProcessHandle.of(pid).isEmpty());
            }
        } finally {
            program.destroyForcibly();
        }
        await().untilAsserted(() -> {
            try (Stream<Path> left = Files.list(folder)) {
                assertThat(left).isEmpty();
            }
        });
    }

    @Test
    void killedProgram_leavesNothing(@TempDir Path folder) throws Exception {
        leavesNothing(folder, "kill");
    }

    @Test
    void programThatEnds_leavesNothing(@TempDir Path folder) throws Exception {
        leavesNothing(folder, "exit");
    }
}
