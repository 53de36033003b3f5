// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.util.Locale;

/// The engines of {@link dev.cenote.Pool#of(String)}, as values of an option.
enum Engine {
    /// In the calling thread.
    SERIAL,
    /// On one thread for each CPU.
    THREADS,
    /// On virtual threads.
    VIRTUAL,
    /// In a child JVM for each CPU.
    PROCESSES;

    /// {@return the word for the engine}
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Reads an engine.
    static final class Converter extends Words<Engine> {

        Converter() {
            super("engine", Engine.values());
        }
    }
}
