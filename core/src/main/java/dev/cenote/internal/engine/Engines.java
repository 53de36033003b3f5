// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.engine;

import dev.cenote.internal.supervisor.ChildWorkers;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// The engines of this JVM.
public final class Engines {

    /// The calling thread.
    static final Engine SERIAL = new Engine("serial", 1, 0, false, null, null);

    /// Platform threads, one for each CPU.
    static final Engine THREADS =
            new Engine("threads", Runtime.getRuntime().availableProcessors(), 0, true, Engines::platformThread, null);

    /// Virtual threads without a limit; each takes one item at a time, because its items are expected to wait.
    static final Engine VIRTUAL = new Engine(
            "virtual",
            Integer.MAX_VALUE,
            1,
            false,
            (name, loop) -> {
                Thread thread = Thread.ofVirtual()
                        .name(name)
                        .inheritInheritableThreadLocals(false)
                        .unstarted(loop);
                thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
                return thread;
            },
            null);

    /// Child JVMs, one for each CPU; a platform thread of this JVM stands for each.
    static final Engine PROCESSES = new Engine(
            "processes",
            Runtime.getRuntime().availableProcessors(),
            0,
            true,
            Engines::platformThread,
            ChildWorkers::new);

    private static final List<Engine> ALL = List.of(SERIAL, THREADS, VIRTUAL, PROCESSES);

    private Engines() {}

    private static Thread platformThread(String name, Runnable loop) {
        Thread thread = Thread.ofPlatform()
                .name(name)
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(loop);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    /// Finds an engine by its word.
    ///
    /// @param word the word
    /// @return the engine
    /// @throws IllegalArgumentException if there is none; the message lists those there are
    public static Engine named(String word) {
        Objects.requireNonNull(word, "engine");
        return ALL.stream()
                .filter(engine -> engine.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no engine is named \"" + word + "\"; there are "
                        + ALL.stream().map(Engine::word).collect(Collectors.joining(", "))));
    }
}
