// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import dev.cenote.internal.channel.Channel;
import dev.cenote.internal.channel.Connector;
import dev.cenote.internal.launch.ExitCode;
import dev.cenote.internal.launch.Settings;
import dev.cenote.internal.wire.CorruptFrameException;
import java.io.IOException;
import java.io.InputStream;

/// The main of a worker process: connects, runs what comes, ends when it is told to or when the pool's process is gone.
///
/// It loads as little as it can before it has connected: each family of classes costs a start several milliseconds.
public final class WorkerMain {

    /// How long shutdown hooks may take when the worker ends in order.
    private static final long EXIT_MILLIS = 2_000;

    private WorkerMain() {}

    /// Runs a worker.
    ///
    /// @param arguments its name
    public static void main(String[] arguments) {
        String name = arguments[0];
        System.setProperty(Settings.WORKER_PROPERTY, name);
        Thread.currentThread().setName(name);
        Channel channel;
        try {
            channel = Connector.connect(System.in);
        } catch (IOException e) {
            System.err.println("cannot connect to the process that runs the pool: " + e);
            Runtime.getRuntime().halt(ExitCode.NO_HANDSHAKE);
            return;
        }
        System.setIn(InputStream.nullInputStream()); // what comes there is not for tasks
        Control control = new Control(channel);
        control.start();
        try {
            if (!new TaskLoop(channel, control).run()) {
                Runtime.getRuntime().halt(ExitCode.ORPHANED);
            }
        } catch (CorruptFrameException e) {
            System.err.println("what came from the pool makes no sense: " + e);
            Runtime.getRuntime().halt(ExitCode.CORRUPT_CHANNEL);
        } catch (IOException e) {
            Runtime.getRuntime().halt(ExitCode.ORPHANED);
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(ExitCode.INTERNAL_FAILURE);
        }
        control.end();
        exit();
    }

    /// Ends in order, with the shutdown hooks of the tasks, but not without an end.
    private static void exit() {
        Thread guard = new Thread(null, WorkerMain::haltLater, "cenote-exit", 0, false);
        guard.setDaemon(true);
        guard.start();
        System.exit(0);
    }

    private static void haltLater() {
        try {
            Thread.sleep(EXIT_MILLIS);
        } catch (InterruptedException e) {
            // then at once
        }
        Runtime.getRuntime().halt(ExitCode.STUCK_AT_EXIT);
    }
}
