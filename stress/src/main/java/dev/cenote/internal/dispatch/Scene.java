// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.PoolConfig;
import dev.cenote.internal.engine.Engine;
import dev.cenote.internal.time.Time;
import org.jspecify.annotations.NullMarked;

/// The dispatcher's parts without what surrounds them: no timer, and threads that can be counted.
@NullMarked
final class Scene {

    /// Time that stands still; alarms never ring.
    static final Time NO_TIME = new Time() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Alarm after(long delayNanos, Runnable action) {
            return () -> {};
        }
    };

    private Scene() {}

    /// Makes a dispatcher.
    ///
    /// @param workers how many workers it may have
    /// @param keepsIdle whether workers without work wait for more
    /// @return the dispatcher
    static Dispatcher dispatcher(int workers, boolean keepsIdle) {
        return dispatcher(workers, keepsIdle, NO_TIME);
    }

    /// Makes a dispatcher with a time of its own.
    ///
    /// @param workers how many workers it may have
    /// @param keepsIdle whether workers without work wait for more
    /// @param time the time
    /// @return the dispatcher
    static Dispatcher dispatcher(int workers, boolean keepsIdle, Time time) {
        Engine engine = new Engine(
                "scene",
                workers,
                1,
                keepsIdle,
                (name, loop) -> {
                    Thread thread = new Thread(loop, name);
                    thread.setDaemon(true);
                    return thread;
                },
                null);
        return new Dispatcher("scene", engine, PoolConfig.DEFAULT, time);
    }

    /// Makes a worker whose thread is given up on without being replaced, as a caller's is.
    ///
    /// @param dispatcher its dispatcher
    /// @param victim the thread that gets its interrupts
    /// @return the worker
    static WorkerContext worker(Dispatcher dispatcher, Thread victim) {
        WorkerContext worker = new WorkerContext(dispatcher, 1, null);
        worker.thread(victim);
        return worker;
    }
}
