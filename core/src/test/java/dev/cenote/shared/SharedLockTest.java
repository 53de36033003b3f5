// SPDX-License-Identifier: Apache-2.0
package dev.cenote.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Job;
import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.SharedCondition;
import dev.cenote.SharedEvent;
import dev.cenote.SharedLock;
import dev.cenote.SharedQueue;
import dev.cenote.SharedSemaphore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Locks, conditions, semaphores and events, used by this thread and by tasks of a pool.
@Timeout(60)
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop", "ThreadPriorityCheck"}) // these are what is tested
class SharedLockTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(20);

    private static Pool threads;
    private static Pool processes;

    @BeforeAll
    static void open() {
        threads = Pool.threads(4);
        processes = Pool.processes(3);
    }

    @AfterAll
    static void close() {
        threads.close();
        processes.close();
    }

    static List<Pool> pools() {
        return List.of(threads, processes);
    }

    // ---- locks

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void lock_letsOneInAtATime(Pool pool, @TempDir Path folder) throws Exception {
        String file = Files.writeString(folder.resolve("count"), "0").toString();
        SharedLock lock = new SharedLock();

        pool.forEach(Range.of(0, 60), i -> {
            try (var _ = lock.hold()) {
                Path path = Path.of(file);
                Files.writeString(path, Integer.toString(Integer.parseInt(Files.readString(path)) + 1));
            }
        });

        assertThat(Files.readString(Path.of(file))).isEqualTo("60");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void lock_isTheSameWhereverItTravels(Pool pool) {
        SharedLock lock = new SharedLock();
        assertThat(pool.call(() -> lock)).isSameAs(lock);
        assertThat(pool.call(() -> List.of(lock, lock)).getLast()).isSameAs(lock);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void lock_isReentrantAndGivenBackByItsHolderOnly(Pool pool) {
        SharedLock lock = new SharedLock();
        Job<String> twice = () -> {
            lock.lock();
            lock.lock();
            lock.unlock();
            boolean mine = lock.isHeldByCurrentThread();
            lock.unlock();
            return mine + " " + lock.isHeldByCurrentThread();
        };
        assertThat(pool.call(twice)).isEqualTo("true false");

        lock.lock();
        assertThat(pool.call(() -> lock.tryLock() + " " + lock.isLocked())).isEqualTo("false true");
        assertThatThrownBy(() -> pool.call(() -> {
                    lock.unlock();
                    return 0;
                }))
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessageContaining("by its holder only");
        lock.unlock();
        assertThatThrownBy(lock::unlock)
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessageContaining("nobody holds it");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void lockThatIsNotReentrant_refusesToWaitForItself(Pool pool) {
        SharedLock lock = SharedLock.nonReentrant();
        assertThat(pool.call(() -> {
                    lock.lock();
                    try {
                        boolean again = lock.tryLock();
                        lock.lock();
                        return "again " + again;
                    } catch (IllegalStateException e) {
                        return e.getMessage();
                    } finally {
                        lock.unlock();
                    }
                }))
                .contains("would wait for itself");
        assertThat(lock.tryLock()).isTrue();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void tryLock_waitsAsLongAsItMay(Pool pool) throws Exception {
        SharedLock lock = new SharedLock();
        lock.lock();
        assertThat(pool.call(() -> lock.tryLock(20, TimeUnit.MILLISECONDS))).isFalse();
        assertThat(pool.call(() -> lock.tryLock(-1, TimeUnit.SECONDS))).isFalse();
        CompletableFuture<Boolean> later = pool.submit((Job<Boolean>) () -> {
            boolean locked = lock.tryLock(30, TimeUnit.SECONDS);
            lock.unlock();
            return locked;
        });
        lock.unlock();
        assertThat(later.get()).isTrue();
    }

    /// The home must forget the thread that does not wait any more, and the thread must not get a lock it does not know
    /// of.
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void interrupt_endsTheWaitForALock(Pool pool) throws Exception {
        SharedLock lock = new SharedLock();
        lock.lock();
        CompletableFuture<String> result = pool.submit((Job<String>) () -> {
            SharedQueue<String> seen = new SharedQueue<>();
            Thread waiter = Thread.ofPlatform().start(() -> {
                try {
                    lock.lockInterruptibly();
                    seen.offer("locked");
                } catch (InterruptedException e) {
                    seen.offer("interrupted, flag " + Thread.currentThread().isInterrupted());
                }
            });
            while (waiter.getState() == Thread.State.NEW) {
                Thread.onSpinWait();
            }
            waiter.interrupt();
            waiter.join();
            return seen.take();
        });
        assertThat(result.get()).isEqualTo("interrupted, flag false");
        lock.unlock();
        assertThat(pool.call(() -> lock.tryLock() && lock.isHeldByCurrentThread()))
                .isTrue();
    }

    /// Interrupts that come at any moment of a call: the lock must be held exactly when the call has returned.
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void interruptAtAnyMoment_leavesTheLockConsistent(Pool pool) {
        SharedLock lock = new SharedLock();
        CompletableFuture<?> other = pool.submit(() -> {
            for (int i = 0; i < 300; i++) {
                lock.lock();
                lock.unlock();
            }
        });
        int rounds = pool.call(() -> {
            Thread[] target = {Thread.currentThread()};
            Thread nag = Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < 300; i++) {
                    target[0].interrupt();
                    Thread.yield();
                }
            });
            int taken = 0;
            while (nag.isAlive()) {
                try {
                    lock.lockInterruptibly();
                    taken++;
                    lock.unlock();
                } catch (InterruptedException e) {
                    // as it should
                }
            }
            boolean _ = Thread.interrupted();
            nag.join();
            boolean _ = Thread.interrupted();
            return taken;
        });
        other.join();
        assertThat(rounds).isNotNegative();
        assertThat(lock.tryLock()).isTrue();
    }

    // ---- conditions

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void signal_wakesAsManyAsItSays(Pool pool) throws Exception {
        SharedLock lock = new SharedLock();
        SharedCondition condition = lock.newCondition();
        SharedSemaphore waiting = SharedSemaphore.unbounded(0);
        SharedSemaphore woken = SharedSemaphore.unbounded(0);
        Job<Boolean> wait = () -> {
            try (var _ = lock.hold()) {
                waiting.release();
                boolean signalled = condition.await(30, TimeUnit.SECONDS);
                woken.release();
                return signalled && lock.isHeldByCurrentThread();
            }
        };
        List<CompletableFuture<Boolean>> waits =
                List.of(pool.submit(wait), pool.submit(wait), threads.submit(wait), pool.submit(wait));
        waiting.acquire(4);
        signal(condition, 1);
        woken.acquire();
        signal(condition, 2);
        woken.acquire(2);
        try (var _ = lock.hold()) {
            assertThat(woken.availablePermits()).isZero();
            condition.signalAll();
        }
        assertThat(waits).allMatch(CompletableFuture::join);
        try (var _ = lock.hold()) {
            condition.signalAll(); // nobody waits, and no harm is done
        }
    }

    private static void signal(SharedCondition condition, int count) {
        try (var _ = condition.lock().hold()) {
            condition.signal(count);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void wait_endsInTimeWithTheLock(Pool pool) {
        SharedCondition condition = new SharedLock().newCondition();
        assertThat(pool.call(() -> {
                    try (var _ = condition.lock().hold();
                            var _ = condition.lock().hold()) {
                        return condition.await(20, TimeUnit.MILLISECONDS) + " "
                                + condition.lock().isHeldByCurrentThread();
                    }
                }))
                .isEqualTo("false true");
        assertThat(condition.lock().isLocked()).isFalse();
        assertThatThrownBy(() -> pool.call(() -> condition.await(1, TimeUnit.SECONDS)))
                .isInstanceOf(IllegalMonitorStateException.class);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void interruptedWait_hasTheLockAsOftenAsBefore(Pool pool) {
        SharedLock lock = new SharedLock();
        SharedCondition condition = lock.newCondition();
        assertThat(pool.call(() -> {
                    lock.lock();
                    lock.lock();
                    Thread self = Thread.currentThread();
                    Thread.ofPlatform().start(() -> {
                        lock.lock(); // not before the other waits
                        self.interrupt();
                        lock.unlock();
                    });
                    String what = "signalled";
                    try {
                        condition.await();
                    } catch (InterruptedException e) {
                        what = "interrupted";
                    }
                    lock.unlock();
                    what += lock.isHeldByCurrentThread();
                    lock.unlock();
                    return what + lock.isHeldByCurrentThread();
                }))
                .isEqualTo("interruptedtruefalse");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void condition_canBeMadeElsewhere(Pool pool) {
        SharedLock lock = new SharedLock();
        SharedCondition made = pool.call(lock::newCondition);
        assertThat(made.lock()).isSameAs(lock);
        try (var _ = lock.hold()) {
            made.signalAll();
        }
    }

    // ---- semaphores

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void semaphore_countsItsPermits(Pool pool) throws Exception {
        SharedSemaphore semaphore = new SharedSemaphore(2);
        assertThat(pool.call(() -> {
                    semaphore.acquire();
                    int one = semaphore.availablePermits();
                    semaphore.acquire();
                    return List.of(one, semaphore.availablePermits(), semaphore.tryAcquire() ? 1 : 0);
                }))
                .containsExactly(1, 0, 0);
        assertThat(semaphore.tryAcquire(SHORT)).isFalse();
        assertThat(semaphore.tryAcquire(Duration.ofSeconds(-1))).isFalse();
        CompletableFuture<Boolean> later = pool.submit((Job<Boolean>) () -> semaphore.tryAcquire(LONG));
        semaphore.release(2);
        assertThat(later.get()).isTrue();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void boundedSemaphore_refusesMoreThanAtTheStart(Pool pool) {
        SharedSemaphore bounded = new SharedSemaphore(1);
        SharedSemaphore unbounded = SharedSemaphore.unbounded(1);
        assertThatThrownBy(() -> pool.call(() -> {
                    bounded.release();
                    return 0;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 of 1 are free");
        assertThatThrownBy(() -> bounded.acquire(2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SharedSemaphore(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(pool.call(() -> {
                    unbounded.release();
                    return unbounded.availablePermits();
                }))
                .isEqualTo(2);
    }

    // ---- events

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("pools")
    void event_wakesAllThatWait(Pool pool) throws Exception {
        SharedEvent event = new SharedEvent();
        assertThat(event.await(SHORT)).isFalse();
        assertThat(pool.call(() -> event.await(SHORT))).isFalse();
        Job<Boolean> wait = () -> event.await(LONG);
        List<CompletableFuture<Boolean>> waits = List.of(pool.submit(wait), pool.submit(wait), threads.submit(wait));
        pool.call(() -> {
            event.set();
            return 0;
        });
        assertThat(waits).allMatch(CompletableFuture::join);
        assertThat(event.isSet()).isTrue();
        event.clear();
        assertThat(pool.call(event::isSet)).isFalse();
        event.set();
        assertThat(pool.call(() -> event.await(Duration.ZERO))).isTrue();
    }
}
