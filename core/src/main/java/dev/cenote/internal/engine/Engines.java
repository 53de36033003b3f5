// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.engine;

import dev.cenote.PoolConfig;
import dev.cenote.internal.remote.Remotes;
import dev.cenote.internal.supervisor.ChildWorkers;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The engines of this JVM.
public final class Engines {

    private static final int CPUS = Runtime.getRuntime().availableProcessors();

    /// The calling thread.
    static final Engine SERIAL = new Engine("serial", 1, 0, false, null, null);

    /// Platform threads, one for each CPU.
    static final Engine THREADS = new Engine("threads", CPUS, 0, true, new PlatformThreads(), null);

    /// Virtual threads without a limit; each takes one item at a time, because its items are expected to wait.
    static final Engine VIRTUAL = new Engine("virtual", Integer.MAX_VALUE, 1, false, new VirtualThreads(), null);

    /// Child JVMs, one for each CPU; a platform thread of this JVM stands for each.
    static final Engine PROCESSES = new Engine("processes", CPUS, 0, true, new PlatformThreads(), new ChildProcesses());

    private static final List<Engine> ALL = List.of(SERIAL, THREADS, VIRTUAL, PROCESSES);

    private Engines() {}

    // Classes, no lambdas, and a loop further down: every pool comes by here, and the first of a JVM is waited for.

    private static final class PlatformThreads implements Engine.Threads {

        @Override
        public Thread make(String name, Runnable loop) {
            Thread thread = Thread.ofPlatform()
                    .name(name)
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .unstarted(loop);
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            return thread;
        }
    }

    private static final class VirtualThreads implements Engine.Threads {

        @Override
        public Thread make(String name, Runnable loop) {
            Thread thread = Thread.ofVirtual()
                    .name(name)
                    .inheritInheritableThreadLocals(false)
                    .unstarted(loop);
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            return thread;
        }
    }

    private static final class ChildProcesses implements Engine.Outside {

        @Override
        public Remotes of(String pool, PoolConfig config, int workers, Consumer<@Nullable Object> exitResults) {
            return new ChildWorkers(pool, config, workers, exitResults);
        }
    }

    /// Finds an engine by its word.
    ///
    /// @param word the word
    /// @return the engine
    /// @throws IllegalArgumentException if there is none; the message lists those there are
    public static Engine named(String word) {
        Objects.requireNonNull(word, "engine");
        for (Engine engine : ALL) {
            if (engine.word().equals(word)) {
                return engine;
            }
        }
        throw new IllegalArgumentException("no engine is named \"" + word + "\"; there are "
                + ALL.stream().map(Engine::word).collect(Collectors.joining(", ")));
    }
}
