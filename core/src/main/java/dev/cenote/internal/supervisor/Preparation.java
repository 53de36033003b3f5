// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.internal.channel.Listener;
import dev.cenote.internal.launch.Settings;
import dev.cenote.internal.launch.WorkerCommand;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Loads the classes that the first worker of this JVM is started with, while the program is still on its way to its
/// first call: half of what a cold JVM takes for a start is loading, and there is a second CPU.
///
/// Starts no process and leaves no file. If it fails, the start will say why.
final class Preparation implements Runnable {

    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private final Settings settings;

    private Preparation(Settings settings) {
        this.settings = settings;
    }

    /// Begins, once in this JVM.
    ///
    /// @param settings what the user said
    static void begin(Settings settings) {
        if (!BEGUN.get() && BEGUN.compareAndSet(false, true)) {
            Thread thread = new Thread(null, new Preparation(settings), "cenote-preparation", 0, false);
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Override
    public void run() {
        try {
            WorkerCommand.prepare(settings);
            Listener.prepare();
        } catch (IOException | RuntimeException e) {
            // the start comes to the same, and tells
        }
    }
}
